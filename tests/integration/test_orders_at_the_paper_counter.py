"""Orders of ours at the paper counter: what it tells is in our books, whatever happened."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal

import pytest

from callcenter.domain.orders import OrderNumber, OrderState, Side
from callcenter.storage.database import Database
from callcenter.storage.orders import PostgresOrderBook
from callcenter.trading.orders.comparison import Comparison
from callcenter.trading.orders.events import CounterEvents
from callcenter.trading.orders.placing import Placing
from callcenter.trading.orders.reconciliation import Reconciliation
from callcenter.trading.orders.told import Told
from callcenter.trading.service import Trading
from tests import make, rules
from tests.fakes.store import AlwaysNoon
from tests.integration.paper_books import HOLDER, Paper, paper

DAY = make.NOON.date()


class Daemon:
    """Our side, over the books of the paper counter."""

    def __init__(self, books: Paper, database: Database) -> None:
        clock, counter = AlwaysNoon(), books.counter
        self.book = PostgresOrderBook(database, clock)
        told = Told(self.book, clock)
        placing = Placing(counter, self.book, clock, promise=timedelta(seconds=10))
        comparison = Comparison(counter, self.book, told, clock)
        self.reconciliation = Reconciliation(self.book, placing, every_s=0.1, comparison=comparison)
        self.trading = Trading(
            counter, self.book, clock, placing, self.reconciliation, rules=rules.book()
        )
        self.events = CounterEvents(
            "paper", counter, self.book, told, on_gap=self.reconciliation.gap, first_pause_s=0.01
        )

    @asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.events.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])

    async def place(self, **changes: object) -> OrderNumber:
        draft = make.draft(number=await self.trading.new_number(), **changes)
        await self.trading.place(draft, make.customer(), make.station())
        return draft.number

    async def until(self, number: OrderNumber, state: OrderState) -> None:
        async with asyncio.timeout(20):
            while not await self.is_in(number, state):  # noqa: ASYNC110  the book has no event
                await asyncio.sleep(0.01)

    async def is_in(self, number: OrderNumber, state: OrderState) -> bool:
        order = await self.book.find(number)
        return order is not None and order.state is state


@pytest.fixture
async def books(dsn: str) -> AsyncIterator[Paper]:
    async with paper(dsn) as opened:
        yield opened


@pytest.fixture
async def daemon(books: Paper, database: Database) -> Daemon:
    daemon = Daemon(books, database)
    await daemon.reconciliation.once()
    assert daemon.reconciliation.done
    return daemon


async def test_fills_come_on_the_stream(books: Paper, daemon: Daemon) -> None:
    async with daemon.following():
        number = await daemon.place(quantity=200)
        await books.clerk.work()
        await daemon.until(number, OrderState.FILLED)

    filled = await daemon.trading.fills(HOLDER, DAY, DAY)
    assert sum(one.fill.quantity for one in filled) == 200
    assert await daemon.book.differences() == []


async def test_a_cancel_is_told_by_the_state(books: Paper, daemon: Daemon) -> None:
    async with daemon.following():
        number = await daemon.place(price=Decimal("9.50"))
        assert [o.draft.number for o in await daemon.trading.open_orders(HOLDER)] == [number]

        await daemon.trading.cancel(number, make.customer(), make.station())
        await daemon.until(number, OrderState.CANCELLED)

    assert await daemon.trading.open_orders(HOLDER) == []
    assert (await books.counter.money(HOLDER)).frozen == 0


async def test_an_order_whose_day_ended_has_expired(books: Paper, daemon: Daemon) -> None:
    async with daemon.following():
        number = await daemon.place(price=Decimal("9.50"))
        await books.clerk.settle()
        await daemon.until(number, OrderState.EXPIRED)

    assert await daemon.trading.open_orders(HOLDER) == []
    assert await daemon.book.differences() == []


async def test_an_order_whose_day_ended_while_we_were_away_has_expired(
    books: Paper, daemon: Daemon, database: Database
) -> None:
    number = await daemon.place(price=Decimal("9.50"))
    await books.clerk.settle()

    next_one = Daemon(books, database)
    await next_one.reconciliation.once()

    assert await next_one.is_in(number, OrderState.EXPIRED)


async def test_what_happened_while_we_were_away_is_there_before_the_next_order(
    books: Paper, daemon: Daemon, database: Database
) -> None:
    number = await daemon.place(side=Side.SELL, price=Decimal("10.04"), quantity=1_000)
    await books.clerk.work()

    next_one = Daemon(books, database)
    await next_one.reconciliation.once()

    order = await next_one.book.find(number)
    assert order is not None
    assert (order.state, order.filled) == (OrderState.FILLED, 1_000)
    async with next_one.following():
        later = await next_one.place(quantity=100)
        await books.clerk.work()
        await next_one.until(later, OrderState.FILLED)
    assert len(await next_one.trading.fills(HOLDER, DAY, DAY)) == 2
    assert await next_one.book.differences() == []


async def test_two_daemons_that_follow_the_same_counter_count_each_fill_once(
    books: Paper, daemon: Daemon, database: Database
) -> None:
    other = Daemon(books, database)
    await other.reconciliation.once()

    async with daemon.following(), other.following():
        numbers = [await daemon.place(quantity=100) for _ in range(10)]
        await books.clerk.work()
        for number in numbers:
            await daemon.until(number, OrderState.FILLED)

    fills = await daemon.trading.fills(HOLDER, DAY, DAY)
    assert sum(one.fill.quantity for one in fills) == 1_000
    assert {one.order.filled for one in fills} == {100}
    assert await daemon.book.differences() == []
