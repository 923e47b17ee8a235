"""What is applied for rather than traded: new shares, rights, open-end funds, reservations."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from callcenter.domain.clock import BEIJING, trade_date
from callcenter.domain.orders import OrderKind, Side
from callcenter.domain.refusals import Refusal
from callcenter.trading.ports import TradingCalendar
from callcenter.trading.rulebook.rows import Rule
from callcenter.trading.rulebook.values import Issue, OpenFund, Reservation, Rights
from callcenter.trading.rulebook.verdict import Clause, allowed, judged
from callcenter.trading.rulebook.words import Rounding


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """
    An order for new shares (新股申购).

    `market_value` is the average over the days that the rule names; `earlier` are this person's
    orders for the same issue; `misses` are the days on which winners were not paid.
    """

    quantity: int
    market_value: Decimal
    earlier: int = 0
    misses: Sequence[date] = ()
    issue_most: int | None = None


def quota(issue: Issue, market_value: Decimal) -> int:
    """Return the shares that may be subscribed by a market value; nothing is paid for them yet."""
    if market_value < issue.least_value:
        return 0
    return int(market_value // issue.value_per_unit) * issue.unit


def check_subscription(rule: Rule[Issue], wanted: Subscription, on: date) -> Iterator[Clause]:
    issue, row = rule.values, rule.row
    whole = wanted.quantity > 0 and wanted.quantity % issue.unit == 0
    yield allowed("unit", whole, Refusal.WRONG_SUBSCRIPTION_UNIT, row, unit=issue.unit)
    most = quota(issue, wanted.market_value)
    yield judged("quota", most > 0, Refusal.NO_QUOTA, row, least_value=issue.least_value)
    if wanted.issue_most is not None:
        most = min(most, wanted.issue_most)
    yield allowed("quota", wanted.quantity <= most, Refusal.OVER_QUOTA, row, most=most)
    fine = wanted.earlier < issue.orders_per_person
    yield judged("one per person", fine, Refusal.DUPLICATE_SUBSCRIPTION, row)
    barred = is_barred(issue, wanted.misses, on)
    yield judged("not barred", not barred, Refusal.BARRED_FROM_ISSUES, row)


def is_barred(issue: Issue, misses: Sequence[date], on: date) -> bool:
    """Tell whether so many misses in so many months bar this person on a day."""
    ordered = sorted(misses)
    windows = zip(ordered, ordered[issue.misses - 1 :], strict=False)
    return any(
        _months_later(first, issue.misses_months) >= last
        and last <= on < _months_later(last, issue.barred_months)
        for first, last in windows
    )


def check_issue_cancel(rule: Rule[Issue]) -> Clause:
    return judged("cancel", rule.values.cancellable, Refusal.NOT_CANCELLABLE, rule.row)


def payment_due(issue: Issue, subscribed_on: date, calendar: TradingCalendar) -> datetime:
    """Return when what was won must be paid at the latest."""
    day = _sessions_later(subscribed_on, issue.pay_after_days, calendar)
    return datetime.combine(day, issue.pay_by, tzinfo=BEIJING)


def entitlement(rights: Rights, held: int, ratio: Decimal) -> int:
    """Return the new shares that a holding may buy; the exchanges round differently."""
    how = ROUND_HALF_UP if rights.rounding is Rounding.HALF_UP else ROUND_DOWN
    return int((held * ratio).quantize(Decimal(1), rounding=how))


def check_rights(
    rule: Rule[Rights], side: Side, quantity: int, *, entitled: int, day: int
) -> Iterator[Clause]:
    """Judge a payment for rights on the nth trading day from the one after the record date."""
    rights, row = rule.values, rule.row
    wrong = Refusal.BUYING_NOT_ALLOWED if side is Side.BUY else Refusal.SELLING_NOT_ALLOWED
    yield judged("side", side is rights.side, wrong, row, side=rights.side.value)
    yield judged("period", 1 <= day <= rights.days, Refusal.RIGHTS_PERIOD_OVER, row, day=day)
    yield judged("rights", entitled > 0, Refusal.NO_RIGHTS, row)
    fine = 0 < quantity <= entitled
    yield allowed("quantity", fine, Refusal.OVER_RIGHTS, row, most=entitled)


def check_rights_cancel(rule: Rule[Rights], *, same_day: bool) -> Clause:
    fine = rule.values.cancellable and same_day
    return judged("cancel", fine, Refusal.NOT_CANCELLABLE, rule.row)


def check_fund(rule: Rule[OpenFund], *, amount: Decimal | None, shares: Decimal | None) -> Clause:
    """A fund is subscribed by amount and redeemed by shares, never the other way round."""
    told, other = (amount, shares) if rule.values.by == "amount" else (shares, amount)
    fine = told is not None and told > 0 and other is None
    wrong = (
        Refusal.FUND_AMOUNT_TOO_SMALL if rule.values.by == "amount" else Refusal.TOO_FEW_FUND_SHARES
    )
    return judged("by", fine, wrong, rule.row, by=rule.values.by)


def value_day(fund: OpenFund, at: datetime, calendar: TradingCalendar) -> date:
    """Return the trading day whose net value counts: today's before the hour, else the next."""
    today, now = trade_date(at), at.astimezone(BEIJING).time()
    if calendar.is_session(today) and now < fund.until:
        return today
    return calendar.next_session(today)


def confirmed_on(fund: OpenFund, at: datetime, calendar: TradingCalendar) -> date:
    """Return when the registrar confirms; until then nothing is more than accepted."""
    return _sessions_later(value_day(fund, at, calendar), fund.confirmed_after_days, calendar)


def check_reservation(rule: Rule[Reservation], kind: OrderKind, at: datetime) -> Iterator[Clause]:
    """Judge an order that is kept for the next trading day."""
    kept, now = rule.values, at.astimezone(BEIJING).time()
    open_ = kept.start <= now < kept.end or (kept.end == time.max and now == time.max)
    yield allowed("hours", open_, Refusal.RESERVATIONS_CLOSED, rule.row, **_hours(kept))
    yield judged("kind", kind in kept.kinds, Refusal.RESERVATION_LIMIT_ONLY, rule.row)


def check_reservation_suspended(rule: Rule[Reservation], is_suspended: bool) -> Clause:
    """Judge a kept order in the morning, when the security may have been suspended overnight."""
    fine = rule.values.survives_suspension or not is_suspended
    return judged("suspension", fine, Refusal.RESERVATION_SUSPENDED, rule.row)


def _hours(kept: Reservation) -> dict[str, str]:
    return {"from": f"{kept.start:%H:%M}", "to": f"{kept.end:%H:%M}"}


def _sessions_later(day: date, count: int, calendar: TradingCalendar) -> date:
    for _ in range(count):
        day = calendar.next_session(day)
    return day


def _months_later(day: date, months: int) -> date:
    """Return the same day so many months later; the 28th stands for the days after it."""
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, min(day.day, 28))
