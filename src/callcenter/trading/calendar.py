"""The trading days of the exchanges, from a list of the days on which they are closed."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final

from callcenter.domain.errors import CalendarEnds
from callcenter.trading.ports import TradingCalendar

_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5
_FEWEST_A_YEAR: Final = 5  # a year with fewer holidays was not copied to its end


class HolidayCalendar(TradingCalendar):
    """Closed are Saturdays, Sundays and the days of the list. Outside the list nobody knows."""

    def __init__(self, closed: frozenset[date], *, since: date, until: date) -> None:
        self._closed = closed
        self._since = since
        self._until = until

    @classmethod
    def of(cls, plain: Mapping[str, object]) -> "HolidayCalendar":
        """
        Read `{"from": date, "until": date, "closed": {2026: ["01-01", …]}}`.

        Raise ValueError, saying what to do, if a day is none, a weekend, or a year is missing.
        """
        since, until, by_year = plain.get("from"), plain.get("until"), plain.get("closed")
        if type(since) is not date or type(until) is not date or since > until:
            raise ValueError("calendar: from and until must be dates, in this order")
        if not isinstance(by_year, Mapping):
            raise ValueError("calendar: closed must be days by year")  # noqa: TRY004 (data)
        faults = list(_faults(by_year, since, until))
        if faults:
            raise ValueError("; ".join(faults))
        days = (_day(year, each) for year, said in by_year.items() for each in said)
        return cls(frozenset(days), since=since, until=until)

    @property
    def knows_until(self) -> date:
        return self._until

    def is_session(self, day: date) -> bool:
        if not self._since <= day <= self._until:
            raise CalendarEnds(day, self._until)
        return day.weekday() < _SATURDAY and day not in self._closed

    def next_session(self, day: date) -> date:
        day += _DAY
        while not self.is_session(day):
            day += _DAY
        return day

    def sessions(self, first: date, last: date) -> int:
        self.is_session(first)  # both ends must be known, even of nothing
        days = range((last - first).days + 1)
        return sum(self.is_session(first + timedelta(days=each)) for each in days)


def _faults(by_year: Mapping[object, object], since: date, until: date) -> Iterator[str]:
    for year in range(since.year, until.year + 1):
        said = by_year.get(year)
        if not isinstance(said, list) or len(said) < _FEWEST_A_YEAR:
            yield f"calendar: {year} has no list of closed days: add it, or let until end before"
            continue
        for each in said:
            try:
                weekend = _day(year, each).weekday() >= _SATURDAY
            except ValueError:
                yield f'calendar: {year}: {each!r} is no day such as "10-01"'
            else:
                if weekend:
                    yield f"calendar: {year}: {each} is a weekend: is the year right?"


def _day(year: object, each: object) -> date:
    return date.fromisoformat(f"{year}-{each}")
