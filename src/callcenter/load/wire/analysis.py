"""A whole capture in figures."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from callcenter.load.model import CallTrace, Moment, TurnDelay, Wire
from callcenter.load.spread import Spread
from callcenter.load.wire.calls import WireCall, calls
from callcenter.load.wire.media import holes_s, reception
from callcenter.load.wire.turns import Turn, turns

CONFIRMATION: Final = "confirmation"

_NS: Final = 1_000_000_000
_SLACK_NS: Final = 500_000_000
_MOMENTS: Final = 300


@dataclass(kw_only=True)
class _Sums:
    """What the calls so far add up to."""

    calls: int = 0
    received: int = 0
    lost: int = 0
    repeated: int = 0
    reordered: int = 0
    unanswered: int = 0
    untold: int = 0
    heard: int = 0
    holes_s: list[float] = field(default_factory=list)
    jitters_s: list[float] = field(default_factory=list)
    timed: list[tuple[int, float]] = field(default_factory=list)
    by_turn: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def add_media(self, call: WireCall) -> None:
        came = reception(call.sent)
        self.calls += 1
        self.received += came.received
        self.lost += came.lost
        self.repeated += came.repeated
        self.reordered += came.reordered
        self.holes_s += holes_s(call.sent, call.keys_ended)
        if came.jitter_s is not None:
            self.jitters_s.append(came.jitter_s)

    def add_turn(self, turn: Turn) -> None:
        self.heard += turn.answered and turn.turn == CONFIRMATION
        self.unanswered += not turn.answered
        self.untold += turn.answered and turn.delay_s is None
        if turn.delay_s is not None:
            self.timed.append((turn.at, turn.delay_s))
            self.by_turn[turn.turn].append(turn.delay_s)


class _Traces:
    """Which call a telephone had at a port at a time."""

    def __init__(self, traces: Sequence[CallTrace], began: int) -> None:
        self._began = began
        self._by_port: dict[int, list[CallTrace]] = defaultdict(list)
        for trace in traces:
            self._by_port[trace.media_port].append(trace)

    def of(self, call: WireCall) -> CallTrace | None:
        first = int(call.sent.at[0])
        for trace in self._by_port.get(call.caller_port, ()):
            if self._at(trace.dialled_at) - _SLACK_NS <= first <= self._at(trace.ended_at):
                return trace
        return None

    def _at(self, since_began_s: float | None) -> int:
        if since_began_s is None:
            return 1 << 63
        return self._began + round(since_began_s * _NS)


def analyse(
    file: Path,
    traces: Sequence[CallTrace],
    began: datetime,
    *,
    dropped: int = 0,
    one_in: int = 1,
) -> Wire:
    """
    Return what a capture shows. `traces` name the turns; `dropped` packets did not get into it.

    Of a capture that sampled calls the confirmations heard are not told, since they are compared
    with those of all calls.
    """
    zero = round(began.timestamp() * _NS)
    whose, sums = _Traces(traces, zero), _Sums()
    for call in calls(file):
        sums.add_media(call)
        for turn in turns(call, whose.of(call), zero):
            sums.add_turn(turn)
    return Wire(
        key_to_prompt=Spread.of(delay for _, delay in sums.timed),
        by_turn=_by_turn(sums.by_turn),
        over_time=_over_time(sums.timed, zero),
        prompt_gaps=Spread.of(sums.holes_s),
        packets_received=sums.received,
        packets_lost=sums.lost,
        packets_repeated=sums.repeated,
        packets_reordered=sums.reordered,
        jitter=Spread.of(sums.jitters_s),
        dropped_by_capture=dropped,
        heard_after_confirmation=sums.heard if traces and one_in == 1 else None,
        calls=sums.calls,
        one_in=one_in,
        turns_untold=sums.untold,
        turns_unanswered=sums.unanswered,
    )


def _by_turn(delays: Mapping[str, Sequence[float]]) -> tuple[TurnDelay, ...]:
    spreads = ((turn, Spread.of(values)) for turn, values in sorted(delays.items()))
    return tuple(TurnDelay(turn=turn, delay=spread) for turn, spread in spreads if spread)


def _over_time(timed: Sequence[tuple[int, float]], zero: int) -> tuple[Moment, ...]:
    """Return moments of whole seconds, no more of them than a plot can show."""
    if not timed:
        return ()
    longest = max(at for at, _ in timed) - zero
    step = max(1, -(-longest // (_MOMENTS * _NS)))
    spells: dict[int, list[float]] = defaultdict(list)
    for at, delay in timed:
        spells[(at - zero) // (step * _NS)].append(delay)
    return tuple(_moment(n * step, delays) for n, delays in sorted(spells.items()))


def _moment(at: float, delays: Sequence[float]) -> Moment:
    spread = Spread.of(delays)
    assert spread is not None  # noqa: S101 - a spell has at least the delay that made it
    return Moment(at=float(at), count=spread.count, p50=spread.p50, p99=spread.p99)
