"""Dialogue steps of every application: its number, its read-back, and what came of it (申请)."""

from callcenter.domain.applications import ApplicationDraft
from callcenter.domain.requests import RequestNumber
from callcenter.ivr.results import of_application
from callcenter.ivr.session import Session


async def number_of(session: Session) -> RequestNumber:
    """Return the number of the application that is being told; it is remembered."""
    if "number" not in session.draft:
        await session.remember(number=await session.applications.new_number())
    return RequestNumber(session.draft["number"])


async def apply(session: Session, draft: ApplicationDraft) -> None:
    """Make the application that was confirmed, and say what came of it."""
    outcome = await session.applications.apply(draft, session.customer, session.station)
    await session.talk.say(*of_application(session.talk, draft.number, outcome))


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
