"""Dialogues: only these numbers may trade (主叫绑定). List, add this one, remove one."""

from callcenter.domain.calls import CallerNumber
from callcenter.ivr.answers import Answer
from callcenter.ivr.catalogue import Say, say
from callcenter.ivr.keys import MENU_AGAIN, MENU_BACK, YES
from callcenter.ivr.listing import read_list
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.session import Session
from callcenter.ivr.telephone import as_dialled


async def list_numbers(session: Session) -> None:
    """Read the numbers from which the account may trade."""
    numbers = await _numbers(session)
    if not numbers:
        return await session.talk.say(say(Prompt.NO_BOUND_NUMBERS))
    items = [[say(Prompt.BOUND_NUMBER, number=as_dialled(number))] for number in numbers]
    return await read_list(session.talk, items)


async def add_number(session: Session) -> None:
    """Bind the number that calls, once the caller has heard what that means."""
    first = not await _numbers(session)
    session.bindings.check_bind(session.customer, session.station)
    words = Prompt.READ_BACK_BIND_FIRST if first else Prompt.READ_BACK_BIND
    read_back = say(words, number=as_dialled(session.station.caller))
    if not await _is_meant(session, read_back):
        return await session.talk.say(say(Prompt.BINDING_DROPPED))
    session.update(await session.bindings.bind(session.customer, session.station))
    return await session.talk.say(say(Prompt.NUMBER_BOUND))


async def remove_number(session: Session) -> None:
    """Offer the bound numbers one by one, and remove those that the caller chooses."""
    numbers = await _numbers(session)
    if not numbers:
        return await session.talk.say(say(Prompt.NO_BOUND_NUMBERS))
    session.bindings.check_unbind(session.customer, session.station)
    for number in numbers:
        offered = say(Prompt.BOUND_NUMBER, number=as_dialled(number))
        question = (offered, say(Prompt.NUMBER_TO_REMOVE))
        key = await session.talk.choose(*question, among=[YES, MENU_AGAIN])
        if key == MENU_BACK:
            return None
        if key == YES:
            return await _remove(session, number)
    return await session.talk.say(say(Prompt.NO_MORE_BOUND_NUMBERS))


async def _remove(session: Session, number: CallerNumber) -> None:
    if not await _is_meant(session, *_consequence(session, number)):
        return await session.talk.say(say(Prompt.BINDING_DROPPED))
    session.update(await session.bindings.unbind(session.customer, number, session.station))
    return await session.talk.say(say(Prompt.NUMBER_UNBOUND))


async def _is_meant(session: Session, *read_back: Say) -> bool:
    choices = Prompt.CONFIRM_OR_GIVE_UP
    return await session.talk.confirm(*read_back, choices=choices) is Answer.YES


def _consequence(session: Session, number: CallerNumber) -> list[Say]:
    """Say what removing this number means: nobody locks themselves out unawares."""
    told = [say(Prompt.READ_BACK_UNBIND, number=as_dialled(number))]
    if len(session.customer.bound_numbers) == 1:
        return [*told, say(Prompt.UNBIND_LAST)]
    if number == session.station.caller:
        return [*told, say(Prompt.UNBIND_THIS_ONE)]
    return told


async def _numbers(session: Session) -> list[CallerNumber]:
    """Return what is bound now; it may have been changed in another call."""
    session.update(await session.bindings.current(session.customer))
    return list(session.bindings.numbers(session.customer))
