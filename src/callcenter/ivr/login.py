"""Dialogue: account, then password. Once per call."""

from typing import Final

from callcenter.domain.errors import Refused
from callcenter.domain.refusals import Refusal
from callcenter.ivr.catalogue import say
from callcenter.ivr.endings import LockedOut
from callcenter.ivr.keys import Kind
from callcenter.ivr.left_off import offer_left_off, was_asked
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.session import Session

FAILURES_PER_CALL: Final = 3


async def login(session: Session) -> None:
    """
    Log the caller in, if nobody is yet, and offer what a dropped call was in the middle of.

    Raise `LockedOut` after the third failure of the call, `GoBack` if the caller goes back, and
    `GoElsewhere` if the caller goes on with what was dropped.
    """
    is_back = session.logged_in
    while not session.logged_in:
        try:
            await _try(session)
        except Refused as refused:
            session.failed_logins += 1
            await session.talk.refuse(refused)
        if session.failed_logins >= FAILURES_PER_CALL:
            await session.talk.say(say(Prompt.LOCKED_OUT))
            raise LockedOut
    if not is_back or was_asked(session):
        await offer_left_off(session)


async def _try(session: Session) -> None:
    talk = session.talk
    account = await talk.ask(say(Prompt.ASK_ACCOUNT), kind=Kind.NUMBER, check=_as_keyed)
    password = await talk.ask_password(say(Prompt.ASK_PASSWORD))
    await session.welcome(await session.customers.login(account, password, session.station))


async def _as_keyed(value: str) -> str:
    # Only with the password is it told whether an account exists.
    if len(value) > 20:
        raise Refused(Refusal.LOGIN_FAILED)
    return value
