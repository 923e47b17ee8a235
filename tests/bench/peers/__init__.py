"""
Bench `peers`: the same dialogue by other means, in one run on one machine.

A plain dialplan, FastAGI with panoramisk and with pystrix, and a program that Asterisk starts for
each call: they play the hotline's own sounds, record every call, and get its callers. One more is
the plain dialplan with the hotline's recorder instead of Asterisk's.
"""

import asyncio
import sys
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Final

from callcenter.load.sipp import find_sipp
from callcenter.precedence import TELEPHONES, go_first
from tests.bench.peers.contest import (
    HOTLINE,
    NUMBERS,
    PANORAMISK,
    PLAIN,
    PROCESS,
    PYSTRIX,
    TAPED,
    Contest,
)
from tests.bench.peers.cost import Cost, Round, in_turn, ratio
from tests.bench.peers.dialogue import render
from tests.bench.peers.table import table
from tests.bench.report import Figure
from tests.e2e.installation import Installation

CALLS: Final = 100
ROUNDS: Final = 3
# At most so many times the CPU of a call of this peer.
BARS: Final = {PLAIN: 1.35, PANORAMISK: 1.0, PYSTRIX: 1.0, PROCESS: None, TAPED: None}


async def bench(
    installation: Installation,
    custom: Path,
    *,
    calls: int = CALLS,
    rounds: int = ROUNDS,
    peers: Collection[str] = tuple(BARS),
) -> list[Figure]:
    """
    Let the hotline and its peers answer so many calls at once, round after round.

    Print the table too. The plain dialplan is always among the peers.
    """
    contest = Contest(installation, custom, await find_sipp())
    with contest.ready(await render(installation)):
        go_first(
            TELEPHONES
        )  # we stand for telephones elsewhere, which a busy PBX does not slow down
        names = [name for name in NUMBERS if name in {HOTLINE, PLAIN, *peers}]
        await asyncio.gather(*map(contest.warm, names))
        await contest.idle()
        done = [await _round(contest, in_turn(names, nth), calls) for nth in range(rounds)]
    sys.stdout.write(table(done))
    return list(figures(done))


async def _round(contest: Contest, names: Sequence[str], calls: int) -> Round:
    costs: dict[str, Cost] = {}
    for name in names:
        costs[name] = cost = await contest.measure(name, calls)
        sys.stderr.write(f"{name}, {cost.per_call_ms:.0f} ms per call\n")
    return {name: costs[name] for name in NUMBERS if name in costs}


def figures(rounds: Sequence[Round]) -> Iterator[Figure]:
    for name in rounds[0]:
        yield _count(f"{name}: calls that failed", rounds, name, "failed")
        yield _count(f"{name}: orders not as keyed", rounds, name, "wrong")
    for peer in [name for name in BARS if name in rounds[0]]:
        yield Figure(f"CPU, hotline to {peer}", ratio(rounds, HOTLINE, peer), "x", bar=BARS[peer])
    memory = max(each[HOTLINE].memory_mb["daemon"] for each in rounds)
    yield Figure("daemon's memory", memory, " MB", bar=200)


def _count(what: str, rounds: Sequence[Round], name: str, field: str) -> Figure:
    bar = 0 if name == HOTLINE else None
    return Figure(what, sum(getattr(each[name], field) for each in rounds), bar=bar)
