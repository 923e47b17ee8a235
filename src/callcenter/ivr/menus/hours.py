"""When an entry of a menu is open, in Beijing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Final

from callcenter.domain.clock import BEIJING
from callcenter.domain.errors import CalendarEnds

IsTradingDay = Callable[[date], bool]


class Days(StrEnum):
    ALL = "all"
    TRADING = "trading"  # days on which the exchanges are open
    HOLIDAYS = "holidays"  # all others


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """From a minute to before another one, on the same day; None is the end of the day."""

    since: time
    until: time | None = None

    def __str__(self) -> str:
        until = "24:00" if self.until is None else f"{self.until:%H:%M}"
        return f"{self.since:%H:%M}-{until}"

    def has(self, at: time) -> bool:
        return self.since <= at and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """
    Open on such days, within a window if there are any, and not on the days `closed`.

    `holidays` are days without trading that the calendar of the exchanges does not have.
    """

    days: Days = Days.ALL
    windows: tuple[Window, ...] = ()
    closed: frozenset[date] = frozenset()
    holidays: frozenset[date] = frozenset()

    def is_open(self, at: datetime, is_trading_day: IsTradingDay) -> bool:
        """
        Tell whether it is open at a moment.

        Where the calendar ends nobody knows trading days, and what depends on them is closed.
        """
        local = at.astimezone(BEIJING)
        if local.date() in self.closed or not self._is_day(local.date(), is_trading_day):
            return False
        return not self.windows or any(each.has(local.time()) for each in self.windows)

    def told(self) -> Iterator[str]:
        """Say when it is open; nothing if it is always."""
        if self.days is not Days.ALL:
            yield f"{self.days} days" if self.days is Days.TRADING else self.days.value
        if self.windows:
            yield ", ".join(str(window) for window in self.windows)
        if self.closed:
            yield "not on " + ", ".join(sorted(day.isoformat() for day in self.closed))

    def _is_day(self, day: date, is_trading_day: IsTradingDay) -> bool:
        if self.days is Days.ALL:
            return True
        try:
            is_trading = day not in self.holidays and is_trading_day(day)
        except CalendarEnds:
            return False
        return is_trading == (self.days is Days.TRADING)


ALWAYS: Final = Opening()
