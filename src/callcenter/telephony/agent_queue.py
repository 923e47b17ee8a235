"""The queue of the agents, over AMI: who is in it, who waits, and who comes and goes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from callcenter.domain.calls import CallId
from callcenter.telephony.ami import AmiClient, AmiMessage

QUEUE: Final = "agents"
_PHONES: Final = "PJSIP/"
# As Asterisk numbers the states of a device.
_STATES: Final[Mapping[str, str]] = {
    "1": "free",
    "2": "talking",
    "3": "talking",
    "4": "unknown telephone",
    "5": "telephone off",
    "6": "ringing",
    "7": "talking",
    "8": "talking",
}
UNKNOWN_TELEPHONE: Final = _STATES["4"]
_NOT_THERE: Final = (UNKNOWN_TELEPHONE, "telephone off")


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """One agent who is logged in."""

    name: str
    telephone: str
    state: str
    paused: bool
    reason: str
    calls: int

    @property
    def is_there(self) -> bool:
        """Whether callers may wait for this agent."""
        return not self.paused and self.state not in _NOT_THERE

    @property
    def is_free(self) -> bool:
        return not self.paused and self.state in ("free", "ringing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One caller who waits, at a place counted from 1."""

    call: CallId
    place: int
    waited_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueState:
    agents: Sequence[Agent]
    waiting: Sequence[Waiting]
    talk: timedelta  # how long the last conversations took, on average

    def place_of(self, call: CallId) -> int | None:
        return next((each.place for each in self.waiting if each.call == call), None)


class AgentQueue:
    """Every method raises `AmiError` if Asterisk does not answer or says no."""

    def __init__(self, ami: AmiClient) -> None:
        self._ami = ami

    async def look(self) -> QueueState:
        answer = await self._ami.action("QueueStatus", {"Queue": QUEUE})
        return QueueState(
            agents=[_agent(row) for row in answer.events if row.event == "QueueMember"],
            waiting=[_waiting(row) for row in answer.events if row.event == "QueueEntry"],
            talk=timedelta(seconds=_talk_s(answer.events)),
        )

    async def add(self, telephone: str) -> None:
        """Log in the agent with this telephone; refused if that was done already."""
        name = {"MemberName": telephone}
        await self._ami.action("QueueAdd", {**_member(telephone), **name})

    async def remove(self, telephone: str) -> None:
        await self._ami.action("QueueRemove", _member(telephone))

    async def pause(self, telephone: str, *, on: bool, reason: str = "") -> None:
        """Ring the agent no more for a while, or again."""
        paused = {"Paused": "true" if on else "false", "Reason": reason}
        await self._ami.action("QueuePause", {**_member(telephone), **paused})


def _member(telephone: str) -> dict[str, str]:
    return {"Queue": QUEUE, "Interface": f"{_PHONES}{telephone}"}


def _agent(row: AmiMessage) -> Agent:
    telephone = row.get("Location").removeprefix(_PHONES)
    return Agent(
        name=row.get("Name") or telephone,
        telephone=telephone,
        state=_STATES.get(row.get("Status"), "unknown"),
        paused=row.get("Paused") == "1",
        reason=row.get("PausedReason"),
        calls=int(row.get("CallsTaken", "0")),
    )


def _waiting(row: AmiMessage) -> Waiting:
    return Waiting(
        call=CallId(row.get("Uniqueid")),
        place=int(row.get("Position")),
        waited_s=int(row.get("Wait")),
    )


def _talk_s(rows: Sequence[AmiMessage]) -> int:
    return next((int(row.get("TalkTime")) for row in rows if row.event == "QueueParams"), 0)
