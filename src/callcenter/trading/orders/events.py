"""Follows the counter's stream of events from where it was left, and writes down what it tells."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Final

import structlog

from callcenter.domain.errors import CounterUnavailable, StoreUnavailable
from callcenter.trading.orders.ports import OrderBook, StreamMark
from callcenter.trading.orders.told import Told
from callcenter.trading.ports import CounterEvent, OrderEntry

log = structlog.get_logger()

_MOST: Final = 500  # events in one transaction
_WAITING: Final = 2_000  # that have been read and not been written yet
_FIRST_PAUSE_S: Final = 0.2
_LONGEST_PAUSE_S: Final = 10.0


class CounterEvents:
    """
    The events of one counter.

    Each is written down with its position in one transaction, so that whatever is cut short goes
    on with the next one, in this daemon or another. Several daemons may follow the same counter:
    what a second one writes is a repeat. `on_gap` is called when the line broke.
    """

    def __init__(
        self,
        gateway: str,
        counter: OrderEntry,
        book: OrderBook,
        told: Told,
        *,
        on_gap: Callable[[], None],
        first_pause_s: float = _FIRST_PAUSE_S,
    ) -> None:
        self._gateway = gateway
        self._counter = counter
        self._book = book
        self._told = told
        self._on_gap = on_gap
        self._first_pause_s = first_pause_s

    async def run(self) -> None:
        """Follow the stream until cancelled; when the line breaks, again from where it was."""
        pause, following = self._first_pause_s, True
        while True:
            try:
                async for _ in self._follow():
                    pause, following = self._first_pause_s, True
            except (CounterUnavailable, StoreUnavailable) as error:
                log.warning("events.interrupted", gateway=self._gateway, reason=str(error))
                # Once: what is tried again and fails again is the same gap.
                if following:
                    self._on_gap()
                following = False
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_S)

    async def _follow(self) -> AsyncIterator[None]:
        """Write down batch by batch what comes; yield after each."""
        waiting: asyncio.Queue[CounterEvent | None] = asyncio.Queue(_WAITING)
        reader = asyncio.create_task(self._read(waiting))
        try:
            while batch := await _next_batch(waiting):
                mark = StreamMark(gateway=self._gateway, position=batch[-1].position)
                await self._told.write([event.of for event in batch], mark=mark)
                yield
            await reader  # raises why there is no more
        finally:
            reader.cancel()
            await asyncio.gather(reader, return_exceptions=True)

    async def _read(self, into: "asyncio.Queue[CounterEvent | None]") -> None:
        try:
            after = await self._book.position(self._gateway)
            async for event in self._counter.events(after):
                await into.put(event)
        except Exception:
            await into.put(None)
            raise
        await into.put(None)


async def _next_batch(waiting: "asyncio.Queue[CounterEvent | None]") -> list[CounterEvent]:
    """Return what has come, at least one event; nothing if no more will."""
    batch: list[CounterEvent] = []
    event = await waiting.get()
    while event is not None:
        batch.append(event)
        if len(batch) == _MOST or waiting.empty():
            return batch
        event = waiting.get_nowait()
    if batch:
        waiting.put_nowait(None)
    return batch
