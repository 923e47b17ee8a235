"""Key 0: the caller waits for a person, talks with one, and comes back to where they were."""

from collections.abc import Mapping
from typing import Final

from callcenter.domain.agents import AgentOutcome, AgentVisit
from callcenter.ivr.catalogue import say
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.session import Session
from callcenter.ivr.voicemail import come_back_from_message, leave_message, offer_voicemail

_WAITS: Final = "waits_for_agent"
_NOT_REACHED: Final[Mapping[AgentOutcome, Prompt]] = {
    AgentOutcome.NOBODY: Prompt.AGENT_NOBODY,
    AgentOutcome.BUSY: Prompt.AGENT_BUSY,
}


async def agent(session: Session) -> None:
    """The entry of a menu. A call that comes back here from an agent need not wait again."""
    if session.was_with_agent and _WAITS in session.draft:
        return
    await session.remember(**{_WAITS: "yes"})
    await reach_agent(session)


async def reach_agent(session: Session) -> None:
    """Let the caller wait for a person, if there may be one."""
    if not session.agents.is_open:
        return await offer_voicemail(session, say(Prompt.AGENT_CLOSED))
    await session.talk.say(say(Prompt.AGENT_CONNECTING))
    return await _after(session, await session.talk.wait_for_agent(session.introduction))


async def come_back_from_agent(session: Session) -> None:
    """Go on after a wait, or a message, that another daemon began, if there was one."""
    await come_back_from_message(session)
    visit = await session.talk.agent_visit()
    if visit is not None:
        session.was_with_agent = True
        await _after(session, visit)


async def _after(session: Session, visit: AgentVisit) -> None:
    match visit.outcome:
        case AgentOutcome.ANSWERED:
            await session.talk.say(say(Prompt.AGENT_ENDED))
        case AgentOutcome.NOBODY | AgentOutcome.BUSY:
            await offer_voicemail(session, say(_NOT_REACHED[visit.outcome]))
        case AgentOutcome.MESSAGE:
            await leave_message(session)
        case AgentOutcome.BACK | AgentOutcome.HUNG_UP:
            pass
