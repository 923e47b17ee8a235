"""Whether a dialplan is sound: read by a real Asterisk, and proved against what it does not see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from callcenter.stack.dialplan.faults import faults_of
from callcenter.stack.dialplan.listing import Dialplan
from callcenter.stack.dialplan.scratch import Read, read_candidate
from callcenter.stack.dialplan.tolls import Doors, ways_out

_BY_AGI: Final = ("agent",)  # what the daemon has the dialplan run
_NOBODY_S_OWN: Final = "default"  # where Asterisk puts whoever has no context


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A dialplan and all that is wrong with it."""

    dialplan: Dialplan
    faults: Sequence[str]


def check(environment: Mapping[str, str]) -> Verdict:
    """Judge the dialplan of the files as they are now; raise `ScratchFailed` if that cannot be."""
    return judge(read_candidate(environment))


def judge(read: Read) -> Verdict:
    doors = Doors(
        entries=(*read.entries, _NOBODY_S_OWN), by_agi=_BY_AGI, by_queue=tuple(read.by_queue)
    )
    complaints = [f"Asterisk says: {complaint}" for complaint in read.complaints]
    found = [
        *complaints,
        *faults_of(read.dialplan, read.known),
        *ways_out(read.dialplan, doors),
    ]
    return Verdict(dialplan=read.dialplan, faults=found)
