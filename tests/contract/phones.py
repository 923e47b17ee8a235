"""The telephones that keep the promises of `Phone`, each with a caller who follows a script."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Final

from callcenter.domain.calls import CallEnd
from callcenter.ivr.phone import Phone
from callcenter.telephony.fastagi import FastAgiServer
from callcenter.telephony.hotline import HotlineScript, TakesCalls
from callcenter.telephony.meter import NoMeter
from callcenter.telephony.recording import Recordings
from callcenter.telephony.text_phone import ScriptedKeyboard, TextPhone
from tests.fakes.agi import FakeAmi, FakeChannel
from tests.fakes.clock import FakeClock
from tests.fakes.phone import FakePhone
from tests.fakes.speech import FakeSpeech

PATIENCE_S: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """
    A telephone, with what its caller has `heard` of it so far, that is, what began to be said,
    and the keys that a recording would betray.
    """

    phone: Phone
    heard: Callable[[], Sequence[str]]
    recorded: Callable[[], str] = lambda: ""


Dial = Callable[..., AbstractAsyncContextManager[Line]]


class Desk(TakesCalls):
    """A reception that leaves the phone to the test."""

    def __init__(self) -> None:
        self.phone: asyncio.Future[Phone] = asyncio.get_running_loop().create_future()
        self.over = asyncio.Event()

    async def take(self, phone: Phone) -> CallEnd:
        self.phone.set_result(phone)
        await self.over.wait()
        return CallEnd.HUNG_UP


@asynccontextmanager
async def fake(*script: str) -> AsyncIterator[Line]:
    phone = FakePhone(*script, hangs_up_at=None if script else 1)
    yield Line(
        phone=phone,
        heard=lambda: [said.words for said in phone.heard if not said.skipped],
        recorded=lambda: "".join(press.key for press in phone.taken if press.recorded),
    )


@asynccontextmanager
async def asterisk(*script: str) -> AsyncIterator[Line]:
    """A real FastAGI session; an Asterisk at its other end."""
    channel, speech = FakeChannel(*script), FakeSpeech()
    channel.subroutines["agent"] = {"QUEUESTATUS": "JOINEMPTY"}
    async with serving(speech, FakeAmi(channel)) as (server, desk):
        call = asyncio.create_task(channel.call(server.port, "pbx-1.1", "/r.wav", "4008", "1"))
        phone = await _picked_up(desk)
        yield Line(
            phone=phone,
            heard=lambda: [speech.words(sound) for sound in channel.heard],
            recorded=lambda: channel.recorded,
        )
        desk.over.set()
        await call


@asynccontextmanager
async def terminal(*script: str) -> AsyncIterator[Line]:
    """A real FastAGI session; the telephone in a terminal at its other end."""
    keyboard = Listener(" ".join(keys or "_" for keys in script))
    async with serving(FakeSpeech(), FakeAmi(FakeChannel())) as (server, desk):
        ring = TextPhone(lambda _: None, keyboard).run(
            "127.0.0.1", server.port, call_id="text-1", caller="", did="4008"
        )
        call = asyncio.create_task(ring)
        phone = await _picked_up(desk)
        yield Line(phone=phone, heard=lambda: keyboard.heard)
        desk.over.set()
        await call


class Listener(ScriptedKeyboard):
    """Remembers what it heard of the words that were shown."""

    def __init__(self, keys: str) -> None:
        super().__init__(keys)
        self.heard: list[str] = []

    async def listening(self, words: str) -> str:
        self.heard.append(words)
        return await super().listening(words)


@asynccontextmanager
async def serving(speech: FakeSpeech, ami: FakeAmi) -> AsyncIterator[tuple[FastAgiServer, Desk]]:
    desk = Desk()
    script = HotlineScript(desk, speech, Recordings(ami), NoMeter(), FakeClock(), {})
    server = FastAgiServer("127.0.0.1", 0, script.lead)
    await server.start()
    try:
        yield server, desk
    finally:
        desk.over.set()
        await server.stop(drain_s=PATIENCE_S)


async def _picked_up(desk: Desk) -> Phone:
    async with asyncio.timeout(PATIENCE_S):
        return await desk.phone
