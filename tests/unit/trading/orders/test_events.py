"""The counter's stream is followed from where it was left, and again when the line breaks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from callcenter.domain.errors import CounterUnavailable
from callcenter.domain.orders import OrderState
from callcenter.trading.orders.events import CounterEvents
from callcenter.trading.orders.told import Told
from callcenter.trading.ports import CounterEvent, StreamPosition
from tests.changes import add
from tests.fakes.clock import FakeClock
from tests.fakes.gateway import FakeCounter
from tests.fakes.store import FakeOrderBook
from tests.unit.trading.orders.test_told import NUMBER, ORDER, fill, stands


@dataclass
class House:
    counter: FakeCounter = field(default_factory=FakeCounter)
    book: FakeOrderBook = field(default_factory=FakeOrderBook)
    gaps: int = 0
    running: asyncio.Task[None] | None = None

    def daemon(self) -> CounterEvents:
        return CounterEvents(
            "fake",
            self.counter,
            self.book,
            Told(self.book, FakeClock()),
            on_gap=self.gap,
            first_pause_s=0,
        )

    def gap(self) -> None:
        self.gaps += 1

    async def until(self, position: str) -> None:
        """Wait until that much has been written down."""
        async with asyncio.timeout(10):
            while self.book.marks.get("fake") != position:  # noqa: ASYNC110  the book has no event
                await asyncio.sleep(0)

    @asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.daemon().run())
        try:
            yield
        finally:
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task


async def opened() -> House:
    house = House()
    await add(house.book, ORDER)
    return house


async def test_what_the_counter_tells_is_written_down() -> None:
    house = await opened()

    async with house.following():
        house.counter.tell(stands(), fill("1"))
        await house.until("2")
        house.counter.tell(fill("2", 200))
        await house.until("3")

    assert house.book.kept[NUMBER].state is OrderState.FILLED
    assert house.gaps == 0


async def test_another_daemon_goes_on_where_the_first_one_was() -> None:
    house = await opened()
    async with house.following():
        house.counter.tell(stands(), fill("1"))
        await house.until("2")
    house.counter.tell(fill("2"))

    async with house.following():
        await house.until("3")

    assert house.book.kept[NUMBER].filled == 200
    assert all(move.applied for move in house.book.moves)  # nothing was told twice


async def test_a_line_that_breaks_is_a_gap_and_is_taken_up_again() -> None:
    class Breaking(FakeCounter):
        breaks = 2

        async def events(self, after: StreamPosition | None) -> AsyncIterator[CounterEvent]:
            self.breaks -= 1
            if self.breaks >= 0:
                raise CounterUnavailable("cut by the test")
            async for event in super().events(after):
                yield event

    house = await opened()
    house.counter = Breaking()

    async with house.following():
        house.counter.tell(stands())
        await house.until("1")

    assert house.gaps == 1  # however often it was tried


async def test_a_store_that_is_gone_loses_nothing() -> None:
    house = await opened()

    async with house.following():
        house.counter.tell(stands())
        await house.until("1")
        house.book.gone = True
        house.counter.tell(fill("1"))
        async with asyncio.timeout(10):
            while not house.gaps:  # noqa: ASYNC110  as above
                await asyncio.sleep(0)
        house.book.gone = False
        await house.until("2")

    assert house.book.kept[NUMBER].filled == 100


async def test_a_defect_of_the_stream_is_not_swallowed() -> None:
    class Defective(FakeCounter):
        async def events(self, after: StreamPosition | None) -> AsyncIterator[CounterEvent]:
            raise ZeroDivisionError
            yield

    house = await opened()
    house.counter = Defective()

    with pytest.raises(ZeroDivisionError):
        async with asyncio.timeout(10):
            await house.daemon().run()


async def test_thousands_of_events_are_written_in_batches() -> None:
    house = await opened()
    house.counter.tell(*(stands() for _ in range(5_000)))

    async with house.following():
        await house.until("5000")

    assert len(house.book.moves) == 5_001
