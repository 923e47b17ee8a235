"""When the paper counter tells of what happened: by a bell, and without one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal

from callcenter.domain.fills import Fill
from callcenter.gateways.paper.clerk import Clerk
from callcenter.gateways.paper.database import Database
from callcenter.trading.ports import CounterEvent, StreamPosition
from tests.integration.paper_books import Paper, paper

HOURS_S = 3600.0
BEGINNING = StreamPosition("0")
_FAR = Decimal("9.90")  # from the market


async def test_what_this_process_keeps_is_told_without_a_look(dsn: str) -> None:
    async with paper(dsn, look_s=HOURS_S) as books, _following(books) as told:
        order = await books.place()
        assert (await told.get()).of.client_id == order.client_id

        await books.clerk.work()
        assert isinstance((await told.get()).of, Fill)

        waits = await books.place(price=_FAR)
        await books.counter.cancel(waits)
        while (await told.get()).of != await books.standing(waits):
            pass


async def test_what_another_process_keeps_is_told_at_the_next_look(dsn: str) -> None:
    async with paper(dsn, look_s=0.05) as books, _following(books) as told:
        other = Database(dsn, connections=1)
        await other.start()
        await books.place()
        await told.get()

        await Clerk(other, books.counter.hours).work()
        filled = await told.get()
        await other.stop()

    assert isinstance(filled.of, Fill)


@asynccontextmanager
async def _following(books: Paper) -> AsyncIterator[asyncio.Queue[CounterEvent]]:
    told: asyncio.Queue[CounterEvent] = asyncio.Queue()

    async def follow() -> None:
        async for event in books.counter.events(BEGINNING):
            told.put_nowait(event)

    following = asyncio.create_task(follow())
    try:
        yield told
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
