"""A message for the agents, when nobody answers: after the tone, and a ticket comes of it."""

from typing import Final

from callcenter.domain.errors import CannotRecord, Refused
from callcenter.domain.refusals import Refusal
from callcenter.domain.tickets import TicketKind, TicketNumber
from callcenter.ivr.catalogue import Say, say
from callcenter.ivr.endings import GoBack, Goodbye
from callcenter.ivr.messages import VOICEMAIL, is_enough
from callcenter.ivr.phone import Message
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.session import Session

LEAVE: Final = "1"


async def offer_voicemail(session: Session, why: Say) -> None:
    """Say why there is no agent, and take a message from who wants to leave one."""
    try:
        key = await session.talk.choose(why, say(Prompt.AGENT_KEYS), among={LEAVE})
    except (GoBack, Goodbye):
        return  # whoever does not care is back where 0 was pressed
    if key == LEAVE:
        await leave_message(session)


async def leave_message(session: Session) -> None:
    """
    Take a message, and tell the number of its ticket.

    What was said is a ticket at once: who hangs up in it is called back at the number of the call.
    """
    try:
        await _take(session)
    except CannotRecord:
        await session.forget(VOICEMAIL)
        await session.talk.refuse(Refused(Refusal.CANNOT_RECORD))


async def come_back_from_message(session: Session) -> None:
    """Go on after a message that another daemon was listening to, if there was one."""
    if VOICEMAIL not in session.draft:
        return
    session.was_with_agent = True  # for want of whom there was a message
    number = TicketNumber(session.draft[VOICEMAIL])
    await _end(session, number, await session.talk.kept(number))


async def _take(session: Session) -> None:
    number = await session.tickets.new_number()
    await session.talk.say(say(Prompt.VOICEMAIL_ASK))
    await session.remember(**{VOICEMAIL: number})
    await _end(session, number, await session.talk.record(number))


async def _end(session: Session, number: TicketNumber, message: Message | None) -> None:
    if not is_enough(message):
        await session.forget(VOICEMAIL)
        return await session.talk.say(say(Prompt.VOICEMAIL_NOT_HEARD))
    await session.tickets.open(
        number,
        TicketKind.VOICEMAIL,
        session.station,
        recording=message.file,
        seconds=message.seconds,
        account=session.customer.account if session.logged_in else None,
    )
    await session.forget(VOICEMAIL)
    return await session.talk.say(say(Prompt.VOICEMAIL_TAKEN, number=number))
