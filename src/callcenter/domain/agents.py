"""A caller's wait for a person: how it went, and how long it may take."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from math import ceil
from typing import Final

# How long agents talk, while none of them has yet.
_A_USUAL_TALK: Final = timedelta(minutes=3)
_SHORTEST: Final = timedelta(minutes=1)


class AgentOutcome(StrEnum):
    """How the wait ended."""

    ANSWERED = "answered"
    NOBODY = "nobody"  # no agent is there, or none any more
    BUSY = "busy"  # nobody had time within the longest wait
    MESSAGE = "message"  # the caller would rather leave a message
    BACK = "back"  # the caller would rather go back to the menu
    HUNG_UP = "hung-up"  # the caller had enough


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentVisit:
    """One wait for a person, and what came of it."""

    outcome: AgentOutcome
    waited_s: int
    agent: str = ""
    talked_s: int = 0

    def __str__(self) -> str:
        talk = f" agent={self.agent} talked={self.talked_s}s" if self.agent else ""
        return f"agent-{self.outcome.value} waited={self.waited_s}s{talk}"


def estimated_wait(*, place: int, agents: int, talk: timedelta) -> timedelta:
    """
    Return how long a caller at this place will wait, in whole minutes and never less than one.

    `talk` is how long the last conversations took, on average; zero if there was none.
    """
    expected = (talk or _A_USUAL_TALK) * place / max(agents, 1)
    return max(timedelta(minutes=ceil(expected / timedelta(minutes=1))), _SHORTEST)
