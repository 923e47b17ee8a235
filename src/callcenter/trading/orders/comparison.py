"""Compares a day's orders and fills at the counter with ours, however many there are."""

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime
from typing import Final, TypeVar

import structlog

from callcenter.domain.clock import Clock, trade_date
from callcenter.domain.orders import ClientOrderId, Order
from callcenter.trading.orders.ports import Difference, OrderBook
from callcenter.trading.orders.told import Told
from callcenter.trading.ports import OrderEntry

log = structlog.get_logger()

_BATCH: Final = 1_000

Item = TypeVar("Item")


class Comparison:
    """
    Brings what we missed into our books, and lists what does not agree.

    It asks for today, and for earlier days of which an order is still open here. All is read in
    batches; what is kept in memory is one client order id for each order of the day.
    """

    def __init__(self, counter: OrderEntry, book: OrderBook, told: Told, clock: Clock) -> None:
        self._counter = counter
        self._book = book
        self._told = told
        self._clock = clock

    async def compare(self) -> None:
        """Compare once; raise `CounterUnavailable` or `StoreUnavailable` if it cannot be done."""
        began = self._clock.now()
        today = trade_date(began)
        for day in await self._book.unfinished_days(today):
            await self._take_over(day)
        known = await self._take_over(today)
        missing = await self._miss(today, began, known)
        log.info("orders.compared", day=str(today), orders=len(known), missing=missing)

    async def _take_over(self, day: date) -> set[ClientOrderId]:
        """Write down what the counter says of a day; return which orders it has."""
        known: set[ClientOrderId] = set()
        changed = 0
        async for orders in _batches(self._counter.orders(day)):
            known.update(order.client_id for order in orders)
            changed += await self._told.write(orders, keep_repeats=False)
        async for fills in _batches(self._counter.fills(day)):
            changed += await self._told.write(fills, keep_repeats=False)
        if changed:
            log.info("orders.taken_over", day=str(day), changes=changed)
        return known

    async def _miss(self, day: date, began: datetime, known: set[ClientOrderId]) -> int:
        """List the orders that the counter had taken before we asked, and does not know now."""
        missing = 0
        async for page in self._book.standing(day, began):
            lost = [_lost(order) for order in page if order.client_id not in known]
            if lost:
                await self._book.write([], differences=lost)
            missing += len(lost)
        return missing


def _lost(order: Order) -> Difference:
    return Difference(
        key=f"lost order {order.client_id}",
        what=f"the counter does not know the order that is {order.state.value} here",
        client_id=order.client_id,
        number=order.draft.number,
    )


async def _batches(items: AsyncIterator[Item]) -> AsyncIterator[Sequence[Item]]:
    batch: list[Item] = []
    async for item in items:
        batch.append(item)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
