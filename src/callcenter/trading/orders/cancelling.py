"""
Cancelling (撤单): write the wish down, send it, and learn from the order's state what came of it.

What a counter returns to a wish is trusted in neither direction: it may say yes to an order that
is filled already, and no to one that it cancels.
"""

from collections.abc import Mapping
from typing import Final

from callcenter.domain.audit import Action
from callcenter.domain.clock import Clock
from callcenter.domain.errors import (
    CounterUnavailable,
    OutcomeUnknown,
    Refused,
    StoreUnavailable,
)
from callcenter.domain.orders import CANCELLABLE, Order, OrderNumber, OrderState, Station
from callcenter.domain.progress import Word, cancel_reserved
from callcenter.domain.refusals import Refusal
from callcenter.trading.orders.hearing import Hearing
from callcenter.trading.orders.ports import OrderBook
from callcenter.trading.orders.told import Told
from callcenter.trading.ports import OrderEntry

_WHY_NOT: Final[Mapping[OrderState, Refusal]] = {
    OrderState.PENDING: Refusal.ORDER_NOT_REPORTED_YET,
    OrderState.UNKNOWN: Refusal.ORDER_NOT_REPORTED_YET,
    OrderState.FILLED: Refusal.ALREADY_FILLED,
    OrderState.CANCELLED: Refusal.ALREADY_CANCELLED,
    OrderState.PARTIALLY_CANCELLED: Refusal.ALREADY_CANCELLED,
    OrderState.FILLS_OUTSTANDING: Refusal.NOTHING_TO_CANCEL,
    OrderState.EXPIRED: Refusal.ORDER_EXPIRED,
    OrderState.REJECTED: Refusal.ORDER_VOID,
    OrderState.WITHDRAWN: Refusal.ORDER_VOID,
}


def check_cancellable(order: Order) -> None:
    """Raise `Refused` if it is known already that nothing of the order can be cancelled."""
    if order.state not in CANCELLABLE:
        raise Refused(_WHY_NOT[order.state])


class Cancelling:
    """Brings wishes to cancel to the counter. A wish may be repeated without harm."""

    def __init__(self, counter: OrderEntry, book: OrderBook, told: Told, clock: Clock) -> None:
        self._counter = counter
        self._book = book
        self._told = told
        self._clock = clock

    async def cancel(self, number: OrderNumber, station: Station) -> Order:
        """
        Ask for what is not filled yet to be cancelled; return the order as it is then.

        It is CANCELLING until the counter has told what came of it. Raise `Refused` if it cannot
        be cancelled; then nothing was sent, or the counter said no.
        """
        order = await self._wish(number, station)
        if order.state is not OrderState.CANCELLING:
            return order
        try:
            await self._counter.cancel(order)
        except OutcomeUnknown:
            return order
        except CounterUnavailable:
            await self._take_back(order, station)
            raise Refused(Refusal.COUNTER_UNAVAILABLE) from None
        except Refused as refused:
            # A wish that is on its way already is no reason to take it back.
            if refused.reason is not Refusal.CANCEL_REPEATED:
                await self._take_back(order, station)
                raise
        return await self._as_told(order)

    async def _wish(self, number: OrderNumber, station: Station) -> Order:
        """Write the wish down; a reservation is cancelled with that."""
        while True:
            order = await self._found(number)
            hearing = Hearing(order, self._clock)
            if order.state is OrderState.RESERVED:
                hearing.become(cancel_reserved(order), {"cancel_asked": "1"})
            else:
                hearing.word(Word(cancel_asked=_wish_of(order)))
            hearing.audit(Action.CANCEL, "asked", station)
            if await self._write(hearing):
                return hearing.written

    async def _take_back(self, order: Order, station: Station) -> None:
        """Write down that nothing will come of the wish."""
        wish = order.cancel_asked
        while True:
            hearing = Hearing(await self._found(order.draft.number, any_state=True), self._clock)
            hearing.word(Word(cancel_refused=wish))
            hearing.audit(Action.CANCEL, "refused", station)
            if await self._write(hearing):
                return

    async def _as_told(self, order: Order) -> Order:
        """
        Return the order as the counter has it now, if it answers; its events tell the rest.

        The wish was sent: no outage may sound as if it was not.
        """
        try:
            found = await self._counter.find(order.client_id)
            if found is not None:
                await self._told.write([found], keep_repeats=False)
            return await self._found(order.draft.number, any_state=True)
        except (CounterUnavailable, OutcomeUnknown, StoreUnavailable):
            return order

    async def _found(self, number: OrderNumber, *, any_state: bool = False) -> Order:
        order = await self._book.find(number)
        if order is None:
            raise Refused(Refusal.NO_SUCH_ORDER)
        if not any_state:
            check_cancellable(order)
        return order

    async def _write(self, hearing: Hearing) -> bool:
        change = hearing.change()
        return change is None or not await self._book.write([change])


def _wish_of(order: Order) -> int:
    """Return the number of the wish: the one that stands, or a new one."""
    stands = order.cancel_asked > order.cancel_refused
    return order.cancel_asked if stands else order.cancel_asked + 1
