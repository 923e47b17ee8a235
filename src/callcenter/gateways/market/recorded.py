"""
Quotes that were recorded once, played against the clock.

A folder has one CSV file a security, named by its id: SH600000.csv. Two kinds, told apart by
their first column, with other columns in any order (docs/market-data.md lists them):

* `date`: day bars. Before the close a day stands at its opening price; nothing of the future is
  told.
* `time`: ticks. The quote is that of the last row.
"""

import asyncio
import csv
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final

from callcenter.domain.clock import BEIJING, Clock
from callcenter.domain.errors import QuotesUnavailable
from callcenter.domain.securities import Level, Quote, Security
from callcenter.gateways.market.figures import Garbled, amount, checked, count, level, price
from callcenter.trading.ports import MarketFeed

_OPENING: Final = time(9, 30)
_CLOSE: Final = time(15, 0)
_LEVELS: Final = range(1, 6)
_BAR_COLUMNS: Final = {"date", "open", "high", "low", "close", "volume"}
_TICK_COLUMNS: Final = {"time", "last", "previous_close", "volume"}

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tape:
    """The quotes of one security, the oldest first."""

    times: Sequence[datetime]
    quotes: Sequence[Quote]

    def at(self, when: datetime) -> Quote | None:
        index = bisect_right(self.times, when)
        return self.quotes[index - 1] if index else None


class RecordedFeed(MarketFeed):
    """
    Plays a folder. With `ahead` the recording is moved to another time: by 3 days, what was
    recorded on a Friday is told on Monday, with Monday's date.

    A security without a file has no quote. Raise `QuotesUnavailable` if a file cannot be read or
    is wrong, naming its line.
    """

    def __init__(self, folder: Path, clock: Clock, *, ahead: timedelta = timedelta(0)) -> None:
        self._folder = folder
        self._clock = clock
        self._ahead = ahead
        self._tapes: dict[str, _Tape | None] = {}

    async def quotes(self, securities: Sequence[Security]) -> Mapping[str, Quote]:
        when = self._clock.now() - self._ahead
        found: dict[str, Quote] = {}
        for security in securities:
            tape = await self._tape(security)
            if tape is not None and (quote := tape.at(when)) is not None:
                found[security.id] = replace(quote, at=quote.at + self._ahead)
        return found

    async def _tape(self, security: Security) -> _Tape | None:
        if security.id not in self._tapes:
            file = self._folder / f"{security.id}.csv"
            self._tapes[security.id] = await asyncio.to_thread(_read, file, security)
        return self._tapes[security.id]


def _read(file: Path, security: Security) -> _Tape | None:
    if not file.exists():
        return None
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            quotes = _quotes(csv.DictReader(lines), security)
    except (OSError, UnicodeDecodeError, csv.Error, Garbled) as error:
        raise QuotesUnavailable(f"{file.name}: {error}") from error
    return _Tape(times=[quote.at for quote in quotes], quotes=quotes)


def _quotes(rows: "csv.DictReader[str]", security: Security) -> list[Quote]:
    columns = set(rows.fieldnames or ())
    for needed, reader in ((_BAR_COLUMNS, _Bars), (_TICK_COLUMNS, _Ticks)):
        if needed <= columns:
            return _in_order(rows, reader(security).read)
    raise Garbled(f"needs the columns {', '.join(sorted(_BAR_COLUMNS))} or those of ticks")


def _in_order(rows: "csv.DictReader[str]", read: Callable[[Row], Iterable[Quote]]) -> list[Quote]:
    quotes: list[Quote] = []
    for row in rows:
        try:
            _append(quotes, row, read)
        except Garbled as error:
            raise Garbled(f"line {rows.line_num}: {error}") from error
    return quotes


def _append(quotes: list[Quote], row: Row, read: Callable[[Row], Iterable[Quote]]) -> None:
    if None in row.values():
        raise Garbled("columns are missing")
    for quote in read(row):
        if quotes and quote.at <= quotes[-1].at:
            raise Garbled(f"{quote.at:%Y-%m-%d %H:%M:%S} is not after the row before")
        quotes.append(quote)


class _Bars:
    """Makes two quotes of a bar: one at the opening, and one at the close."""

    def __init__(self, security: Security) -> None:
        self._security = security
        self._close: Decimal | None = None  # of the bar before

    def read(self, row: Row) -> Iterable[Quote]:
        day, opened, closed = _day(row["date"]), _price(row["open"]), _price(row["close"])
        previous = _price(row["previous_close"]) if row.get("previous_close") else self._close
        opening = Quote(
            security=self._security,
            last=opened,
            previous_close=previous or opened,  # of the first bar nobody knows it
            high=opened,
            low=opened,
            bid=None,
            ask=None,
            volume=0,
            at=datetime.combine(day, _OPENING, tzinfo=BEIJING),
            open=opened,
        )
        end = replace(
            opening,
            last=closed,
            high=_price(row["high"]),
            low=_price(row["low"]),
            volume=count(row["volume"]),
            amount=_amount(row),
            at=datetime.combine(day, _CLOSE, tzinfo=BEIJING),
        )
        self._close = closed
        return opening, checked(end, end.at)


class _Ticks:
    """Makes a quote of each row; the day's open, high and low are those of its rows so far."""

    def __init__(self, security: Security) -> None:
        self._security = security
        self._day: date | None = None
        self._open = self._high = self._low = Decimal(0)

    def read(self, row: Row) -> Iterable[Quote]:
        at, last = _time(row["time"]), _price(row["last"])
        if at.date() != self._day:
            self._day = at.date()
            self._open = self._high = self._low = last
        self._high, self._low = max(self._high, last), min(self._low, last)
        bids, asks = _side(row, "bid"), _side(row, "ask")
        quote = Quote(
            security=self._security,
            last=last,
            previous_close=_price(row["previous_close"]),
            high=self._high,
            low=self._low,
            bid=bids[0].price if bids else None,
            ask=asks[0].price if asks else None,
            volume=count(row["volume"]),
            at=at,
            open=self._open,
            amount=_amount(row),
            bids=bids,
            asks=asks,
        )
        return [checked(quote, at)]


def _side(row: Row, side: str) -> tuple[Level, ...]:
    named = ((f"{side}{number}", f"{side}{number}_volume") for number in _LEVELS)
    levels = (level(row[at], row[volume]) for at, volume in named if row.get(at))
    return tuple(one for one in levels if one)


def _price(text: str) -> Decimal:
    found = price(text)
    if found is None:
        raise Garbled("a price of zero")
    return found


def _amount(row: Row) -> Decimal | None:
    return amount(row["amount"]) if row.get("amount") else None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Garbled(f"no date: {text[:20]!r}") from None


def _time(text: str) -> datetime:
    """Read a time; Beijing's, unless it says otherwise."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Garbled(f"no time: {text[:30]!r}") from None
    return found.astimezone(BEIJING) if found.tzinfo else found.replace(tzinfo=BEIJING)
