"""Dialogue: the reservations that wait for the next opening: hear them, cancel them (预约委托)."""

from callcenter.domain.errors import Refused
from callcenter.domain.orders import Order, OrderNumber, OrderState
from callcenter.domain.refusals import Refusal
from callcenter.ivr.account import about_order
from callcenter.ivr.answers import Answer
from callcenter.ivr.catalogue import Say, say
from callcenter.ivr.keys import MENU_BACK, NO, YES
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.session import Session
from callcenter.ivr.trade.wish import cancel_one, take_up
from callcenter.trading.orders.cancelling import check_cancellable


async def reservations(session: Session) -> None:
    """Say what is reserved, one by one, the newest first; cancel it after a read-back."""
    session.trading.admit(session.customer, session.station)
    await take_up(session)
    waiting = await _waiting(session)
    if not waiting:
        return await session.talk.say(say(Prompt.NO_RESERVATIONS))
    if len(waiting) > 1 and not session.draft:
        await session.talk.say(say(Prompt.RESERVATION_COUNT, count=len(waiting)))
    for number in _from(waiting, session.draft.get("order")):
        if not await _offer(session, number):
            return None
    return await session.talk.say(say(Prompt.NO_MORE_RESERVATIONS))


async def _offer(session: Session, number: OrderNumber) -> bool:
    """Return whether the caller wants to hear the next one."""
    order = await session.trading.find_order(number)
    if order is None or order.state is not OrderState.RESERVED:
        await session.forget("asked", "order")
        return True
    asked = session.draft.get("asked") == number
    await session.remember(order=number)
    if not asked:
        words = [*_about(session, order), say(Prompt.RESERVATION_CHOICES)]
        key = await session.talk.choose(*words, among=(YES, NO))
        if key != YES:
            return key != MENU_BACK
    await _confirm(session, order)
    return True


async def _confirm(session: Session, order: Order) -> None:
    await session.remember(asked=order.draft.number)
    read_back = [say(Prompt.READ_BACK_CANCEL), *_about(session, order)]
    answer = await session.talk.confirm(*read_back, choices=Prompt.CONFIRM_OR_GIVE_UP)
    if answer is Answer.YES:
        return await _cancel(session, order.draft.number)
    await session.forget("asked", "order")
    return await session.talk.say(say(Prompt.CANCEL_GIVEN_UP))


async def _cancel(session: Session, number: OrderNumber) -> None:
    """Cancel it if it is still a reservation; it may have been sent while it was read."""
    order = await session.trading.find_order(number)
    if order is not None and order.state is not OrderState.RESERVED:
        await session.forget("asked", "order")
        check_cancellable(order)
        raise Refused(Refusal.RESERVATION_SENT)
    await cancel_one(session, number)


async def _waiting(session: Session) -> list[OrderNumber]:
    found = await session.trading.open_orders(session.customer.account)
    return [order.draft.number for order in found if order.state is OrderState.RESERVED]


def _about(session: Session, order: Order) -> list[Say]:
    day = [say(Prompt.RESERVED_FOR, day=order.reserved_for)] if order.reserved_for else []
    return [*about_order(session, order), *day]


def _from(waiting: list[OrderNumber], number: str | None) -> list[OrderNumber]:
    """Return the list from this number on, if it is in it."""
    at = next((at for at, one in enumerate(waiting) if one == number), 0)
    return waiting[at:]
