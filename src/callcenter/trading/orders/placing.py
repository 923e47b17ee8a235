"""
Life of an order: write down, send, write the answer.

Whatever interrupts us leaves an order that was written down and can be asked about. An order is
sent once. One that was written down but perhaps never sent, because a daemon died between the two,
is handed over under its own id while its promise lasts, and only to a counter that dedupes ids;
otherwise it is withdrawn, so that it can never be delivered late.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from callcenter.domain.audit import Action
from callcenter.domain.clock import Clock, trade_date
from callcenter.domain.errors import CounterUnavailable, OutcomeUnknown, StoreUnavailable
from callcenter.domain.events import OrderMoved
from callcenter.domain.orders import UNANSWERED, Draft, Order, OrderState
from callcenter.domain.progress import Word
from callcenter.domain.refusals import Refusal
from callcenter.trading.orders.hearing import Hearing, audit_entry, moved, word_of
from callcenter.trading.orders.ports import Difference, OrderBook
from callcenter.trading.ports import OrderEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of an order so far, and the message number (消息号) if it was refused."""

    state: OrderState
    message: int | None = None


class Placing:
    """Brings orders to the counter, exactly once each."""

    def __init__(
        self, counter: OrderEntry, book: OrderBook, clock: Clock, *, promise: timedelta
    ) -> None:
        self._counter = counter
        self._book = book
        self._clock = clock
        self._promise = promise

    async def place(self, order: Order) -> Outcome:
        """
        Place the order and return what the counter made of it.

        Placing the same number again, also from another daemon, completes it and never doubles it.
        A reservation is written down and not sent.
        Raise `StoreUnavailable` if it could not be written down: then nothing was sent.
        """
        is_reserved = order.state is OrderState.RESERVED
        action = Action.RESERVATION if is_reserved else Action.ORDER
        entry = audit_entry(order, action, order.state.value, self._clock)
        is_new = await self._book.write_down(order, entry, moved(order))
        if is_new and is_reserved:
            return _outcome(order)
        try:
            return await (self.send(order) if is_new else self._take_up(order))
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
        try:
            found = await self._counter.find(order.client_id)
            if found is not None:
                return await self._write(order, word_of(found))
            if not self.is_overdue(order):
                return _outcome(order)
            return await self._withdraw(order)
        except OutcomeUnknown:
            return await self._remain_unknown(order)

    def is_overdue(self, order: Order) -> bool:
        """Tell whether the counter should have had the order by now."""
        return self._clock.now() - order.created_at > self._promise

    def is_of_the_past(self, order: Order) -> bool:
        """Tell whether the order's day is over, so that the counter may have forgotten it."""
        return order.trade_date < trade_date(self._clock.now())

    async def ping(self) -> None:
        """Return if the counter as a whole answers, else raise `CounterUnavailable`."""
        await self._counter.ping()

    async def _take_up(self, order: Order) -> Outcome:
        written = await self._book.find(order.draft.number)
        if written is None or not _same(written.draft, order.draft):
            raise ValueError(f"order number {order.draft.number} is another order's")
        if written.state not in UNANSWERED:
            return _outcome(written)
        try:
            outcome = await self.settle(written)
            if outcome.state is OrderState.PENDING and self._counter.dedupes:
                return await self._send(written)
        except CounterUnavailable:
            # Nothing happened now, but whoever wrote it down may have sent it.
            return _outcome(written)
        return outcome

    async def send(self, order: Order) -> Outcome:
        """
        Hand over an order that was just written down, or claimed; return what came of it.

        If that took longer than the promise, it is withdrawn: another daemon may have done so.
        """
        try:
            return await (self.settle(order) if self.is_overdue(order) else self._send(order))
        except CounterUnavailable:
            message = Refusal.COUNTER_UNAVAILABLE.value
            return await self._write(order, Word(answer=OrderState.WITHDRAWN, message=message))

    async def _send(self, order: Order) -> Outcome:
        try:
            answer = await self._counter.place(order)
        except OutcomeUnknown:
            return await self._write(order, Word(answer=OrderState.UNKNOWN))
        return await self._write(order, word_of(answer))

    async def _remain_unknown(self, order: Order) -> Outcome:
        """Say once that the counter has the order and has not answered."""
        if order.state is OrderState.UNKNOWN:
            return _outcome(order)
        return await self._write(order, Word(answer=OrderState.UNKNOWN))

    async def _withdraw(self, order: Order) -> Outcome:
        found = await self._counter.withdraw(order.client_id)
        if found is not None:
            return await self._write(order, word_of(found))
        return await self._write(order, Word(answer=OrderState.WITHDRAWN))

    async def _write(self, order: Order, word: Word) -> Outcome:
        """Write down what was heard; whoever comes second adds to what the first one wrote."""
        if await self._write_first(order, word):
            return Outcome(state=word.answer or order.state, message=word.message)
        known: Order | None = order
        while known is not None:
            hearing = Hearing(known, self._clock)
            difference = hearing.word(word)
            change = hearing.change()
            differences: list[Difference] = [] if difference is None else [difference]
            if change is None or not await self._book.write([change], differences=differences):
                return _outcome(hearing.after)
            known = await self._book.find(order.draft.number)
        raise LookupError(f"there is no order {order.draft.number}")

    async def _write_first(self, order: Order, word: Word) -> bool:
        """Write an answer that is the first, and nothing but an answer, the short way."""
        if word.answer is None or word != Word(answer=word.answer, message=word.message):
            return False
        entry = audit_entry(order, Action.ORDER_ANSWER, word.answer.value, self._clock)
        event = OrderMoved(
            number=order.draft.number,
            account=order.draft.account,
            state=word.answer,
            message=word.message,
        )
        return await self._book.write_answer(entry, event)


def _outcome(order: Order) -> Outcome:
    return Outcome(state=order.state, message=order.message)


def _same(one: Draft, other: Draft) -> bool:
    """Compare what was ordered; the names of a security may change meanwhile."""
    return one.security.id == other.security.id and one == replace(other, security=one.security)
