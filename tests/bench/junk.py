"""Bench `junk`: 10,000 senseless connections of ten kinds while 20 calls go on."""

import asyncio
from pathlib import Path
from typing import Final

from callcenter.telephony.sipcaller import SipCaller
from tests.bench.report import Figure
from tests.bench.wire import figures, talk
from tests.e2e.installation import Installation
from tests.fakes.asterisk_junk import JUNK

CALLS: Final = 20
CONNECTIONS: Final = 10_000
AT_ONCE: Final = 200
PATIENCE_S: Final = 30.0


async def bench(installation: Installation, custom: Path) -> list[Figure]:
    over = asyncio.Event()
    async with SipCaller() as phone:
        calls = [
            asyncio.create_task(
                talk(phone, installation, str(20000501 + index), lambda _: over.is_set())
            )
            for index in range(CALLS)
        ]
        await _throw(installation.agi_port)
        over.set()
        ended = await asyncio.gather(*calls, return_exceptions=True)
    fine = [latencies for latencies in ended if not isinstance(latencies, BaseException)]
    prompts = [latency for latencies in fine for latency in latencies]
    return [
        Figure("junk connections", CONNECTIONS),
        Figure("calls that were harmed", CALLS - len(fine), bar=0),
        *figures(prompts, CALLS),
    ]


async def _throw(port: int) -> None:
    room = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> None:
        async with room, asyncio.timeout(PATIENCE_S):
            try:
                await JUNK[number % len(JUNK)](port)
            except OSError:
                return  # thrown out, as it should be

    await asyncio.gather(*(one(number) for number in range(CONNECTIONS)))
