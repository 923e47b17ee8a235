"""The counter's hours against ours: two independent clocks of the same exchange."""

from datetime import date, datetime, time, timedelta

import pytest

from callcenter.domain.clock import BEIJING
from callcenter.domain.errors import CalendarEnds
from callcenter.domain.orders import OrderKind
from callcenter.domain.securities import Board, Market, Security
from callcenter.gateways.paper.sessions import (
    ClockMode,
    Hours,
    Phase,
    next_trading_day,
    phase_at,
    weekdays,
)
from callcenter.gateways.paper.terms import declared, takes_cancels
from tests import make, rules
from tests.fakes.store import AlwaysNoon

DAY = date(2026, 11, 20)
MINUTES = [
    datetime.combine(DAY, time(9, 0), BEIJING) + timedelta(minutes=minute)
    for minute in range(7 * 60)
]
LISTED = [
    make.security(market=market, board=board)
    for market, board in [
        (Market.SH, Board.SH_MAIN),
        (Market.SH, Board.STAR),
        (Market.SH, Board.FUND),
        (Market.SZ, Board.SZ_MAIN),
        (Market.SZ, Board.CHINEXT),
        (Market.SZ, Board.FUND),
        (Market.BJ, Board.BSE),
    ]
]
DECLARED = [
    pytest.param(security, kind, id=f"{security.market}-{security.board}-{kind}")
    for security in LISTED
    for kind in (OrderKind.LIMIT, OrderKind.AFTER_HOURS)
    if (security.board, kind) != (Board.BSE, OrderKind.AFTER_HOURS)  # Beijing has none
]


def always(_: date) -> bool:
    return True


@pytest.mark.parametrize(("security", "kind"), DECLARED)
def test_both_take_orders_and_cancels_at_the_same_minutes(
    security: Security, kind: OrderKind
) -> None:
    for at in MINUTES:
        ours = rules.book().phase(security, at, kind)
        theirs = phase_at(at, always)

        takes = declared(kind, security.market, theirs) is None
        assert takes == (ours is not None and ours.orders), at
        cancels = takes_cancels(kind, security.market, theirs)
        assert cancels == (ours is not None and ours.cancels), at


def test_a_day_that_the_calendar_does_not_know_is_closed() -> None:
    def ended(day: date) -> bool:
        raise CalendarEnds(day, DAY)

    assert phase_at(MINUTES[60], ended) is Phase.CLOSED
    assert next_trading_day(DAY, ended) == DAY + timedelta(days=1)


def test_after_friday_comes_monday() -> None:
    assert next_trading_day(DAY, weekdays) == date(2026, 11, 23)


def test_a_counter_that_is_always_open_knows_no_hours() -> None:
    moment = Hours(clock=AlwaysNoon()).moment(None, None)

    assert (moment.phase, moment.day) == (Phase.ALWAYS_OPEN, DAY)


def test_a_clock_that_was_set_stands_and_keeps_the_hours() -> None:
    hours = Hours(clock=AlwaysNoon(), is_trading_day=always)

    moment = hours.moment(ClockMode.SET, MINUTES[31])

    assert (moment.at, moment.phase) == (MINUTES[31], Phase.CONTINUOUS)
