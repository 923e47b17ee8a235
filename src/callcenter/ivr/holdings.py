"""Dialogues over the customer's holdings: hear them, or choose one to sell."""

from callcenter.domain.accounts import Position
from callcenter.domain.securities import Security
from callcenter.ivr.catalogue import Say, say
from callcenter.ivr.endings import GoBack
from callcenter.ivr.keys import MENU_AGAIN, MENU_BACK, YES
from callcenter.ivr.listing import read_list
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.session import Session


async def positions(session: Session) -> None:
    """Read the holdings, page by page, the most valuable first."""
    held = await session.trading.holdings(session.customer.account)
    if not held:
        return await session.talk.say(say(Prompt.NO_POSITIONS))
    items = [[_position(session, position)] for position in held]
    return await read_list(session.talk, items, counted=Prompt.LIST_OF_SECURITIES)


async def choose_holding(session: Session) -> Security:
    """
    Offer what can be sold, one by one, the most valuable first, and return what was chosen.

    Raise `GoBack` if none was.
    """
    held = await session.trading.holdings(session.customer.account)
    for position in held:
        if position.sellable and await _is_chosen(session, position):
            return position.security
    await session.talk.say(say(Prompt.NO_MORE_HOLDINGS))
    raise GoBack


async def _is_chosen(session: Session, position: Position) -> bool:
    offered = say(
        Prompt.HOLDING_TO_SELL,
        name=session.name(position.security),
        sellable=position.sellable,
    )
    key = await session.talk.choose(offered, among=[YES, MENU_AGAIN])
    if key == MENU_BACK:
        raise GoBack
    return key == YES


def _position(session: Session, position: Position) -> Say:
    return say(
        Prompt.POSITION,
        name=session.name(position.security),
        total=position.total,
        sellable=position.sellable,
    )
