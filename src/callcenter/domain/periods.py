"""Spans of days: what a history or a statement covers."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From one day to another, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ValueError(f"a period ends before it begins: {self.first}, {self.last}")

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def last_days(today: date, days: int) -> Period:
    """Return so many days, today the last of them."""
    return Period(first=today - timedelta(days=days - 1), last=today)


def this_month(today: date) -> Period:
    """Return the month so far."""
    return Period(first=today.replace(day=1), last=today)


def last_month(today: date) -> Period:
    """Return the whole month before this one."""
    end = today.replace(day=1) - timedelta(days=1)
    return Period(first=end.replace(day=1), last=end)
