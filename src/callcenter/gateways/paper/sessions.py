"""
The hours of the practice market (SSE 2.4.2 and 3.4.1, SZSE 2.4.2 and 3.3.1, of 2026-07-06).

Its own, as its terms are: nothing here is read by the rules of `trading`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum, StrEnum, auto
from typing import Final

from callcenter.domain.clock import BEIJING, Clock, trade_date
from callcenter.domain.errors import CalendarEnds

IsTradingDay = Callable[[date], bool]

_LONGEST_HOLIDAY_DAYS: Final = 30


class Phase(Enum):
    """What the market does at a moment."""

    CLOSED = auto()
    OPENING_CALL = auto()
    OPENING_CALL_FIXED = auto()  # no cancels any more
    OPENING = auto()  # the opening price is made, nothing is taken
    CONTINUOUS = auto()
    LUNCH = auto()
    CLOSING_CALL = auto()  # no cancels
    CLOSING = auto()  # the closing price is made
    AFTER_HOURS = auto()  # at the closing price alone
    ALWAYS_OPEN = auto()  # of no real market: everything at any time


# From when on. What SSE funds did before 2026-07-06 is left out: nobody practises in the past.
_DAY: Final = (
    (time(9, 15), Phase.OPENING_CALL),
    (time(9, 20), Phase.OPENING_CALL_FIXED),
    (time(9, 25), Phase.OPENING),
    (time(9, 30), Phase.CONTINUOUS),
    (time(11, 30), Phase.LUNCH),
    (time(13, 0), Phase.CONTINUOUS),
    (time(14, 57), Phase.CLOSING_CALL),
    (time(15, 0), Phase.CLOSING),
    (time(15, 5), Phase.AFTER_HOURS),
    (time(15, 30), Phase.CLOSED),
)

# When orders at the close are declared (Xinhua, 2026-07-06); they are filled from 15:05 on.
FIXED_PRICE: Final = frozenset(
    {Phase.CONTINUOUS, Phase.CLOSING_CALL, Phase.CLOSING, Phase.AFTER_HOURS, Phase.ALWAYS_OPEN}
)
FIXED_PRICE_IN_SHENZHEN: Final = FIXED_PRICE | {
    Phase.OPENING_CALL,
    Phase.OPENING_CALL_FIXED,
    Phase.OPENING,
}
CALLS: Final = frozenset({Phase.OPENING_CALL, Phase.OPENING_CALL_FIXED, Phase.CLOSING_CALL})
TRADES: Final = frozenset({Phase.CONTINUOUS, Phase.ALWAYS_OPEN})
CANCELS: Final = TRADES | {Phase.OPENING_CALL}


def phase_at(at: datetime, is_trading_day: IsTradingDay) -> Phase:
    """Return what the market does at `at`."""
    local = at.astimezone(BEIJING)
    if not _trades(local.date(), is_trading_day):
        return Phase.CLOSED
    begun = [phase for since, phase in _DAY if since <= local.time()]
    return begun[-1] if begun else Phase.CLOSED


def next_trading_day(day: date, is_trading_day: IsTradingDay) -> date:
    """Return the first trading day after `day`; the next day if none is known for long."""
    known = (ahead for ahead in _days_after(day) if _trades(ahead, is_trading_day))
    return next(known, day + timedelta(days=1))


def _trades(day: date, is_trading_day: IsTradingDay) -> bool:
    """A day that the calendar does not know is no trading day: nothing is taken on a guess."""
    try:
        return is_trading_day(day)
    except CalendarEnds:
        return False


def weekdays(day: date) -> bool:
    """Stand in for a calendar where there is none: Monday to Friday."""
    return day.weekday() < 5


def _days_after(day: date) -> Iterator[date]:
    for ahead in range(1, _LONGEST_HOLIDAY_DAYS):
        yield day + timedelta(days=ahead)


class ClockMode(StrEnum):
    ALWAYS_OPEN = "always-open"
    CALENDAR = "calendar"
    SET = "set"  # it stands still at a time that somebody set


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The counter's own time, and what the market does then."""

    at: datetime
    phase: Phase

    @property
    def day(self) -> date:
        return trade_date(self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """How the counter knows what time it is, unless its table `paper.clock` says otherwise."""

    clock: Clock
    mode: ClockMode = ClockMode.ALWAYS_OPEN
    is_trading_day: IsTradingDay = weekdays

    def moment(self, mode: str | None, stands_at: datetime | None) -> Moment:
        """Return the moment, by the mode and time of the table, which may be None."""
        at = (stands_at or self.clock.now()).astimezone(BEIJING)
        if ClockMode(mode or self.mode) is ClockMode.ALWAYS_OPEN:
            return Moment(at=at, phase=Phase.ALWAYS_OPEN)
        return Moment(at=at, phase=phase_at(at, self.is_trading_day))

    def trades_on(self, day: date) -> bool:
        return _trades(day, self.is_trading_day)

    def next_day(self, day: date, now: Moment) -> date:
        """Return the trading day that follows, by the mode of `now`."""
        if now.phase is Phase.ALWAYS_OPEN:
            return day + timedelta(days=1)
        return next_trading_day(day, self.is_trading_day)
