"""What the counter tells of a day: its orders, its fills, and events as they happen."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final

import asyncpg

from callcenter.domain.accounts import AccountId
from callcenter.domain.clock import BEIJING
from callcenter.domain.fills import Fill, FillKey, FillNumber
from callcenter.domain.orders import ClientOrderId
from callcenter.domain.refusals import Refusal
from callcenter.domain.securities import Market
from callcenter.gateways.paper.books import counter_order
from callcenter.gateways.paper.database import Connection, Database
from callcenter.gateways.paper.faults import EVERYONE, NO_FAULTS, Faults
from callcenter.trading.ports import CounterEvent, CounterOrder, StreamPosition

PAGE: Final = 1000
_ACCEPTANCE_WAITS: Final = timedelta(seconds=2)

_FIRST_ORDER: Final = "SELECT min(contract) - 1 FROM paper.orders WHERE trade_date = $1"
_ORDERS: Final = """
    SELECT client_id, contract, state, reason, filled, cancelled, expired FROM paper.orders
    WHERE trade_date = $1 AND contract > $2 ORDER BY contract LIMIT $3
"""
_FILLS: Final = """
    SELECT trade_date, market, number, client_id, quantity, price, at FROM paper.fills
    WHERE trade_date = $1 AND (market, number) > ($2, $3) ORDER BY market, number LIMIT $4
"""
_BEFORE_DAY: Final = """
    SELECT COALESCE((SELECT min(position) - 1 FROM paper.events WHERE trade_date >= $1),
                    (SELECT max(position) FROM paper.events), 0)
"""
_ANY: Final = """
    SELECT EXISTS (SELECT FROM paper.events WHERE position IS NULL)
        OR EXISTS (SELECT FROM paper.events WHERE position > $1)
"""
_NUMBER: Final = "SELECT paper.number_events($1)"
_EVENTS: Final = """
    SELECT e.*, now() AS told_at, f.trade_date AS filled_on, f.quantity, f.price,
           f.at AS filled_at, CASE WHEN e.accepted THEN 'accepted' ELSE 'rejected' END AS state
    FROM paper.events e
    LEFT JOIN paper.fills f ON f.trade_date = e.trade_date AND f.market = e.market
        AND f.number = e.number
    WHERE e.position > $1 ORDER BY e.position LIMIT $2
"""


async def orders(database: Database, day: date) -> AsyncIterator[CounterOrder]:
    """Yield the orders of a trade date as they came; no connection is held meanwhile."""
    async with database.connection() as c:
        last = await c.fetchval(_FIRST_ORDER, day)
    while last is not None:
        async with database.connection() as c:
            page = await c.fetch(_ORDERS, day, last, PAGE)
        for row in page:
            yield counter_order(ClientOrderId(row["client_id"]), row)
        last = page[-1]["contract"] if page else None


async def fills(database: Database, day: date) -> AsyncIterator[Fill]:
    """Yield the fills of a trade date."""
    last: tuple[str, int] | None = ("", 0)
    while last is not None:
        async with database.connection() as c:
            page = await c.fetch(_FILLS, day, *last, PAGE)
        for row in page:
            yield fill_of(row)
        last = (page[-1]["market"], page[-1]["number"]) if page else None


def fill_of(row: asyncpg.Record) -> Fill:
    return _fill(row, row["trade_date"], row["at"])


def _fill(row: asyncpg.Record, day: date, at: datetime) -> Fill:
    key = FillKey(
        trade_date=day, market=Market(row["market"]), number=FillNumber(str(row["number"]))
    )
    return Fill(
        key=key,
        client_id=ClientOrderId(row["client_id"]),
        quantity=row["quantity"],
        price=row["price"],
        at=at.astimezone(BEIJING),
    )


async def before_day(c: Connection, day: date) -> int:
    """Return the position after which the events of a day come."""
    await c.execute(_NUMBER, PAGE)
    position: int = await c.fetchval(_BEFORE_DAY, day)
    return position


async def has_events(c: Connection, after: int) -> bool:
    found: bool = await c.fetchval(_ANY, after)
    return found


async def read_events(c: Connection, after: int) -> Sequence[asyncpg.Record]:
    """Return the next page of events; none before them will ever come."""
    await c.execute(_NUMBER, PAGE)
    return await c.fetch(_EVENTS, after, PAGE)


@dataclass(slots=True)
class Telling:
    """
    Tells events in order, or as a counter on a bad day does: late, twice, fills first.

    Whatever is told has a position that is below everything which was not, so that whoever stops
    anywhere and goes on from there misses nothing.
    """

    held: list[asyncpg.Record] = field(default_factory=list)
    _filled: set[str] = field(default_factory=set)

    def tell(
        self, page: Sequence[asyncpg.Record], faults: Mapping[AccountId, Faults]
    ) -> Iterator[CounterEvent]:
        """Yield what is to be told by now of this page, and of what was held back before."""
        waiting = [*self.held, *page]
        self._filled |= {row["client_id"] for row in waiting if row["number"] is not None}
        now = page[0]["told_at"] if page else datetime.now(BEIJING)
        of = {row["position"]: _faults_of(row, faults) for row in waiting}
        self.held = [r for r in waiting if not self._is_due(r, of[r["position"]], now)]
        kept = {row["position"] for row in self.held}
        told = [row for row in waiting if row["position"] not in kept]
        told.sort(key=lambda row: of[row["position"]].fills_first and row["number"] is None)
        told = [row for row in told for _ in range(1 + of[row["position"]].events_twice)]
        yield from _positioned(told, min(kept, default=None))

    def _is_due(self, row: asyncpg.Record, faults: Faults, now: datetime) -> bool:
        age = now - row["kept_at"]
        if age < timedelta(seconds=faults.events_s):
            return False
        acceptance = row["number"] is None and row["accepted"] and row["filled"] == 0
        return not (
            faults.fills_first
            and acceptance
            and row["client_id"] not in self._filled
            and age < _ACCEPTANCE_WAITS
        )


def _faults_of(row: asyncpg.Record, faults: Mapping[AccountId, Faults]) -> Faults:
    return faults.get(row["account"]) or faults.get(EVERYONE) or NO_FAULTS


def _positioned(told: Sequence[asyncpg.Record], held: int | None) -> Iterator[CounterEvent]:
    """Yield events, none with a position at or above one that is still to be told."""
    bounds: list[int | None] = [held]
    for row in reversed(told):
        bounds.append(min(row["position"], bounds[-1] or row["position"]))
    for row, (_, later) in zip(told, pairwise(reversed(bounds)), strict=True):
        position = row["position"] if later is None else min(row["position"], later - 1)
        yield CounterEvent(position=StreamPosition(str(position)), of=_told(row))


def _told(row: asyncpg.Record) -> CounterOrder | Fill:
    if row["number"] is not None:
        return _fill(row, row["filled_on"], row["filled_at"])
    reason = row["reason"]
    return CounterOrder(
        client_id=ClientOrderId(row["client_id"]),
        accepted=row["accepted"],
        reason=None if reason is None else Refusal(reason),
        filled=row["filled"],
        cancelled=row["cancelled"],
        expired=row["expired"],
    )
