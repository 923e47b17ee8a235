"""Dialogue step: cancel an application of today, where the rules allow it (撤销申请)."""

from collections.abc import Collection, Sequence
from typing import Final

from callcenter.domain.applications import Application, ApplicationKind, ApplicationState
from callcenter.domain.errors import OutcomeUnknown, Refused
from callcenter.domain.requests import RequestNumber
from callcenter.ivr.answers import Answer
from callcenter.ivr.catalogue import Say, say
from callcenter.ivr.keys import MENU_BACK, NO, YES
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.session import Session

_ABOUT: Final = {
    ApplicationKind.RIGHTS: Prompt.APPLIED_RIGHTS,
    ApplicationKind.FUND_SUBSCRIBE: Prompt.APPLIED_FUND_SUBSCRIBE,
    ApplicationKind.FUND_REDEEM: Prompt.APPLIED_FUND_REDEEM,
}


async def offer_to_cancel(session: Session, kinds: Collection[ApplicationKind]) -> bool:
    """
    Offer today's applications of these kinds for cancellation, one by one.

    A wish that was confirmed before the call came here is carried out, which may be repeated
    without harm. Return whether there was anything to offer.
    """
    if "cancel" in session.draft:
        await _cancel(session, RequestNumber(session.draft["cancel"]))
    found = await session.applications.cancellable(session.customer.account, kinds)
    for application in _from(found, session.draft.get("asked")):
        if not await _offer(session, application):
            break
    return bool(found)


async def _offer(session: Session, application: Application) -> bool:
    """Return whether the caller wants to hear the next one."""
    about = await _about(session, application)
    if "sure" not in session.draft:
        await session.remember(asked=application.number)
        key = await session.talk.choose(about, say(Prompt.APPLIED_CHOICES), among=(YES, NO))
        if key != YES:
            return key != MENU_BACK
    await session.remember(sure="asked")
    read_back = (say(Prompt.READ_BACK_APPLICATION_CANCEL), about)
    answer = await session.talk.confirm(*read_back, choices=Prompt.CONFIRM_OR_GIVE_UP)
    if answer is Answer.YES:
        await _cancel(session, application.number)
    else:
        await session.talk.say(say(Prompt.APPLICATION_STANDS))
    await session.forget("asked", "sure")
    return True


async def _about(session: Session, application: Application) -> Say:
    draft = application.draft
    slots: dict[str, object] = {"code": draft.code}
    if draft.kind is not ApplicationKind.RIGHTS:
        slots["name"] = session.name(await session.applications.fund(draft.code))
    return say(_ABOUT[draft.kind], quantity=draft.quantity, number=draft.number, **slots)


async def _cancel(session: Session, number: RequestNumber) -> None:
    await session.remember(cancel=number)
    words = Prompt.APPLICATION_CANCEL_UNKNOWN
    try:
        if await _is_cancelled(session, number):
            words = Prompt.APPLICATION_CANCELLED
        await session.talk.say(say(words, number=number))
    except Refused as refused:
        await session.talk.refuse(refused)
    await session.forget("cancel", "asked", "sure")


async def _is_cancelled(session: Session, number: RequestNumber) -> bool:
    """Return whether it is; if not, nobody has answered yet. Raise `Refused` if it stands."""
    before = await session.applications.find(number)
    if before is not None and before.state is ApplicationState.CANCELLED:
        return True
    try:
        outcome = await session.applications.cancel(number, session.customer, session.station)
    except OutcomeUnknown:
        return False
    return outcome.state is ApplicationState.CANCELLED


def _from(found: Sequence[Application], number: str | None) -> Sequence[Application]:
    at = next((at for at, one in enumerate(found) if one.number == number), 0)
    return found[at:]
