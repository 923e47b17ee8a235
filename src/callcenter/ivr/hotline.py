"""The hotline: one call, from the greeting to the end. The menu that ships is here."""

from functools import partial
from typing import Final

from callcenter.domain.calls import CallEnd
from callcenter.ivr.account import money, orders_today
from callcenter.ivr.catalogue import say
from callcenter.ivr.endings import GoBack, Goodbye, LockedOut
from callcenter.ivr.entering import go_into
from callcenter.ivr.holdings import positions
from callcenter.ivr.login import login
from callcenter.ivr.menus import Entry, Menu
from callcenter.ivr.order import buy, sell
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.quotes import quotes
from callcenter.ivr.session import Session


async def switch_language(session: Session) -> None:
    await session.speak(session.talk.language.other())


TRADE: Final = Menu(
    entries=(
        Entry(name="buy", key="1", words=Prompt.MENU_BUY, leads_to=buy),
        Entry(name="sell", key="2", words=Prompt.MENU_SELL, leads_to=sell),
    )
)
ACCOUNT: Final = Menu(
    entries=(
        Entry(name="money", key="1", words=Prompt.MENU_MONEY, leads_to=money),
        Entry(name="positions", key="2", words=Prompt.MENU_POSITIONS, leads_to=positions),
        Entry(name="orders", key="3", words=Prompt.MENU_ORDERS, leads_to=orders_today),
    )
)
MAIN: Final = Menu(
    top=True,
    entries=(
        Entry(name="trade", key="1", words=Prompt.MENU_TRADE, leads_to=TRADE, login=True),
        Entry(name="account", key="2", words=Prompt.MENU_ACCOUNT, leads_to=ACCOUNT, login=True),
        Entry(name="quotes", key="3", words=Prompt.MENU_QUOTES, leads_to=quotes),
        Entry(name="language", key="7", words=Prompt.MENU_LANGUAGE, leads_to=switch_language),
    ),
)


async def hotline(session: Session, *, resumed: bool) -> CallEnd:
    """Serve the caller until the call ends; return how it did. Hanging up is one way."""
    try:
        await session.recall_customer()
        if not resumed:
            await greet(session)
        await visit(session, MAIN)
    except Goodbye:
        await session.talk.say(say(Prompt.GOODBYE))
    except LockedOut:
        return CallEnd.LOCKED_OUT
    return CallEnd.GOODBYE


async def greet(session: Session) -> None:
    branch = session.talk.call.branch
    if branch is None:
        return await session.talk.say(say(Prompt.GREETING))
    return await session.talk.say(say(Prompt.GREETING_BRANCH, branch=int(branch)))


async def visit(session: Session, menu: Menu) -> None:
    """Offer the menu again and again, until the caller goes back. Nothing is behind the top."""
    while True:
        entry = await _chosen(session, menu)
        if entry is not None:
            await go_into(session, entry.name, partial(_follow, entry))
        elif not menu.top:
            return


async def _chosen(session: Session, menu: Menu) -> Entry | None:
    step = session.next_step(among=menu.names)
    if step is not None:
        return menu.named(step)
    try:
        key = await session.talk.choose(*menu.words(), among=menu.keys)
    except GoBack:
        if menu.top:
            raise Goodbye from None
        return None
    return menu.at(key)


async def _follow(entry: Entry, session: Session) -> None:
    if entry.login:
        await login(session)
    if isinstance(entry.leads_to, Menu):
        await visit(session, entry.leads_to)
    else:
        await entry.leads_to(session)
