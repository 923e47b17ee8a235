"""
Many callers at once: each logs in and buys, on the hotline and on a plain dialplan.

The plain dialplan plays the very same sound files and reads as many keys, and does nothing else:
no daemon, no order, no safety. The ratio says what the hotline costs beyond that.
"""

import asyncio
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from callcenter.telephony.sipcaller import ScriptedCall, SipCaller, SipCallerError
from tests.bench.dialplan import PLAIN, lay_plain_dialplan
from tests.bench.parts import cpu_s, memory_mb
from tests.e2e.installation import Installation

FIRST_ACCOUNT: Final = 20000001
CALLS_PER_S: Final = 15.0
LISTENS_S: Final = 1.0
# Once everyone is up they go on one by one, as people do, and not all at one stroke.
GO_ON_PER_S: Final = 7.0
KEEPALIVE_MS: Final = 200
PATIENCE_S: Final = 60.0

KEYS_BEFORE_READ_BACK: Final = ("1", "{account}#", "246810#", "1", "600000#", "10*05#", "100#")


@dataclass
class Cost:
    """What a process tree used: CPU seconds, and its largest resident size."""

    cpu_s: dict[str, float] = field(default_factory=dict)
    memory_mb: dict[str, float] = field(default_factory=dict)

    @property
    def total_cpu_s(self) -> float:
        return sum(self.cpu_s.values())


@dataclass(frozen=True)
class Result:
    calls: int
    failures: Sequence[str]
    concurrent: int
    lasted_s: float
    cost: Cost
    worst_lag_s: float  # of our own telephone: keys may be torn beyond about 0.1 s


async def measure(installation: Installation, number: str, calls: int) -> Result:
    """Place so many calls to a number, all up at the same time, and see each to its end."""
    _go_first()
    before = cpu_s(installation)
    began = time.monotonic()
    failures, concurrent, lag = await _crowd(installation.sip(number), calls)
    lasted = time.monotonic() - began
    cost = Cost(
        cpu_s={name: cpu - before.get(name, 0.0) for name, cpu in cpu_s(installation).items()},
        memory_mb=memory_mb(installation),
    )
    return Result(
        calls=calls,
        failures=failures,
        concurrent=concurrent,
        lasted_s=lasted,
        cost=cost,
        worst_lag_s=lag,
    )


def _go_first() -> None:
    """We stand for telephones elsewhere, which a busy PBX does not slow down."""
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, -10)


async def compare(installation: Installation, custom: Path, calls: int) -> tuple[Result, Result]:
    """Return what the plain dialplan and the hotline make of the same crowd, in one run."""
    await measure(installation, "4008", 1)  # every sentence has been said once
    await lay_plain_dialplan(installation, custom)
    plain = await measure(installation, PLAIN, calls)
    return plain, await measure(installation, "4008", calls)


async def _crowd(target: str, calls: int) -> tuple[list[str], int, float]:
    everyone = asyncio.Event()
    up = 0

    async def one(phone: SipCaller, index: int) -> str | None:
        nonlocal up
        await asyncio.sleep(index / CALLS_PER_S)
        account = str(FIRST_ACCOUNT + index)
        try:
            dialled = phone.dial(
                target, caller=f"139{account}", keepalive_ms=KEEPALIVE_MS, keeps_audio=False
            )
            async with await dialled as call:
                up += 1
                if up == calls:
                    everyone.set()
                await _wait_for(everyone, call, index / GO_ON_PER_S)
                await _talk(call, account)
        except (SipCallerError, TimeoutError) as error:
            return f"{account}: {error}"
        return None

    async with SipCaller() as phone:
        ended = await asyncio.gather(*(one(phone, index) for index in range(calls)))
        lag = phone.worst_lag_s
    return [failure for failure in ended if failure is not None], up, lag


async def _wait_for(everyone: asyncio.Event, call: ScriptedCall, longer_s: float) -> None:
    async with asyncio.timeout(PATIENCE_S):
        await everyone.wait()
    await call.stay(longer_s)


async def _talk(call: ScriptedCall, account: str) -> None:
    since = call.answered_at
    for keys in KEYS_BEFORE_READ_BACK:
        await call.heard_since(since, within_s=PATIENCE_S)
        await call.stay(LISTENS_S)
        since = (await call.press(keys.format(account=account)))[-1]
    await call.heard_since(since, within_s=PATIENCE_S)
    await call.stay(LISTENS_S)
    since = (await call.press("1"))[-1]
    await call.stay(LISTENS_S)
    await call.heard_since(since, within_s=PATIENCE_S)
    await call.stay(LISTENS_S)
    await call.hang_up()
