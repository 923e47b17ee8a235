"""Dialogue: a complaint. After the tone, the number to call back, when, and the ticket number."""

from typing import Final

from callcenter.domain.calls import WITHHELD
from callcenter.domain.errors import Refused
from callcenter.domain.refusals import Refusal
from callcenter.domain.tickets import CallBack, Daypart, Ticket, TicketKind, TicketNumber
from callcenter.ivr.catalogue import say
from callcenter.ivr.endings import GoBack
from callcenter.ivr.keys import MENU_BACK, Kind
from callcenter.ivr.messages import COMPLAINT, is_enough
from callcenter.ivr.phone import Message
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.session import Session
from callcenter.ivr.steps import walk

_FEWEST_DIGITS, _MOST_DIGITS = 3, 20
_DAYPARTS: Final = {"1": Daypart.MORNING, "2": Daypart.AFTERNOON, "3": Daypart.EVENING}


async def complaint(session: Session) -> None:
    """
    Take a complaint, and tell its ticket number.

    What was said is a ticket at once: whoever hangs up then, or goes back, is called back at the
    number of the call. A call that comes from another daemon keeps the ticket it has.
    """
    ticket = await _of_this_call(session) or await _taken(session)
    if ticket.call_back.when is None:
        await _ask_call_back(session, ticket)
    await _tell(session, ticket.number)


async def _of_this_call(session: Session) -> Ticket | None:
    number = session.draft.get(COMPLAINT)
    return await session.tickets.find(TicketNumber(number)) if number else None


async def _taken(session: Session) -> Ticket:
    """Raise `GoBack` if the caller says nothing after all tries."""
    number = await _number(session)
    message = await session.talk.kept(number)  # perhaps to a daemon that died meanwhile
    if not is_enough(message):
        message = await _spoken(session, number)
    await session.tickets.open(
        number,
        TicketKind.COMPLAINT,
        session.station,
        recording=message.file,
        seconds=message.seconds,
        account=session.customer.account if session.logged_in else None,
    )
    ticket = await session.tickets.find(number)
    if ticket is None:
        raise RuntimeError(f"ticket {number} was written down and is not there")
    return ticket


async def _number(session: Session) -> TicketNumber:
    if COMPLAINT not in session.draft:
        await session.remember(**{COMPLAINT: await session.tickets.new_number()})
    return TicketNumber(session.draft[COMPLAINT])


async def _spoken(session: Session, number: TicketNumber) -> Message:
    for _ in range(session.talk.tries):
        await session.talk.say(say(Prompt.COMPLAINT_ASK))
        message = await session.talk.record(number)
        if is_enough(message):
            return message
        await session.talk.say(say(Prompt.COMPLAINT_NOT_HEARD))
    raise GoBack


async def _ask_call_back(session: Session, ticket: Ticket) -> None:
    number = ticket.call_back.number

    async def ask_number() -> None:
        nonlocal number
        number = await _ask_number(session)

    async def ask_when() -> None:
        when = await _ask_when(session)
        await session.tickets.wish(ticket.number, CallBack(number=number, when=when))

    try:
        await walk([ask_number, ask_when])
    except GoBack:
        return  # the complaint was made all the same


async def _ask_number(session: Session) -> str:
    caller = session.talk.call.caller
    known = caller != WITHHELD

    async def this_one() -> str:
        return caller

    return await session.talk.ask(
        say(Prompt.COMPLAINT_ASK_NUMBER if known else Prompt.COMPLAINT_ASK_NUMBER_WITHHELD),
        kind=Kind.NUMBER,
        check=_as_dialled,
        default=this_one if known else None,
    )


async def _as_dialled(keyed: str) -> str:
    if not _FEWEST_DIGITS <= len(keyed) <= _MOST_DIGITS:
        raise Refused(Refusal.NOT_A_TELEPHONE_NUMBER)
    return keyed


async def _ask_when(session: Session) -> Daypart:
    key = await session.talk.choose(say(Prompt.COMPLAINT_ASK_WHEN), among=_DAYPARTS)
    if key == MENU_BACK:
        raise GoBack
    return _DAYPARTS[key]


async def _tell(session: Session, number: TicketNumber) -> None:
    """Say the number, and again for as often as the caller wants to hear it."""
    told = say(Prompt.COMPLAINT_TAKEN, number=number)
    await session.talk.choose(told, say(Prompt.COMPLAINT_AGAIN), among=())
