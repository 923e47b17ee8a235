"""Makes our books agree with the counter's: on start before the first order, and ever after."""

import asyncio
from contextlib import suppress

import structlog

from callcenter.domain.errors import CallcenterError, CounterUnavailable
from callcenter.domain.orders import UNANSWERED, Order, OrderNumber
from callcenter.trading.orders.comparison import Comparison
from callcenter.trading.orders.placing import Placing
from callcenter.trading.orders.ports import Difference, OrderBook

log = structlog.get_logger()


class Reconciliation:
    """
    Asks the counter about every order that has no answer and whose promise is over.

    On start, and after every gap in what the counter tells by itself, the whole day is compared
    before an order is taken.
    """

    def __init__(
        self,
        book: OrderBook,
        placing: Placing,
        *,
        every_s: float,
        comparison: Comparison | None = None,
    ) -> None:
        self._book = book
        self._placing = placing
        self._every_s = every_s
        self._comparison = comparison
        self._listed: set[OrderNumber] = set()  # so as not to list them every time
        self._gaps = 1  # the time before the start is one
        self._compared = 0
        self._wake = asyncio.Event()
        self.done = False  # since the start and the last gap: until then no order is taken

    def gap(self) -> None:
        """Take no order until the day has been compared: something may have been missed."""
        self._gaps += 1
        self.done = False
        self._wake.set()

    async def run(self) -> None:
        """Reconcile again and again, until cancelled."""
        while True:
            await self.once()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._every_s):
                    await self._wake.wait()
            self._wake.clear()

    async def once(self) -> None:
        """
        Settle what can be settled. What fails is tried again the next time.

        An order that alone has no answer keeps neither the others nor the gate waiting.
        """
        gaps = self._gaps
        try:
            for order in await self._book.unsettled():
                await self._settle(order)
            if self._compared < gaps and self._comparison is not None:
                await self._comparison.compare()
        except CallcenterError as error:
            log.warning("reconciliation.failed", error=str(error))
        else:
            self._compared = gaps
            self.done = gaps == self._gaps

    async def _settle(self, order: Order) -> None:
        # A fresh order belongs to the call that placed it.
        if not self._placing.is_overdue(order):
            return
        try:
            state = (await self._placing.settle(order)).state
        except CounterUnavailable:
            # Either the counter is away, or it has no answer for this order alone.
            await self._placing.ping()
            state = order.state
        log.info("order.reconciled", number=order.draft.number, state=state.value)
        if state in UNANSWERED and self._placing.is_of_the_past(order):
            await self._list(order)

    async def _list(self, order: Order) -> None:
        """Let a person find out what became of it: the counter will hardly ever say."""
        if order.draft.number not in self._listed:
            await self._book.write([], differences=[_unanswered(order)])
            self._listed.add(order.draft.number)


def _unanswered(order: Order) -> Difference:
    return Difference(
        key=f"unanswered order {order.client_id}",
        what="the order's day is over, and the counter has never answered",
        client_id=order.client_id,
        number=order.draft.number,
    )
