"""Dialogues: quotes at a time of every trading day (定时行情). List, add, delete."""

from datetime import time
from typing import Final

from callcenter.domain.errors import Refused
from callcenter.domain.refusals import Refusal
from callcenter.domain.subscriptions import DailyQuote, SubscriptionKind, SubscriptionNumber
from callcenter.ivr.catalogue import say
from callcenter.ivr.keys import Kind
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.security import ask_security, security_of
from callcenter.ivr.session import Session
from callcenter.ivr.steps import walk
from callcenter.ivr.subscriptions.listed import confirm_added, delete_some, read_all

_KIND: Final = SubscriptionKind.DAILY_QUOTE


async def list_daily_quotes(session: Session) -> None:
    await read_all(session, _KIND, Prompt.NO_DAILY_QUOTES)


async def delete_daily_quotes(session: Session) -> None:
    await delete_some(session, _KIND, Prompt.NO_DAILY_QUOTES)


async def add_daily_quote(session: Session) -> None:
    """Ask for a security and a time, unless they were told before, and keep the wish."""

    async def which() -> None:
        await session.forget()
        security = await ask_security(session, say(Prompt.ASK_QUOTE_CODE), tradable=False)
        await session.remember(security=security.id)

    async def when() -> None:
        await session.forget("at")
        at = await session.talk.ask(say(Prompt.ASK_TIME), kind=Kind.NUMBER, check=time_of)
        await session.remember(at=f"{at:%H%M}")

    told = session.draft
    await walk([which, when], start=("security" in told) + ("at" in told))
    await _add(session)


async def _add(session: Session) -> None:
    if "number" not in session.draft:
        await session.remember(number=await session.subscriptions.new_number())
    told = session.draft
    security = await security_of(session, told["security"])
    added = await session.subscriptions.subscribe(
        SubscriptionNumber(told["number"]),
        session.customer.account,
        DailyQuote(security=security, at=await time_of(told["at"])),
        session.station,
    )
    await confirm_added(session, added)


async def time_of(keyed: str) -> time:
    """Read HHMM, or HMM; raise `Refused` with NOT_A_TIME."""
    if len(keyed) not in (3, 4):
        raise Refused(Refusal.NOT_A_TIME)
    try:
        return time(int(keyed[:-2]), int(keyed[-2:]))
    except ValueError:
        raise Refused(Refusal.NOT_A_TIME) from None
