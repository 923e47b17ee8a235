"""
Bench `prompt`: from a key to the command that plays the next prompt, without an Asterisk.

A whole turn of a menu lies between: the key is taken, judged and written down, the sentence put
into words and its sound found. The bare limit is one line to the same process and back.
"""

import time
from collections.abc import Awaitable, Callable, Sequence
from itertools import chain
from statistics import median, quantiles
from typing import Final

from callcenter.app import load_catalogue
from callcenter.domain.calls import CallEnd
from callcenter.domain.clock import SystemClock
from callcenter.ivr.conversation import Conversation
from callcenter.ivr.keys import Timing
from callcenter.ivr.phone import Phone
from callcenter.telephony.agi import encode_command
from callcenter.telephony.fastagi import FastAgiServer
from callcenter.telephony.hotline import HotlineScript, TakesCalls
from callcenter.telephony.meter import NoMeter
from callcenter.telephony.recording import Recordings
from tests.bench.bare import echo, line
from tests.bench.report import Figure, duration
from tests.bench.turns import taking_turns
from tests.e2e import said
from tests.fakes.agi import FakeAmi
from tests.fakes.speech import FakeSpeech
from tests.fakes.store import FakeCallBook

TURNS: Final = 200
ROUNDS: Final = 9


class Desk(TakesCalls):
    """Offers the same menu again and again."""

    def __init__(self) -> None:
        self._catalogue = load_catalogue()

    async def take(self, phone: Phone) -> CallEnd:
        book, clock = FakeCallBook(), SystemClock()
        talk = Conversation(phone, self._catalogue, book, clock, Timing())
        for _ in range(TURNS):
            await talk.choose(*said.MAIN_MENU, among="1")
        return CallEnd.GOODBYE


async def bench() -> list[Figure]:
    measured, limits = _Rounds(_ours), _Rounds(_bare)
    await taking_turns(measured.one, limits.one, rounds=ROUNDS)
    took = quantiles(chain.from_iterable(measured.seconds), n=100)
    return [
        duration("key to prompt in the daemon, median", measured.medians, limits.medians, " µs"),
        Figure("key to prompt in the daemon, p99", 1e6 * took[-1], " µs"),
        duration("processor for a turn", measured.processor, limits.processor, " µs"),
    ]


class _Rounds:
    """What each round of one of the two came to, in microseconds a turn."""

    def __init__(self, call: Callable[[], Awaitable[Sequence[float]]]) -> None:
        self._call = call
        self.seconds: list[Sequence[float]] = []
        self.medians: list[float] = []
        self.processor: list[float] = []

    async def one(self) -> float:
        began = time.process_time()
        self.seconds.append(await self._call())
        self.processor.append(1e6 * (time.process_time() - began) / TURNS)
        self.medians.append(1e6 * median(self.seconds[-1]))
        return self.medians[-1]


async def _ours() -> Sequence[float]:
    script = HotlineScript(
        Desk(), FakeSpeech(), Recordings(FakeAmi()), NoMeter(), SystemClock(), {}
    )
    server = FastAgiServer("127.0.0.1", 0, script.lead)
    await server.start()
    try:
        return await line.call(server.port)
    finally:
        await server.stop(drain_s=1.0)


async def _bare() -> Sequence[float]:
    server, port = await echo.serve(encode_command("STREAM FILE", "spoken/1", "1"), TURNS)
    async with server:
        return await line.call(port)
