"""How well the PBX's packets came, call by call."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from callcenter.load.wire.calls import Nanoseconds, Sent
from callcenter.telephony.sipcaller.g711 import RATE

_NS: Final = 1_000_000_000
_PACKET_NS: Final = 20_000_000
_HOLE_NS: Final = 60_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """
    Counts by sequence number, as in RFC 3550 A.3; `jitter_s` is the mean over the call of the
    jitter of section 6.4.1.
    """

    received: int
    lost: int
    repeated: int
    reordered: int
    jitter_s: float | None


def reception(sent: Sent) -> Reception:
    steps = np.diff(sent.sequence).astype(np.int16)  # wraps as the numbers do
    numbers = np.concatenate(([0], np.cumsum(steps, dtype=np.int64)))
    different, firsts = np.unique(numbers, return_index=True)
    behind = numbers < np.maximum.accumulate(numbers)
    return Reception(
        received=len(different),
        lost=int(numbers.max() - numbers.min()) + 1 - len(different),
        repeated=len(numbers) - len(different),
        reordered=int(behind[firsts].sum()),
        jitter_s=_jitter_s(sent),
    )


def _jitter_s(sent: Sent) -> float | None:
    """J += (|D| - J) / 16 with every packet; each |D| counts in the mean as J forgets it."""
    if len(sent.at) < 2:
        return None
    apart = np.diff(sent.at) / _NS
    meant = np.diff(sent.stamp).astype(np.int32) / RATE
    off = np.abs(apart - meant)
    weights = 1 - (15 / 16) ** np.arange(len(off), 0, -1)
    return float((off * weights).sum() / len(off))


def holes_s(sent: Sent, keys_ended: Nanoseconds) -> list[float]:
    """
    Return how long each hole of more than 60 ms inside a prompt was, beyond the packet's 20 ms.

    Inside means: audible on both sides, and no key ended in between or just before.
    """
    apart = np.diff(sent.at)
    inside = (apart > _HOLE_NS) & sent.audible[:-1] & sent.audible[1:]
    holes = []
    for at in np.flatnonzero(inside):
        early, late = sent.at[at] - _PACKET_NS, sent.at[at + 1]
        if not ((keys_ended >= early) & (keys_ended <= late)).any():
            holes.append(float(apart[at] - _PACKET_NS) / _NS)
    return holes
