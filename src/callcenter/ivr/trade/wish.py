"""Dialogue step: bring a wish to cancel to the end, and tell what came of it."""

from callcenter.domain.errors import Refused
from callcenter.domain.orders import CANCELLABLE, Order, OrderNumber
from callcenter.ivr.results import of_wish
from callcenter.ivr.session import Session


async def cancel_one(session: Session, number: OrderNumber) -> None:
    """
    Cancel an order whose cancellation was confirmed, and say what came of it.

    The wish is remembered before it is carried out: see `take_up`.
    """
    await session.remember(cancel=number, asked=number)
    try:
        await session.talk.say(*of_wish(await ask_to_cancel(session, number)))
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
    await session.talk.say(*of_wish(order))
    await session.forget("cancel", "order", "asked")


async def ask_to_cancel(session: Session, number: OrderNumber) -> Order:
    return await session.trading.cancel(number, session.customer, session.station)
