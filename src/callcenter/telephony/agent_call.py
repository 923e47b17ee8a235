"""A caller's wait for an agent, as the dialplan's `agent` carries it out and leaves it behind."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Final

import structlog

from callcenter.domain.agents import AgentOutcome, AgentVisit
from callcenter.domain.errors import CallerHungUp
from callcenter.telephony.channel import Channel

log = structlog.get_logger()

CONTEXT: Final = "agent"
SINCE: Final = "AGENT_SINCE"
# The agent's telephone inherits what begins with two underlines.
_FOR_AGENT: Final = "__AGENT_FOR_"
_NAMES: Final = (
    "QUEUESTATUS",
    "AGENT_KEY",
    "MEMBERNAME",
    "QEHOLDTIME",
    "ANSWEREDTIME",
    SINCE,
    "EPOCH",
)
LEFT_BEHIND: Final = ",".join(f"${{{name}}}" for name in _NAMES)
_BY_KEY: Final[Mapping[str, AgentOutcome]] = {
    "1": AgentOutcome.MESSAGE,
    "*": AgentOutcome.BACK,
}
# What app_queue calls the ends without an agent.
_BY_STATUS: Final[Mapping[str, AgentOutcome]] = {
    "TIMEOUT": AgentOutcome.BUSY,
    "FULL": AgentOutcome.BUSY,
    "JOINEMPTY": AgentOutcome.NOBODY,
    "LEAVEEMPTY": AgentOutcome.NOBODY,
    "JOINUNAVAIL": AgentOutcome.NOBODY,
    "LEAVEUNAVAIL": AgentOutcome.NOBODY,
}


def ended_by(key: str) -> AgentVisit | None:
    """Return the wait that this key ends before it has begun; most keys end none."""
    outcome = _BY_KEY.get(key)
    return None if outcome is None else AgentVisit(outcome=outcome, waited_s=0)


async def wait(channel: Channel, who: Mapping[str, str]) -> AgentVisit:
    """Let the caller of a channel wait for an agent, and tell how that went."""
    for name, value in who.items():
        await channel.set(f"{_FOR_AGENT}{name}", value)
    await channel.gosub(CONTEXT)
    return await _told(channel)


async def untold(channel: Channel) -> AgentVisit | None:
    """Return how a wait went that nobody has been told of."""
    return await _told(channel) if await channel.get(SINCE) else None


async def _told(channel: Channel) -> AgentVisit:
    left = (await channel.read(LEFT_BEHIND)).split(",")
    with suppress(CallerHungUp):
        await channel.set(SINCE, "")
    visit = _visit(dict(zip(_NAMES, left, strict=True)))
    log.info("agent.visit", how=visit.outcome.value, waited_s=visit.waited_s, agent=visit.agent)
    return visit


def _visit(left: Mapping[str, str]) -> AgentVisit:
    if left["MEMBERNAME"]:
        return AgentVisit(
            outcome=AgentOutcome.ANSWERED,
            waited_s=_seconds(left["QEHOLDTIME"]),
            agent=left["MEMBERNAME"],
            talked_s=_seconds(left["ANSWEREDTIME"]),
        )
    outcome = _BY_KEY.get(left["AGENT_KEY"]) or _BY_STATUS.get(left["QUEUESTATUS"])
    return AgentVisit(
        outcome=outcome or AgentOutcome.HUNG_UP,
        waited_s=_seconds(left["EPOCH"]) - _seconds(left[SINCE]),
    )


def _seconds(text: str) -> int:
    return int(text) if text.isdigit() else 0
