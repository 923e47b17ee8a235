"""The staff line (录音专线): who works here records news and prompts by telephone."""

from dataclasses import dataclass
from typing import Final

from callcenter.domain.calls import CallEnd
from callcenter.domain.errors import NotASound, Refused
from callcenter.domain.news import Programme, ProgrammeKind, StaffMember
from callcenter.ivr.catalogue import say
from callcenter.ivr.endings import GoBack, Goodbye, LockedOut
from callcenter.ivr.entering import go_into
from callcenter.ivr.keys import MENU_BACK, Kind
from callcenter.ivr.phone import Message
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.security import ask_security
from callcenter.ivr.session import Session
from callcenter.ivr.staff_prompt import record_prompt
from callcenter.ivr.staff_takes import judged, spoken
from callcenter.news.service import Recording

FAILURES_PER_CALL: Final = 3
_NEWS: Final = "1"
_PROMPT: Final = "2"
_KINDS: Final = {
    "1": ProgrammeKind.MARKET,
    "2": ProgrammeKind.SECURITY,
    "3": ProgrammeKind.NOTICES,
    "4": ProgrammeKind.MAILBOX,
    "5": ProgrammeKind.GUIDE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What is to be recorded."""

    programme: Programme
    security: str | None = None


async def staff_line(session: Session) -> CallEnd:
    """
    Serve somebody of the staff until the call ends; return how it did.

    A call that comes from another daemon logs in again: what was recorded and not published
    is gone.
    """
    try:
        await session.talk.say(say(Prompt.STAFF_WELCOME))
        member = await _login(session)
        await _serve(session, member)
    except (Goodbye, GoBack):
        await session.talk.say(say(Prompt.GOODBYE))
    except LockedOut:
        return CallEnd.LOCKED_OUT
    return CallEnd.GOODBYE


async def _login(session: Session) -> StaffMember:
    """Raise `LockedOut` after the third failure, `GoBack` if nobody answers."""
    for _ in range(FAILURES_PER_CALL):
        number = await session.talk.ask(
            say(Prompt.ASK_STAFF_NUMBER), kind=Kind.NUMBER, check=_as_keyed
        )
        pin = await session.talk.ask_password(say(Prompt.ASK_STAFF_PIN))
        try:
            return await session.staff.login(number, pin, session.station)
        except Refused as refused:
            await session.talk.refuse(refused)
    await session.talk.say(say(Prompt.STAFF_LOCKED_OUT))
    raise LockedOut


async def _as_keyed(value: str) -> str:
    return value[:20]


async def _serve(session: Session, member: StaffMember) -> None:
    async def news(session: Session) -> None:
        key = await session.talk.choose(say(Prompt.STAFF_MENU), among=_KINDS)
        if key != MENU_BACK:
            await _record(session, member, await _wanted(session, _KINDS[key]))

    async def prompt(session: Session) -> None:
        await record_prompt(session, member)

    while True:
        key = await session.talk.choose(say(Prompt.STAFF_TASKS), among=_NEWS + _PROMPT)
        if key == _NEWS:
            await go_into(session, "news", news)
        elif key == _PROMPT:
            await go_into(session, "prompt", prompt)


async def _wanted(session: Session, kind: ProgrammeKind) -> _Wanted:
    match kind:
        case ProgrammeKind.MAILBOX:
            mailbox = await session.talk.ask(
                say(Prompt.ASK_MAILBOX), kind=Kind.NUMBER, check=session.news.mailbox
            )
            return _Wanted(programme=mailbox)
        case ProgrammeKind.SECURITY:
            question = say(Prompt.ASK_NEWS_CODE)
            security = await ask_security(session, question, tradable=False)
            [programme] = await session.news.programmes(kind)
            return _Wanted(programme=programme, security=security.id)
        case _:
            return _Wanted(programme=(await session.news.programmes(kind))[0])


async def _record(session: Session, member: StaffMember, wanted: _Wanted) -> None:
    """Record until it is published or dropped."""
    while True:
        message = await spoken(session, "news", most_s=session.talk.longest_item_s)
        match await judged(session, message, Prompt.STAFF_CHOICES, among="12"):
            case "1":  # publish
                return await _publish(session, member, wanted, message)
            case "2":  # again
                continue
            case _:
                return await session.talk.say(say(Prompt.STAFF_DROPPED))


async def _publish(
    session: Session, member: StaffMember, wanted: _Wanted, message: Message
) -> None:
    about = Recording(
        programme=wanted.programme.name,
        language=session.talk.language,
        title=member.name,
        security=wanted.security,
    )
    by, station = f"staff {member.number}", session.station
    try:
        await session.news.record(message.file or "", about, by=by, station=station)
    except NotASound:
        return await session.talk.say(say(Prompt.STAFF_NOT_HEARD))
    return await session.talk.say(say(Prompt.STAFF_PUBLISHED))
