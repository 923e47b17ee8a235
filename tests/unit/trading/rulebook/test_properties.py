"""What holds of the rules whatever the numbers are."""

from collections.abc import Set
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain.clock import BEIJING
from callcenter.domain.orders import OrderKind, Side
from callcenter.domain.refusals import Refusal
from callcenter.trading.rulebook.applications import (
    confirmed_on,
    payment_due,
    quota,
    value_day,
)
from callcenter.trading.rulebook.case import OrderFacts
from callcenter.trading.rulebook.prices import bounds, ex_right_reference
from callcenter.trading.rulebook.stamp import Stamp
from callcenter.trading.rulebook.values import PriceLimit
from callcenter.trading.rulebook.verdict import Finding
from callcenter.trading.rulebook.words import Status
from tests import make, rules

MAIN = make.security()
TICK = Decimal("0.01")
closes = st.decimals("0.01", "3000", places=2)
boards = st.sampled_from(rules.BOARDS)
percents = st.sampled_from([Decimal(each) for each in ("5", "10", "20", "30", "57.3")])
moments = st.datetimes(datetime(2006, 1, 4), datetime(2026, 12, 31), timezones=st.just(BEIJING))  # noqa: DTZ001


def sold_of(held: int) -> Set[int]:
    """Return every quantity that one sell of this holding may have."""
    verdicts = {
        quantity: rules.book().check_quantity(MAIN, Side.SELL, quantity, held, make.NOON)
        for quantity in range(1, held + 1)
    }
    return {quantity for quantity, verdict in verdicts.items() if verdict.passed}


def test_of_299_shares_exactly_these_may_be_sold() -> None:
    assert sold_of(299) == {99, 100, 199, 200, 299}


@given(st.integers(1, 700))
def test_after_a_sell_no_part_of_an_odd_lot_stays_behind(held: int) -> None:
    for quantity in sold_of(held):
        assert (held - quantity) % 100 in (0, held % 100)


@given(closes, percents)
def test_limits_are_the_nearest_ticks_to_the_exact_ones(close: Decimal, percent: Decimal) -> None:
    low, high = bounds(PriceLimit(up=percent, down=percent), close, TICK)

    assert low is not None
    assert high is not None
    change = close * percent / 100
    assert abs(high - (close + change)) <= TICK / 2 or high == close + TICK
    assert abs(low - (close - change)) <= TICK / 2 or low in (close - TICK, TICK)
    assert low % TICK == high % TICK == 0
    assert TICK <= low <= close < high


@given(closes)
def test_half_a_tick_goes_up(close: Decimal) -> None:
    _, high = bounds(PriceLimit(up=Decimal(10), down=Decimal(10)), close, TICK)
    tenths = int(close * 1000) % 100 // 10  # what the exact limit has in tenths of a fen

    if tenths == 5 and close > 1:
        assert high == close * Decimal("1.1") + TICK / 2


@given(closes)
def test_a_day_without_rights_has_the_close_as_its_reference(close: Decimal) -> None:
    assert ex_right_reference(close, TICK) == close


@given(closes, st.decimals("0", "2", places=1))
def test_a_bonus_issue_leaves_the_worth_of_a_holding(close: Decimal, bonus: Decimal) -> None:
    reference = ex_right_reference(close, TICK, bonus=bonus)

    assert abs(reference * (1 + bonus) - close) <= TICK / 2 * (1 + bonus)


@given(boards, st.decimals("0", "90000000", places=2), closes)
def test_the_most_that_is_affordable_passes_and_one_step_more_does_not(
    board: str, money: Decimal, price: Decimal
) -> None:
    security = make.security(board=board)
    most = rules.book().most_affordable(security, money, price, make.NOON)
    rule = rules.rule_of(security)

    for quantity, fine in ((most, True), (most + rule.step if most else rule.least, False)):
        if 0 < quantity <= rule.most:
            cost = rules.book().cost(security, Side.BUY, price, quantity, make.NOON)
            assert (cost <= money) is fine


@given(boards, st.integers(0, 3_000_000))
def test_the_most_of_a_holding_may_be_sold_at_once(board: str, held: int) -> None:
    security = make.security(board=board)
    most = rules.book().most_sellable(security, held, make.NOON)

    assert most <= held
    if held:
        verdict = rules.book().check_quantity(security, Side.SELL, most, held, make.NOON)
        assert verdict.passed


@given(boards, moments)
def test_at_each_moment_at_most_one_phase_holds(board: str, at: datetime) -> None:
    security, now = make.security(board=board), at.time()
    phases = rules.book().tables.sessions.all(
        at.date(), security.market, security.board, "ordinary"
    )

    assert sum(each.values.start <= now < each.values.end for each in phases) <= 1


@given(st.decimals("0", "100000000", places=2))
def test_a_quota_is_whole_units_that_the_market_value_covers(value: Decimal) -> None:
    rule = rules.book().tables.issues.find(make.NOON.date(), "SH", "sh-main")
    assert rule is not None

    most = quota(rule.values, value)

    assert most % 500 == 0
    assert most * 10 <= value
    assert (most == 0) is (value < 10_000)


def test_what_was_won_is_paid_two_trading_days_later() -> None:
    rule = rules.book().tables.issues.find(make.NOON.date(), "SH", "sh-main")
    assert rule is not None

    due = payment_due(rule.values, date(2026, 9, 30), rules.calendar())

    assert due == datetime(2026, 10, 9, 16, 0, tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("at", "valued", "confirmed"),
    [
        pytest.param((20, 14, 59), date(2026, 11, 20), date(2026, 11, 23), id="before-three"),
        pytest.param((20, 15, 0), date(2026, 11, 23), date(2026, 11, 24), id="at-three"),
        pytest.param((21, 10, 0), date(2026, 11, 23), date(2026, 11, 24), id="saturday"),
    ],
)
def test_a_fund_has_the_value_of_the_day_whose_hour_it_met(
    at: tuple[int, int, int], valued: date, confirmed: date
) -> None:
    day, hour, minute = at
    moment = datetime(2026, 11, day, hour, minute, tzinfo=BEIJING)
    rule = rules.book().tables.open_funds.find(moment.date(), "subscribe")
    assert rule is not None

    assert value_day(rule.values, moment, rules.calendar()) == valued
    assert confirmed_on(rule.values, moment, rules.calendar()) == confirmed


def facts(**changes: object) -> OrderFacts:
    plain = OrderFacts(security=MAIN, side=Side.BUY, price=Decimal("10.00"), quantity=100)
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_a_verdict_names_its_version_its_clauses_and_the_rows_it_applied() -> None:
    at = datetime(2026, 11, 20, 10, 0, tzinfo=BEIJING)

    verdict = rules.book().check(facts(reference=Decimal("10.00")), at)

    assert verdict.passed
    assert verdict.version == rules.book().version
    assert [clause.about for clause in verdict.clauses] == [
        *("session", "security", "status", "status", "status"),
        *("kind", "price", "tick", "limits", "cage", "quantity"),
    ]
    assert {"session-morning", "kind-sh-limit", "tick-shares", "limit-main"} <= {*verdict.rows}


def test_what_was_not_told_is_not_judged() -> None:
    at = datetime(2026, 11, 20, 10, 0, tzinfo=BEIJING)

    [limits] = [c for c in rules.book().check(facts(), at).clauses if c.about == "limits"]

    assert limits.finding is Finding.SKIPPED


@pytest.mark.parametrize(
    ("at", "refusal"),
    [
        pytest.param(datetime(2026, 11, 20, 8, 0), Refusal.MARKET_CLOSED, id="too-early"),  # noqa: DTZ001
        pytest.param(datetime(2026, 11, 22, 10, 0), Refusal.NOT_A_TRADING_DAY, id="sunday"),  # noqa: DTZ001
        pytest.param(datetime(2027, 1, 4, 10, 0), Refusal.CALENDAR_UNKNOWN, id="nobody-knows"),  # noqa: DTZ001
    ],
)
def test_the_first_clause_is_the_session(at: datetime, refusal: Refusal) -> None:
    at = at.replace(tzinfo=BEIJING)

    assert rules.book().check(facts(), at).refusal is refusal
    assert rules.book().check_cancel(MAIN, at).refusal is refusal


def test_the_first_days_of_a_listing_are_not_guessed_beyond_the_calendar() -> None:
    at = datetime(2027, 1, 4, 10, 0, tzinfo=BEIJING)
    new = make.security(listed_on=date(2026, 12, 30))

    verdict = rules.book().check(facts(security=new), at, by_the_clock=False)

    assert verdict.refusal is Refusal.CALENDAR_UNKNOWN
    assert rules.book().price_limits(new, Decimal(10), at) == (None, None)
    assert Stamp.parse(rules.book().stamp(new, None, at)).status is None


def test_an_order_that_is_prepared_is_judged_without_the_clock() -> None:
    sunday = datetime(2026, 11, 22, 10, 0, tzinfo=BEIJING)

    assert rules.book().check(facts(), sunday, by_the_clock=False).passed


def test_the_phase_of_a_closed_market_is_none() -> None:
    monday = datetime(2026, 11, 23, tzinfo=BEIJING)

    def phase(hour: int, minute: int, days: int = 0) -> str | None:
        at = monday + timedelta(days=days, hours=hour, minutes=minute)
        found = rules.book().phase(MAIN, at)
        return None if found is None else found.phase

    assert [phase(9, 14), phase(9, 15), phase(14, 57), phase(15, 0)] == [
        None,
        "opening",
        "closing",
        None,
    ]
    assert phase(10, 0, days=-1) is None


def test_orders_at_the_close_have_hours_of_their_own() -> None:
    at = datetime(2026, 11, 20, 15, 10, tzinfo=BEIJING)

    assert rules.book().phase(MAIN, at) is None
    assert rules.book().phase(MAIN, at, OrderKind.AFTER_HOURS) is not None


@pytest.mark.parametrize(
    ("name", "tells"),
    [
        ("*ST国华", "st"),
        ("ST天宇", "st"),
        ("XD浦发银", "ex-day"),
        ("N科创", "first day"),
        ("浦发银行", None),
        ("STAR50ETF", None),
        ("CATL", None),
        ("", None),
    ],
)
def test_a_name_tells_what_a_security_is(name: str, tells: str | None) -> None:
    assert rules.book().name_tells(name, make.NOON) == tells


@pytest.mark.parametrize(("name", "high"), [("*ST天宇", "10.50"), ("天宇", "11.00")])
def test_a_security_is_st_by_its_name_too(name: str, high: str) -> None:
    at = datetime(2026, 7, 3, 10, 0, tzinfo=BEIJING)

    limits = rules.book().price_limits(make.security(name=name), Decimal("10.00"), at)

    assert limits[1] == Decimal(high)


stamps = st.builds(
    Stamp,
    version=st.from_regex(r"[0-9a-f]{12}", fullmatch=True),
    reference=st.none() | closes,
    status=st.none() | st.sampled_from(Status),
)


@given(stamps)
def test_a_stamp_is_read_back_as_it_was_written(stamp: Stamp) -> None:
    assert Stamp.parse(str(stamp)) == stamp


@given(st.text())
def test_any_text_can_be_read_as_a_stamp(text: str) -> None:
    assert isinstance(Stamp.parse(text), Stamp)


def test_the_last_moment_of_a_reservation_window_is_inside() -> None:
    rule = rules.book().tables.reservations.find(make.NOON.date(), "SH")
    assert rule is not None

    assert rule.values.end == time.max
