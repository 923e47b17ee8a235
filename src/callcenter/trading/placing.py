"""
Life of an order: write down, send, write the answer.

Whatever interrupts us leaves an order that was written down and can be asked about. An order is
sent once. One that was written down but perhaps never sent, because a daemon died between the two,
is handed over under its own id while its promise lasts, and only to a counter that dedupes ids;
otherwise it is withdrawn, so that it can never be delivered late.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from callcenter.domain.audit import Action, AuditEntry
from callcenter.domain.clock import Clock
from callcenter.domain.errors import CounterUnavailable, OutcomeUnknown, StoreUnavailable
from callcenter.domain.events import OrderMoved
from callcenter.domain.orders import Draft, Order, OrderState
from callcenter.domain.refusals import Refusal
from callcenter.trading.ports import CounterOrder, OrderBook, TradingGateway


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of an order so far, and the message number (消息号) if it was refused."""

    state: OrderState
    message: int | None = None


class Placing:
    """Brings orders to the counter, exactly once each."""

    def __init__(
        self, counter: TradingGateway, book: OrderBook, clock: Clock, *, promise: timedelta
    ) -> None:
        self._counter = counter
        self._book = book
        self._clock = clock
        self._promise = promise

    async def place(self, order: Order) -> Outcome:
        """
        Place the order and return what the counter made of it.

        Placing the same number again, also from another daemon, completes it and never doubles it.
        Raise `StoreUnavailable` if it could not be written down: then nothing was sent.
        """
        entry = self._entry(order, Action.ORDER, OrderState.PENDING)
        is_new = await self._book.write_down(order, entry, _moved(order, OrderState.PENDING))
        try:
            return await (self._hand_over(order) if is_new else self._take_up(order))
        except StoreUnavailable:
            # Written down and perhaps sent: reconciliation writes what became of it.
            return _outcome(order)

    async def complete(self, order: Order) -> Outcome:
        """
        Bring to its end an order that is known to be written down, and may have been sent.

        While it cannot be asked about it is as it was: nobody must be told that nothing was taken.
        """
        try:
            return await self._take_up(order)
        except StoreUnavailable:
            return _outcome(order)

    async def settle(self, order: Order) -> Outcome:
        """Ask the counter what became of an order without an answer, and write that down."""
        found = await self._counter.find(order.client_id)
        if found is not None:
            return await self._write_answer(order, found)
        if not self.is_overdue(order):
            return _outcome(order)
        return await self._withdraw(order)

    def is_overdue(self, order: Order) -> bool:
        """Tell whether the counter should have had the order by now."""
        return self._clock.now() - order.created_at > self._promise

    async def _take_up(self, order: Order) -> Outcome:
        written = await self._book.find(order.draft.number)
        if written is None or not _same(written.draft, order.draft):
            raise ValueError(f"order number {order.draft.number} is another order's")
        if written.state not in (OrderState.PENDING, OrderState.UNKNOWN):
            return _outcome(written)
        try:
            outcome = await self.settle(written)
            if outcome.state is OrderState.PENDING and self._counter.dedupes:
                return await self._send(written)
        except CounterUnavailable:
            # Nothing happened now, but whoever wrote it down may have sent it.
            return _outcome(written)
        return outcome

    async def _hand_over(self, order: Order) -> Outcome:
        try:
            return await self._send(order)
        except CounterUnavailable:
            message = Refusal.COUNTER_UNAVAILABLE.value
            return await self._write(order, OrderState.WITHDRAWN, message)

    async def _send(self, order: Order) -> Outcome:
        try:
            answer = await self._counter.place(order)
        except OutcomeUnknown:
            return await self._write(order, OrderState.UNKNOWN, None)
        return await self._write_answer(order, answer)

    async def _withdraw(self, order: Order) -> Outcome:
        found = await self._counter.withdraw(order.client_id)
        if found is not None:
            return await self._write_answer(order, found)
        return await self._write(order, OrderState.WITHDRAWN, None)

    async def _write_answer(self, order: Order, answer: CounterOrder) -> Outcome:
        state = OrderState.ACCEPTED if answer.accepted else OrderState.REJECTED
        return await self._write(order, state, answer.reason and answer.reason.value)

    async def _write(self, order: Order, state: OrderState, message: int | None) -> Outcome:
        """Write the answer once; whoever comes second reads what the first one wrote."""
        entry, event = self._entry(order, Action.ORDER_ANSWER, state), _moved(order, state, message)
        if await self._book.write_answer(entry, event):
            return Outcome(state=state, message=message)
        async with self._book.transaction() as tx:
            applied = await tx.move(order.draft.number, state, message)
            if applied:
                await tx.audit(entry)
                await tx.publish(event)
        if applied:
            return Outcome(state=state, message=message)
        return _outcome(await self._book.find(order.draft.number) or order)

    def _entry(self, order: Order, action: Action, state: OrderState) -> AuditEntry:
        return AuditEntry(
            at=self._clock.now(),
            station=order.station,
            account=order.draft.account,
            action=action,
            outcome=state.value,
            details=_details(order),
        )


def _outcome(order: Order) -> Outcome:
    return Outcome(state=order.state, message=order.message)


def _same(one: Draft, other: Draft) -> bool:
    """Compare what was ordered; the names of a security may change meanwhile."""
    return one.security.id == other.security.id and one == replace(other, security=one.security)


def _moved(order: Order, state: OrderState, message: int | None = None) -> OrderMoved:
    return OrderMoved(
        number=order.draft.number, account=order.draft.account, state=state, message=message
    )


def _details(order: Order) -> Mapping[str, str]:
    draft = order.draft
    return {
        "number": draft.number,
        "client_id": order.client_id,
        "side": draft.side.value,
        "security": draft.security.id,
        "price": str(draft.price),
        "quantity": str(draft.quantity),
    }
