"""
What becomes of an order: what is known of it only grows, and its state follows from that.

Words about an order come late, twice and in any order, so no word is a step from one state to the
next. Each adds to what is known (the answer, shares filled and cancelled, wishes to cancel) by
taking the larger of both, and the state is read from one table. Whatever order the same words come
in, the same is known in the end. A word that cannot be true together with what is known is a
`Contradiction`: it is recorded, not applied, and a person looks at it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum, auto
from typing import Final

from callcenter.domain.orders import Order, OrderState


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """Something that was heard of an order. What is left out says nothing."""

    # PENDING, UNKNOWN, or one of the final ones: ACCEPTED, REJECTED, WITHDRAWN
    answer: OrderState | None = None
    message: int | None = None  # the message number that comes with the answer
    filled: int = 0  # shares in all
    cancelled: int | None = None  # shares that will never be filled; None: some may still be
    expired: bool = False
    cancel_asked: int = 0
    cancel_refused: int = 0
    counter_number: str | None = None


class Contradiction(Exception):
    """What was heard cannot be true together with what is known."""


class _Filled(Enum):
    NONE = auto()
    SOME = auto()
    ALL = auto()


class _End(Enum):
    OPEN = auto()
    WISHED = auto()  # a cancel was asked for, and nothing has come of it yet
    AWAITS_FILLS = auto()  # the counter is done, and we lack fills that it counted
    CANCELLED = auto()
    EXPIRED = auto()


# Of an order that stands at the counter.
_TABLE: Final[Mapping[tuple[_Filled, _End], OrderState]] = {
    (_Filled.NONE, _End.OPEN): OrderState.ACCEPTED,
    (_Filled.NONE, _End.WISHED): OrderState.CANCELLING,
    # Cancelled, it says, with fewer shares than it should be: those were filled (QMT: WAIT_END).
    (_Filled.NONE, _End.AWAITS_FILLS): OrderState.FILLS_OUTSTANDING,
    (_Filled.NONE, _End.CANCELLED): OrderState.CANCELLED,
    (_Filled.NONE, _End.EXPIRED): OrderState.EXPIRED,
    (_Filled.SOME, _End.OPEN): OrderState.PARTIALLY_FILLED,
    (_Filled.SOME, _End.WISHED): OrderState.CANCELLING,
    (_Filled.SOME, _End.AWAITS_FILLS): OrderState.FILLS_OUTSTANDING,
    (_Filled.SOME, _End.CANCELLED): OrderState.PARTIALLY_CANCELLED,
    (_Filled.SOME, _End.EXPIRED): OrderState.EXPIRED,
    (_Filled.ALL, _End.OPEN): OrderState.FILLED,
    # The last fill overtook the cancel: the wish came too late and nothing comes of it.
    (_Filled.ALL, _End.WISHED): OrderState.FILLED,
}

_RANK: Final[Mapping[OrderState, int]] = {
    OrderState.RESERVED: 0,
    OrderState.PENDING: 1,
    OrderState.UNKNOWN: 2,
    OrderState.ACCEPTED: 3,
    OrderState.REJECTED: 3,
    OrderState.WITHDRAWN: 3,
}
_FINAL: Final = 3  # the counter's word, and there can only be one


def learn(order: Order, word: Word) -> Order:
    """Return what is known with this word; the same order if it is nothing new."""
    if _is_known(order, word):
        return order
    answer = _join(answer_of(order), word.answer)
    if word.filled > 0 or word.cancelled is not None:
        answer = _join(answer, OrderState.ACCEPTED)
    known = replace(
        order,
        message=order.message if answer is answer_of(order) else word.message,
        told_filled=max(order.told_filled, _told_filled(order, word)),
        cancelled=max(order.cancelled, word.cancelled or 0),
        expired=order.expired or word.expired,
        cancel_asked=max(order.cancel_asked, word.cancel_asked),
        cancel_refused=max(order.cancel_refused, word.cancel_refused),
        counter_number=order.counter_number or word.counter_number,
    )
    return _checked(order, replace(known, state=_state(known, answer)))


def add_fill(order: Order, shares: int) -> Order:
    """
    Return what is known with a fill that was not known before.

    A fill may come before the word that the order was accepted: it stands, then.
    """
    answer = _join(answer_of(order), OrderState.ACCEPTED)
    known = replace(order, filled=order.filled + shares)
    return _checked(order, replace(known, state=_state(known, answer)))


def cancel_reserved(order: Order) -> Order:
    """Return a reservation that will not be sent. Nobody but us knows of it."""
    if order.state is not OrderState.RESERVED:
        raise Contradiction(f"order {order.draft.number} is no reservation any more")
    return replace(order, cancelled=order.draft.quantity, state=OrderState.CANCELLED)


def send_reserved(order: Order, day: date, at: datetime) -> Order:
    """Return a reservation that is about to be sent, as if it had been given on `day`."""
    if order.state is not OrderState.RESERVED or order.reserved_for != day:
        raise Contradiction(f"order {order.draft.number} is not reserved for {day}")
    return replace(order, state=OrderState.PENDING, created_at=at)


def answer_of(order: Order) -> OrderState:
    """Return the counter's answer so far. Whatever has moved on was accepted."""
    return order.state if order.state in _RANK else OrderState.ACCEPTED


def _join(known: OrderState, heard: OrderState | None) -> OrderState:
    """Return the later of two answers; of final ones there can only be one."""
    if heard is None or heard is known or _RANK[heard] < _RANK[known]:
        return known
    if _RANK[known] == _FINAL:
        raise Contradiction(f"{heard.value} was heard of an order that was {known.value}")
    if known is OrderState.RESERVED and heard is not OrderState.REJECTED:
        raise Contradiction(f"{heard.value} was heard of an order that was never sent")
    return heard


def _told_filled(order: Order, word: Word) -> int:
    """Return how many shares are filled by this word, also where it counts only the others."""
    if word.cancelled is None:
        return word.filled
    return max(word.filled, order.draft.quantity - word.cancelled)


def _is_known(order: Order, word: Word) -> bool:
    """Tell whether a counter's usual word says no more than is known: most of them, at times."""
    return (
        word.answer is OrderState.ACCEPTED
        and answer_of(order) is OrderState.ACCEPTED
        and _told_filled(order, word) <= order.told_filled
        and word.cancelled in (None, order.cancelled)
        and word.expired in (False, order.expired)
        and word.cancel_asked <= order.cancel_asked
        and word.cancel_refused <= order.cancel_refused
        and (word.counter_number is None or order.counter_number is not None)
    )


def _checked(before: Order, after: Order) -> Order:
    quantity = after.draft.quantity
    counted = max(after.filled, after.told_filled)
    if counted > quantity:
        raise Contradiction(f"{counted} of {quantity} shares would be filled")
    if counted + after.cancelled > quantity:
        raise Contradiction(
            f"{counted} shares filled and {after.cancelled} cancelled are more than {quantity}"
        )
    return before if after == before else after


def _state(order: Order, answer: OrderState) -> OrderState:
    if answer is not OrderState.ACCEPTED:
        return answer
    quantity, counted = order.draft.quantity, max(order.filled, order.told_filled)
    some = _Filled.SOME if counted else _Filled.NONE
    return _TABLE[_Filled.ALL if order.filled == quantity else some, _end(order)]


def _end(order: Order) -> _End:
    quantity = order.draft.quantity
    if order.filled < quantity and order.told_filled + order.cancelled >= quantity:
        if order.filled + order.cancelled < quantity:
            return _End.AWAITS_FILLS
        return _End.EXPIRED if order.expired else _End.CANCELLED
    return _End.WISHED if order.cancel_asked > order.cancel_refused else _End.OPEN
