"""Dialogue: offer to go on with what an earlier call was dropped in the middle of."""

from collections.abc import Sequence
from typing import Final

import structlog

from callcenter.domain.calls import LeftOff
from callcenter.domain.errors import CallcenterError
from callcenter.ivr.catalogue import Say, say
from callcenter.ivr.endings import GoElsewhere
from callcenter.ivr.keys import NO, YES
from callcenter.ivr.matters import Matter, matter_of
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.session import Session

_STEP: Final = "left-off"

log = structlog.get_logger()


def was_asked(session: Session) -> bool:
    """Tell whether a call from another daemon was at this question."""
    return session.heads_for(_STEP)


async def offer_left_off(session: Session) -> None:
    """
    Offer what was dropped before it was confirmed, once; tell what became of it if it was.

    Raise `GoElsewhere` if the caller goes on with it. Who keys on in a hurry is not kept.
    """
    session.next_step(among=[_STEP])
    try:
        left = await session.last_calls.left_off(session.talk.call, session.customer.account)
        matter = matter_of(left.place.draft) if left else None
        if left is None or matter is None:
            return
        became = await matter.became(session)
        about = [] if became else await matter.about(session)
    except CallcenterError as error:
        log.info("left_off.not_offered", reason=str(error))
        return
    if became:
        return await _tell(session, left, became)
    return await _offer(session, left, matter, about)


async def _tell(session: Session, left: LeftOff, became: Sequence[Say]) -> None:
    if await session.last_calls.take_over(left):
        await session.talk.say(say(Prompt.LEFT_OFF_DONE), *became)


async def _offer(session: Session, left: LeftOff, matter: Matter, about: Sequence[Say]) -> None:
    await session.enter(_STEP)
    question = (say(Prompt.LEFT_OFF), *about, say(Prompt.LEFT_OFF_CHOICES))
    key = await session.talk.choose_if_calm(*question, among=(YES, NO))
    if key is not None and await session.last_calls.take_over(left) and key == YES:
        await session.go_to(left.place.dialogue or "", matter.again())
        raise GoElsewhere
    await session.leave()
