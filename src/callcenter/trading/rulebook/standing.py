"""What the security is, what the customer may, and what the customer has."""

from collections.abc import Iterator
from decimal import Decimal

from callcenter.domain.errors import Fact
from callcenter.domain.orders import Side
from callcenter.domain.refusals import Refusal
from callcenter.domain.securities import SecurityKind
from callcenter.trading.rulebook.case import Case, is_st
from callcenter.trading.rulebook.rows import Rule
from callcenter.trading.rulebook.values import NamePrefix, Proceeds, State, Suitability
from callcenter.trading.rulebook.verdict import Clause, judged, passed, refused
from callcenter.trading.rulebook.words import Status


def check_states(case: Case) -> Iterator[Clause]:
    """Judge what is listed at all, suspended, or past its last day."""
    security = case.order.security
    fine = case.tables.quantities.knows(security.market, security.board)
    yield judged("security", fine, Refusal.UNKNOWN_SECURITY, security=security.id)
    for state, is_so in (
        ("suspended", security.suspended),
        ("suspended-by-broker", security.suspended_by_broker),
        ("delisting", _is_delisted(case)),
    ):
        rule: Rule[State] | None = case.tables.states.find(case.on, state)
        if rule is not None:
            yield judged("status", not is_so, rule.values.refusal, rule.row, state=state)


def _is_delisted(case: Case) -> bool:
    since = case.order.security.delisting_from
    rule = case.tables.states.find(case.on, "delisting")
    if since is None or rule is None or case.on < since:
        return False
    return case.calendar.sessions(since, case.on) > rule.values.days


def check_permissions(case: Case, *, at_market: bool) -> Iterator[Clause]:
    """Judge what the customer must have been given before."""
    granted = case.order.permissions
    if granted is None:
        return
    for subject in _subjects(case, at_market=at_market):
        rule = case.tables.permissions.find(case.on, subject)
        if rule is not None:
            yield check_permission(rule, rule.values.permission in granted)


def check_permission(rule: Rule[Suitability], is_granted: bool) -> Clause:
    needs = rule.values.permission.value
    return judged("permission", is_granted, rule.values.refusal, rule.row, needs=needs)


def _subjects(case: Case, *, at_market: bool) -> Iterator[str]:
    security = case.order.security
    yield security.board.value
    if at_market:
        yield "market-order"
    if case.order.side is Side.SELL:
        return  # whoever holds such a security may always sell it
    if case.status is Status.ST or is_st(security, case.on, case.tables):
        yield "st"
    if case.status in (Status.DELISTING, Status.DELISTING_FIRST_DAY):
        yield "delisting"
    if security.kind is SecurityKind.REIT:
        yield "reit"


def check_turnaround(case: Case) -> Clause | None:
    """Judge a sell by what was bought today, if that is told (T+1)."""
    order = case.order
    if order.side is Side.BUY or order.held is None:
        return None
    kind = "t0" if order.security.t0 else "ordinary"
    table = case.tables.settlements
    known = kind if table.knows(order.security.board, kind) else "ordinary"
    rule = table.find(case.on, order.security.board, known)
    if rule is None:
        return refused("turnaround", Refusal.RULES_MISSING)
    may = order.held - (order.bought_today if rule.values.sell_after_days else 0)
    return judged("turnaround", order.quantity <= may, Refusal.BOUGHT_TODAY, rule.row, sellable=may)


def check_shares(case: Case) -> Clause | None:
    """Judge whether a sell is covered, if it is told what can be sold."""
    order = case.order
    rule = case.tables.covers.find(case.on, Side.SELL)
    if order.side is Side.BUY or order.sellable is None or rule is None or order.quantity <= 0:
        return None
    if order.sellable <= 0:
        return refused("shares", Refusal.NOTHING_TO_SELL, rule.row)
    if order.quantity <= order.sellable:
        return passed("shares", rule.row, sellable=order.sellable)
    return refused("shares", rule.values.refusal, rule.row, facts={"sellable": order.sellable})


def check_money(case: Case, cost: Decimal, most: int) -> Clause | None:
    """Judge whether a buy is covered, if it is told what can be spent."""
    order = case.order
    rule = case.tables.covers.find(case.on, Side.BUY)
    if order.side is Side.SELL or order.usable is None or rule is None:
        return None
    if cost <= order.usable:
        return passed("money", rule.row, cost=cost, usable=order.usable)
    facts: dict[str, Fact] = {"most": most}
    return refused("money", rule.values.refusal, rule.row, facts=facts, used={"cost": cost})


def check_proceeds(rule: Rule[Proceeds], trading_days: int, *, to_withdraw: bool) -> Clause:
    """Judge whether the money of a sale so many trading days ago may be used, or withdrawn."""
    proceeds = rule.values
    wait = proceeds.withdrawable_after_days if to_withdraw else proceeds.usable_after_days
    return judged("proceeds", trading_days >= wait, Refusal.NOT_WITHDRAWABLE, rule.row)


def check_name(
    rule: Rule[NamePrefix],
    *,
    day: int | None = None,
    st: bool = False,
    ex_day: bool = False,
    last_day: bool = False,
) -> Clause:
    """Compare what a name begins with and what is known of the security that day."""
    named = rule.values
    if named.first_day is not None and named.last_day is not None:
        fine = day is not None and named.first_day <= day <= named.last_day
    else:
        fine = {"st": st, "ex-day": ex_day, "before the last day": last_day}[named.meaning]
    return judged("name", fine, Refusal.COUNTER_FAULT, rule.row, tells=named.meaning)
