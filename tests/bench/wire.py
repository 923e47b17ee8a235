"""
Bench `wire`: from the end of a key to the first packet of the next prompt, in RTP.

The bare limit is Asterisk alone on the same wire, with `Read` in a plain dialplan.
"""

import asyncio
import statistics
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from callcenter.telephony.sipcaller import ScriptedCall, SipCaller
from tests.bench.bare import read
from tests.bench.report import Figure
from tests.e2e.installation import Installation

TURNS: Final = 30
ROUNDS: Final = 2
# The keys of one round: a code, a price and a quantity, and back to the code.
LOGIN: Final = ("1", "{account}#", "246810#", "1")
ROUND: Final = ("600000#", "10*05#", "100#")
QUIET_S: Final = 0.5
PATIENCE_S: Final = 40.0


async def bench(installation: Installation, custom: Path) -> list[Figure]:
    await asyncio.to_thread(installation.wait_for_sounds)
    await latencies(installation, len(ROUND))  # every sentence has been said once
    read.lay(installation, custom)
    ours: list[float] = []
    bare: list[float] = []
    for _ in range(ROUNDS):
        ours += await latencies(installation, TURNS // ROUNDS)
        bare += await read.latencies(installation, TURNS // ROUNDS)
    return figures(ours, TURNS, bare)


def figures(seconds: list[float], turns: int, bare: Sequence[float] = ()) -> list[Figure]:
    """Return the figures of prompts; `bare` is how long those of Asterisk alone took."""
    measured = [1000 * latency for latency in seconds]
    median = statistics.median(measured)
    limit = 1000 * statistics.median(bare) if bare else None
    ratio = None if limit is None else limit / median
    return [
        Figure("turns", len(measured), bar=turns, at_least=True),
        Figure("key to prompt, median", median, " ms", bar=80, limit=limit, ratio=ratio),
        Figure("key to prompt, 99th percentile", _percentile(measured, 99), " ms", bar=200),
        Figure("key to prompt, worst", max(measured), " ms"),
    ]


async def latencies(installation: Installation, turns: int) -> list[float]:
    """Return how long each of so many prompts took to begin, in seconds, in one call."""
    async with SipCaller() as phone:
        measured = await talk(phone, installation, "20000001", lambda so_far: so_far >= turns)
    return measured[:turns]


async def talk(
    phone: SipCaller, installation: Installation, account: str, enough: Callable[[int], bool]
) -> list[float]:
    """Log in and dictate orders until it is enough; return the latency of each prompt."""
    measured: list[float] = []
    async with await phone.dial(installation.sip(), caller=f"139{account}") as call:
        since = call.answered_at
        for keys in LOGIN:
            since = await _turn(call, since, keys.format(account=account))
        while not enough(len(measured)):
            measured += await _round(call, since)
            since = (await call.press("2"))[-1]  # enter it again
        await call.hang_up()
    return measured


async def _round(call: ScriptedCall, since: float) -> list[float]:
    measured = []
    for keys in ROUND:
        since = await _turn(call, since, keys)
        measured.append(await call.heard_since(since, within_s=PATIENCE_S) - since)
    await call.stay(QUIET_S)
    return measured


async def _turn(call: ScriptedCall, since: float, keys: str) -> float:
    """Let the prompt begin, then key; the first key stops it, so what is heard next is new."""
    await call.heard_since(since, within_s=PATIENCE_S)
    await call.stay(QUIET_S)
    return (await call.press(keys))[-1]


def _percentile(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]
