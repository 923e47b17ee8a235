"""
From the last key of an entry to the next prompt, as a caller would time it.

Times run from the first packet that says that the key is up to the first audible packet of the
next prompt. An entry is timed if the PBX was silent when its last key went up, or if what it was
saying broke off within 100 ms: with a silent packet, with a pause of more than 30 ms, or with
packets that come at another beat from then on, since each prompt has its own. Where one prompt went
over into the next without any of these, nobody can tell from outside which packet belongs to which;
such entries are counted and not timed. They are fast ones: a pause would show.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

import numpy as np

from callcenter.load.model import CallTrace
from callcenter.load.wire.calls import Nanoseconds, Sent, WireCall

_NS: Final = 1_000_000_000
_SPEAKING_NS: Final = 30_000_000  # an audible packet so short before is still being heard
_PAUSE_NS: Final = 30_000_000
_BREAKS_OFF_NS: Final = 100_000_000
_BEAT_NS: Final = 20_000_000
_OFF_BEAT_NS: Final = 4_000_000
_BEATS: Final = 3  # so many packets before and after tell a new beat from a late packet
_NEXT_ENTRY_NS: Final = 1_000_000_000  # between two keys, where nobody says what the entries were
_CLOCKS_DIFFER_NS: Final = 250_000_000
UNKNOWN_TURN: Final = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Keys that answer one prompt: when the last was up and when the next entry begins."""

    turn: str
    at: int
    until: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """`delay_s` is None if the answer cannot be told from the prompt before, or did not come."""

    turn: str
    at: int  # nanoseconds since the epoch
    delay_s: float | None
    answered: bool


def turns(call: WireCall, trace: CallTrace | None, began: int) -> Iterator[Turn]:
    """Yield the turns of a call; `began` is the zero of the trace, in nanoseconds."""
    found = _as_told(call, trace, began) if trace else _by_pauses(call)
    for entry in found:
        yield _turn(call.sent, entry)


def _as_told(call: WireCall, trace: CallTrace, began: int) -> Sequence[Entry]:
    """The telephone knows what its keys were for; when they went up, the wire knows better."""
    entries: list[Entry] = []
    for n, keyed in enumerate(trace.keyed):
        until = int(call.sent.at[-1]) + 1
        if n + 1 < len(trace.keyed):
            until = _first_after(call.keys_began, began + _ns(trace.keyed[n + 1].began_at), until)
        first = began + _ns(keyed.began_at) - _CLOCKS_DIFFER_NS
        last = min(began + _ns(keyed.at) + _CLOCKS_DIFFER_NS, until)
        ended = call.keys_ended[(call.keys_ended >= first) & (call.keys_ended < last)]
        if len(ended):
            entries.append(Entry(turn=keyed.turn, at=int(ended[-1]), until=until))
    return entries


def _first_after(keys_began: Nanoseconds, at: int, otherwise: int) -> int:
    later = keys_began[keys_began >= at - _CLOCKS_DIFFER_NS]
    return int(later[0]) if len(later) else otherwise


def _ns(seconds: float) -> int:
    return round(seconds * _NS)


def _by_pauses(call: WireCall) -> Sequence[Entry]:
    """Take an entry to end with a key after which something was said, or a long pause."""
    entries = []
    for at in map(int, call.keys_ended):
        later = call.keys_began[call.keys_began > at]
        until = int(later[0]) if len(later) else int(call.sent.at[-1]) + 1
        if until - at > _NEXT_ENTRY_NS or _is_said(call.sent, at, until) or not len(later):
            entries.append(Entry(turn=UNKNOWN_TURN, at=at, until=until))
    return entries


def _is_said(sent: Sent, at: int, until: int) -> bool:
    """Tell whether something is audible beyond what a key needs to interrupt a prompt."""
    first, last = np.searchsorted(sent.at, (at + _BREAKS_OFF_NS, until))
    return bool(sent.audible[first:last].any())


def _turn(sent: Sent, entry: Entry) -> Turn:
    first = int(np.searchsorted(sent.at, entry.at))
    last = int(np.searchsorted(sent.at, entry.until))
    if _speaks(sent, first, entry.at):
        broke = _broken_off(sent, first, last, entry.at)
        if broke is None:
            return Turn(turn=entry.turn, at=entry.at, delay_s=None, answered=True)
        first = broke
    audible = np.flatnonzero(sent.audible[first:last])
    if not len(audible):
        return Turn(turn=entry.turn, at=entry.at, delay_s=None, answered=False)
    delay_s = float(sent.at[first + audible[0]] - entry.at) / _NS
    return Turn(turn=entry.turn, at=entry.at, delay_s=delay_s, answered=True)


def _speaks(sent: Sent, first: int, at: int) -> bool:
    return first > 0 and bool(sent.audible[first - 1]) and at - sent.at[first - 1] < _SPEAKING_NS


def _broken_off(sent: Sent, first: int, last: int, at: int) -> int | None:
    """Return the first packet after a break that begins soon after the key, if there is one."""
    for n in range(first, last):
        before = int(sent.at[n - 1])
        if before - at > _BREAKS_OFF_NS:
            return None
        paused = not sent.audible[n] or sent.at[n] - before > _PAUSE_NS
        if paused or _is_new_beat(sent.at, n):
            return n
    return None


def _is_new_beat(at: Nanoseconds, n: int) -> bool:
    """Tell whether the packets from `n` on come at other times than those before would have."""
    before: list[int] = at[max(n - _BEATS, 0) : n].tolist()
    after: list[int] = at[n : n + _BEATS].tolist()
    if len(before) < _BEATS or len(after) < _BEATS:
        return False
    due = median(time + _BEAT_NS * (_BEATS - i) for i, time in enumerate(before))
    came = median(time - _BEAT_NS * i for i, time in enumerate(after))
    return min(abs(came - due), abs(after[0] - due)) > _OFF_BEAT_NS
