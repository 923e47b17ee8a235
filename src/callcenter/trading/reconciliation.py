"""Makes our books agree with the counter's: on start before the first order, and ever after."""

import asyncio
from contextlib import suppress

import structlog

from callcenter.domain.errors import CallcenterError
from callcenter.domain.orders import Order
from callcenter.trading.comparison import Comparison
from callcenter.trading.order_ports import OrderBook
from callcenter.trading.placing import Placing

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
        """Settle what can be settled. What fails is tried again the next time."""
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
        outcome = await self._placing.settle(order)
        log.info("order.reconciled", number=order.draft.number, state=outcome.state.value)
