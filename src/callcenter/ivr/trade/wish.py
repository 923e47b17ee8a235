"""Dialogue step: bring a wish to cancel to the end, and tell what came of it."""

from collections.abc import Mapping
from typing import Final

from callcenter.domain.errors import Refused
from callcenter.domain.orders import CANCELLABLE, Order, OrderNumber, OrderState
from callcenter.ivr.catalogue import say
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.session import Session

_RESULT: Final[Mapping[OrderState, Prompt]] = {
    **dict.fromkeys(OrderState, Prompt.CANCEL_ENDED),
    **dict.fromkeys(CANCELLABLE, Prompt.CANCEL_UNKNOWN),
    OrderState.CANCELLED: Prompt.CANCEL_DONE,
    OrderState.PARTIALLY_CANCELLED: Prompt.CANCEL_PARTLY_DONE,
    OrderState.FILLED: Prompt.CANCEL_TOO_LATE,
}


async def cancel_one(session: Session, number: OrderNumber) -> None:
    """
    Cancel an order whose cancellation was confirmed, and say what came of it.

    The wish is remembered before it is carried out: see `take_up`.
    """
    await session.remember(cancel=number)
    try:
        await _tell(session, await ask_to_cancel(session, number))
    except Refused as refused:
        await session.talk.refuse(refused)
    await session.forget("cancel", "order", "asked")


async def take_up(session: Session) -> None:
    """Go on with what was confirmed before the call came here, or tell what became of it."""
    if "cancel" not in session.draft:
        return
    number = OrderNumber(session.draft["cancel"])
    order = await session.trading.find_order(number)
    if order is None or order.state in CANCELLABLE:
        return await cancel_one(session, number)
    await _tell(session, order)
    await session.forget("cancel", "order", "asked")


async def ask_to_cancel(session: Session, number: OrderNumber) -> Order:
    return await session.trading.cancel(number, session.customer, session.station)


async def _tell(session: Session, order: Order) -> None:
    await session.talk.say(
        say(
            _RESULT[order.state],
            number=order.draft.number,
            filled=order.filled,
            cancelled=order.cancelled,
        )
    )
