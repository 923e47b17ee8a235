"""Dialogues about the account: its money, and its orders of the day."""

from callcenter.domain.orders import Order, Side
from callcenter.ivr.catalogue import Say, say
from callcenter.ivr.listing import read_list
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.session import Session


async def money(session: Session) -> None:
    """Say the four balances."""
    balances = await session.trading.money(session.customer.account)
    await session.talk.say(
        say(
            Prompt.MONEY,
            usable=balances.usable,
            withdrawable=balances.withdrawable,
            frozen=balances.frozen,
            total=balances.total,
        )
    )


async def orders_today(session: Session) -> None:
    """Read today's orders, the newest first."""
    orders = await session.trading.orders_today(session.customer.account)
    if not orders:
        return await session.talk.say(say(Prompt.NO_ORDERS_TODAY))
    return await read_list(session.talk, [about_order(session, order) for order in orders])


def about_order(session: Session, order: Order) -> list[Say]:
    """Say an order and how it stands."""
    draft = order.draft
    words = Prompt.ORDER_TODAY_BUY if draft.side is Side.BUY else Prompt.ORDER_TODAY_SELL
    return [
        say(
            words,
            number=draft.number,
            name=session.name(draft.security),
            quantity=draft.quantity,
            price=draft.price,
        ),
        say(Prompt(f"state-{order.state.value}"), filled=order.filled),
    ]
