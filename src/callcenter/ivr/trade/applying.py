"""Dialogue steps of every application: its number, its read-back, and what came of it (申请)."""

from collections.abc import Mapping
from typing import Final

from callcenter.domain.applications import ApplicationDraft, ApplicationOutcome, ApplicationState
from callcenter.domain.refusals import Refusal
from callcenter.domain.requests import RequestNumber
from callcenter.ivr.catalogue import say
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.session import Session

# What moved on before it was told was accepted before that.
_RESULT: Final[Mapping[ApplicationState, Prompt]] = {
    **dict.fromkeys(ApplicationState, Prompt.APPLICATION_ACCEPTED),
    ApplicationState.PENDING: Prompt.APPLICATION_UNKNOWN,
    ApplicationState.UNKNOWN: Prompt.APPLICATION_UNKNOWN,
    ApplicationState.MANUAL: Prompt.APPLICATION_UNKNOWN,
    ApplicationState.REJECTED: Prompt.APPLICATION_REJECTED,
    ApplicationState.WITHDRAWN: Prompt.APPLICATION_WITHDRAWN,
    ApplicationState.CANCELLED: Prompt.APPLICATION_CANCELLED,
}


async def number_of(session: Session) -> RequestNumber:
    """Return the number of the application that is being told; it is remembered."""
    if "number" not in session.draft:
        await session.remember(number=await session.applications.new_number())
    return RequestNumber(session.draft["number"])


async def apply(session: Session, draft: ApplicationDraft) -> None:
    """Make the application that was confirmed, and say what came of it."""
    outcome = await session.applications.apply(draft, session.customer, session.station)
    await tell(session, draft.number, outcome)


async def tell_written(session: Session) -> bool:
    """
    Tell what became of the application of this place, if it was confirmed before the call came.

    It is not made again. Return whether there was one.
    """
    if "number" not in session.draft:
        return False
    number = RequestNumber(session.draft["number"])
    application = await session.applications.find(number)
    if application is None:
        return False
    await apply(session, application.draft)
    return True


async def tell(session: Session, number: RequestNumber, outcome: ApplicationOutcome) -> None:
    talk = session.talk
    why = [] if outcome.message is None else talk.reason(Refusal(outcome.message))
    await talk.say(say(_RESULT[outcome.state], number=number), *why)
