from datetime import date, datetime, time

import pytest

from callcenter.domain.clock import BEIJING
from callcenter.domain.errors import Refused
from callcenter.domain.refusals import Refusal
from callcenter.domain.securities import Board, Market
from callcenter.trading.hours import ExchangeHours
from tests import make, rules

THURSDAY, FRIDAY, SATURDAY = date(2026, 11, 19), date(2026, 11, 20), date(2026, 11, 21)
MONDAY = date(2026, 11, 23)
BEFORE_THE_HOLIDAY, AFTER_THE_HOLIDAY = date(2026, 9, 30), date(2026, 10, 8)
SHANGHAI = make.security()
SHENZHEN = make.security(market=Market.SZ, board=Board.SZ_MAIN)


def at(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), BEIJING)


@pytest.fixture
def hours() -> ExchangeHours:
    return ExchangeHours(rules.book())


@pytest.mark.parametrize("clock", ["09:15", "09:27", "11:45", "13:00", "14:59:59"])
def test_from_the_first_auction_to_the_close_an_order_waits_for_no_other_day(
    hours: ExchangeHours, clock: str
) -> None:
    assert hours.reserved_for(SHANGHAI, at(FRIDAY, clock)) is None
    assert hours.reserved_for(SHENZHEN, at(FRIDAY, clock)) is None


@pytest.mark.parametrize(
    ("now", "day"),
    [
        pytest.param(at(THURSDAY, "19:00"), FRIDAY, id="evening"),
        pytest.param(at(THURSDAY, "23:59:59"), FRIDAY, id="midnight"),
        pytest.param(at(FRIDAY, "20:00"), MONDAY, id="before-a-weekend"),
        pytest.param(at(SATURDAY, "20:00"), MONDAY, id="at-a-weekend"),
        pytest.param(at(BEFORE_THE_HOLIDAY, "20:00"), AFTER_THE_HOLIDAY, id="before-a-holiday"),
    ],
)
def test_in_the_evening_an_order_is_kept_for_the_next_trading_day(
    hours: ExchangeHours, now: datetime, day: date
) -> None:
    assert hours.reserved_for(SHANGHAI, now) == day


@pytest.mark.parametrize(
    "now",
    [
        pytest.param(at(FRIDAY, "09:14:59"), id="early"),
        pytest.param(at(FRIDAY, "15:30"), id="after-the-close"),
        pytest.param(at(FRIDAY, "18:59:59"), id="clearing"),
        pytest.param(at(SATURDAY, "11:00"), id="weekend"),
    ],
)
def test_when_neither_the_market_nor_the_broker_takes_orders_it_is_said(
    hours: ExchangeHours, now: datetime
) -> None:
    with pytest.raises(Refused) as refused:
        hours.reserved_for(SHANGHAI, now)

    assert refused.value.reason is Refusal.RESERVATIONS_CLOSED


@pytest.mark.parametrize("clock", ["12:00", "20:00"])
def test_a_day_that_no_calendar_knows_is_not_guessed(hours: ExchangeHours, clock: str) -> None:
    unknown = rules.book().calendar.knows_until

    with pytest.raises(Refused) as refused:
        hours.reserved_for(SHANGHAI, at(unknown.replace(year=unknown.year + 1), clock))

    assert refused.value.reason is Refusal.CALENDAR_UNKNOWN


def test_an_order_for_a_day_that_no_calendar_knows_is_not_kept(hours: ExchangeHours) -> None:
    with pytest.raises(Refused) as refused:
        hours.reserved_for(SHANGHAI, at(rules.book().calendar.knows_until, "20:00"))

    assert refused.value.reason is Refusal.CALENDAR_UNKNOWN
