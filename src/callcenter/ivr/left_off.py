"""Dialogue: offer to go on with what an earlier call was dropped in the middle of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from callcenter.domain.errors import CallcenterError
from callcenter.ivr.catalogue import Say, say
from callcenter.ivr.endings import GoElsewhere
from callcenter.ivr.keys import NO, YES
from callcenter.ivr.matters import Matter, Told, matter_of
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.session import Session

_STEP: Final = "left-off"
_AT: Final = "left-at"  # in what is kept at the question: the place that it is about,
_HERE: Final = "here:"  # and what the caller had told before it

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Left:
    """What was left off, and where."""

    dialogue: str
    told: Told

    @classmethod
    def of(cls, dialogue: str | None, draft: Told) -> "_Left":
        """Read a place; a call that was dropped at this question left what that was about."""
        told = {name: was for name, was in draft.items() if not _is_ours(name)}
        return cls(dialogue=draft.get(_AT, dialogue or ""), told=told)


def was_asked(session: Session) -> bool:
    """Tell whether a call from another daemon was at this question."""
    return session.heads_for(_STEP)


async def offer_left_off(session: Session) -> None:
    """
    Offer what was dropped before it was confirmed, once; tell what became of it if it was.

    Raise `GoElsewhere` if the caller goes on with it. Who keys on in a hurry is not kept; of a
    call that drops at this question it is offered again.
    """
    is_back = was_asked(session)
    session.next_step(among=[_STEP])
    try:
        left = _Left.of(None, session.draft) if is_back else await _taken_over(session)
        matter = matter_of(left.told) if left else None
        if left is None or matter is None:
            return
        became = await matter.became(session)
        about = [] if became else await matter.about(session)
    except CallcenterError as error:
        log.info("left_off.not_offered", reason=str(error))
        return
    if became:
        return await session.talk.say(say(Prompt.LEFT_OFF_DONE), *became)
    return await _offer(session, left, matter, about)


async def _taken_over(session: Session) -> _Left | None:
    """Return what the call before was dropped in the middle of; from then on it is ours alone."""
    dropped = await session.last_calls.left_off(session.talk.call, session.customer.account)
    if dropped is None:
        return None
    left = _Left.of(dropped.place.dialogue, dropped.place.draft)
    if matter_of(left.told) is None or not await session.last_calls.take_over(dropped):
        return None
    return left


async def _offer(session: Session, left: _Left, matter: Matter, about: Sequence[Say]) -> None:
    here = _here(session.draft)
    await session.enter(_STEP)
    kept = {f"{_HERE}{name}": was for name, was in here.items()}
    await session.remember(**left.told, **kept, **{_AT: left.dialogue})
    question = (say(Prompt.LEFT_OFF), *about, say(Prompt.LEFT_OFF_CHOICES))
    if await session.talk.choose_if_calm(*question, among=(YES, NO)) == YES:
        await session.go_to(left.dialogue, matter.again())
        raise GoElsewhere
    await session.leave()
    await session.remember(**here)


def _here(draft: Told) -> Mapping[str, str]:
    """Return what the caller had told this call before the question."""
    if _AT not in draft:
        return dict(draft)
    return {name[len(_HERE) :]: was for name, was in draft.items() if name.startswith(_HERE)}


def _is_ours(name: str) -> bool:
    return name == _AT or name.startswith(_HERE)
