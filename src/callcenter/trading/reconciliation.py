"""Makes our books agree with the counter's: on start before the first order, and ever after."""

import asyncio

import structlog

from callcenter.domain.errors import CallcenterError
from callcenter.domain.orders import Order
from callcenter.trading.order_ports import OrderBook
from callcenter.trading.placing import Placing

log = structlog.get_logger()


class Reconciliation:
    """Asks the counter about every order that has no answer and whose promise is over."""

    def __init__(self, book: OrderBook, placing: Placing, *, every_s: float) -> None:
        self._book = book
        self._placing = placing
        self._every_s = every_s
        self.done = False  # once, since the start: until then no order is taken

    async def run(self) -> None:
        """Reconcile again and again, until cancelled."""
        while True:
            await self.once()
            await asyncio.sleep(self._every_s)

    async def once(self) -> None:
        """Settle what can be settled. What fails is tried again the next time."""
        try:
            unsettled = await self._book.unsettled()
            for order in unsettled:
                await self._settle(order)
        except CallcenterError as error:
            log.warning("reconciliation.failed", error=str(error))
        else:
            self.done = True

    async def _settle(self, order: Order) -> None:
        # A fresh order belongs to the call that placed it.
        if not self._placing.is_overdue(order):
            return
        outcome = await self._placing.settle(order)
        log.info("order.reconciled", number=order.draft.number, state=outcome.state.value)
