"""The trading days: known ones against the announcements, unknown ones never guessed."""

from datetime import date
from typing import Any

import pytest

from callcenter.domain.errors import CalendarEnds
from callcenter.trading.calendar import HolidayCalendar
from tests import rules

YEAR: dict[str, Any] = {
    "from": date(2026, 1, 1),
    "until": date(2026, 12, 31),
    "closed": {2026: ["01-01", "01-02", "05-01", "10-01", "10-02"]},
}


@pytest.mark.parametrize(
    ("day", "is_open"),
    [
        pytest.param(date(2006, 1, 4), True, id="the-first-that-we-know"),
        pytest.param(date(2006, 5, 1), False, id="labour-day"),
        pytest.param(date(2020, 1, 31), False, id="the-epidemic-made-the-holiday-longer"),
        pytest.param(date(2024, 2, 9), False, id="new-years-eve-by-the-moon"),
        pytest.param(date(2026, 7, 6), True, id="the-revision"),
        pytest.param(date(2026, 10, 7), False, id="national-day"),
        pytest.param(date(2026, 10, 8), True, id="after-it"),
        pytest.param(date(2026, 10, 10), False, id="a-working-saturday"),
        pytest.param(date(2026, 12, 31), True, id="the-last-that-we-know"),
    ],
)
def test_a_day_is_open_or_not(day: date, is_open: bool) -> None:
    assert rules.calendar().is_session(day) is is_open


def test_no_year_has_too_many_or_too_few_trading_days() -> None:
    calendar = rules.calendar()

    for year in range(2006, 2027):
        assert 238 <= calendar.sessions(date(year, 1, 1), date(year, 12, 31)) <= 246


def test_the_next_trading_day_may_be_far() -> None:
    assert rules.calendar().next_session(date(2026, 9, 30)) == date(2026, 10, 8)


def test_trading_days_are_counted_with_both_ends() -> None:
    assert rules.calendar().sessions(date(2026, 11, 13), date(2026, 11, 19)) == 5


@pytest.mark.parametrize("day", [date(2005, 12, 31), date(2027, 1, 1)])
def test_a_day_outside_the_list_is_not_guessed(day: date) -> None:
    with pytest.raises(CalendarEnds):
        rules.calendar().is_session(day)


def test_the_day_after_the_last_is_not_guessed_either() -> None:
    with pytest.raises(CalendarEnds, match="ends on 2026-12-31; it does not know 2027-01-01"):
        rules.calendar().next_session(date(2026, 12, 31))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        pytest.param({"until": "2026"}, "from and until must be dates", id="until"),
        pytest.param({"until": date(2025, 1, 1)}, "in this order", id="backwards"),
        pytest.param({"closed": None}, "closed must be days by year", id="closed"),
        pytest.param({"until": date(2027, 12, 31)}, "2027 has no list", id="a-year-is-missing"),
        pytest.param({"closed": {2026: ["01-01"]}}, "2026 has no list", id="half-a-year"),
        pytest.param(
            {"closed": {2026: ["01-01", "01-02", "05-01", "10-01", "10-32"]}},
            "2026: '10-32' is no day such as \"10-01\"",
            id="no-day",
        ),
        pytest.param(
            {"closed": {2026: ["01-01", "01-02", "05-01", "10-01", "10-03"]}},
            "2026: 10-03 is a weekend: is the year right?",
            id="weekend",
        ),
    ],
)
def test_a_wrong_list_is_told(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match="calendar: ") as error:
        HolidayCalendar.of({**YEAR, **changes})

    assert says in str(error.value)
