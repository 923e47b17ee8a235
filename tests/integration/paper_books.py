"""A paper counter over a database of the test, with its clerk, and a hand in its market."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import asyncpg

from callcenter.domain.accounts import AccountId
from callcenter.domain.clock import Clock
from callcenter.domain.orders import ClientOrderId, Order
from callcenter.gateways.paper import PaperCounter, seed_demo
from callcenter.gateways.paper.audit import Finding, audit
from callcenter.gateways.paper.clerk import Clerk, FillMode
from callcenter.gateways.paper.database import Connection, plain
from callcenter.trading.ports import CounterEvent, CounterOrder, StreamPosition
from tests import make

HOLDER: Final = AccountId("10000001")
BEGINNING: Final = StreamPosition("0")
_ADMIT: Final = """
    UPDATE paper.customers SET permissions = permissions || '{market-order,st}'
    WHERE permissions <> '{}' AND NOT permissions @> '{market-order}'
"""
_WAITING: Final = """
    SELECT count(*) FROM pg_stat_activity
    WHERE application_name = 'paper-counter' AND datname = current_database()
      AND wait_event_type = 'Lock'
"""


class SetClock(Clock):
    def __init__(self, at: datetime = make.NOON) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


@dataclass
class Paper:
    """The counter, who works in it, and a line of the test's own to its books."""

    counter: PaperCounter
    clerk: Clerk
    sql: Connection
    clock: SetClock
    placed: int = 0

    def order(self, **changes: Any) -> Order:
        """Return an order with an id of its own."""
        self.placed += 1
        day = self.clock.at.date()
        numbered = ClientOrderId(f"{day:%Y%m%d}{self.placed:08}")
        return make.order(client_id=numbered, trade_date=day, **changes)

    async def place(self, **changes: Any) -> Order:
        """Place an order that must be accepted."""
        order = self.order(**changes)
        answer = await self.counter.place(order)
        assert answer.accepted, answer
        return order

    async def standing(self, order: Order) -> CounterOrder:
        found = await self.counter.find(order.client_id)
        assert found is not None
        return found

    async def quote(self, security: str = "SH600000", **prices: str) -> None:
        """Move the market: last, bid, ask, previous_close."""
        for name, price in prices.items():
            await self.sql.execute(
                f"UPDATE paper.securities SET {name} = $2 WHERE id = $1",  # noqa: S608
                security,
                Decimal(price),
            )

    async def findings(self) -> list[Finding]:
        return await audit(self.sql)

    async def events(self, after: StreamPosition | None = BEGINNING) -> list[CounterEvent]:
        """Return what the stream tells until it has nothing more to tell."""
        total = await self.sql.fetchval("SELECT count(*) FROM paper.events")
        numbered = "SELECT count(*) FROM paper.events WHERE position <= $1"
        seen = await self.sql.fetchval(numbered, int(after)) if after else 0
        told: list[CounterEvent] = []
        stream = self.counter.events(after)
        while len(told) < total - seen:
            told.append(await anext(stream))
        return told


@asynccontextmanager
async def paper(
    dsn: str,
    *,
    fills: FillMode = FillMode.MATCHING,
    clock: SetClock | None = None,
    **options: Any,
) -> AsyncIterator[Paper]:
    """Open the demo's accounts and a counter with them."""
    await seed_demo(dsn, production=False, load_accounts=False)
    clock = clock or SetClock()
    counter = PaperCounter(dsn, clock, poll_s=0.01, **{"look_s": 0.01, **options})
    sql = await asyncpg.connect(plain(dsn))
    await counter.start()
    await sql.execute(_ADMIT)
    clerk = Clerk(counter.database, counter.hours, fills=fills)
    try:
        yield Paper(counter=counter, clerk=clerk, sql=sql, clock=clock)
    finally:
        await counter.stop()
        await sql.close()


async def until_waiting(sql: Connection, sessions: int) -> None:
    """Return when so many of the counter's sessions wait for a lock."""
    async with asyncio.timeout(10):
        while await sql.fetchval(_WAITING) < sessions:
            # Or the server shows the same picture until the transaction ends.
            await sql.execute("SELECT pg_stat_clear_snapshot()")
