"""Each key counts once, however late and in whatever lumps Asterisk reads it."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from random import Random
from typing import Final

import pytest

from callcenter.telephony.agi_session import AgiSession
from callcenter.telephony.channel import ALL_KEYS, TAKE_KEYS
from callcenter.telephony.sipcaller import ScriptedCall, SipCaller
from callcenter.telephony.sipcaller.rtp import KeyEvent, parse_key_event
from tests.e2e.pbx import Alone, asterisk, led_by
from tests.unit.telephony.sipcaller.far_end import SOON_S, Ear, FarEnd

CALLS: Final = 40
KEYS: Final = 30
FEW: Final = 6
KEY_MS: Final = 60
GAP_MS: Final = 20
EVENTS: Final = 101  # the payload type of keys
LUMP: Final = 10  # beats of 20 ms
LASTS_S: Final = 30.0
HOTLINE: Final = "4008"
WITHOUT: Final = "4009"
TO_AN_AGENT: Final = "4010"
CUSTOM: Final = {
    "numbers.conf": f"""
[custom-numbers]
exten => {WITHOUT},1,Answer(0)
 same => n,StoreDTMF(RX,KEYS)
 same => n,Gosub(script,s,1(hotline))
 same => n,Hangup()
exten => {TO_AN_AGENT},1,Answer(0)
 same => n,ExecIf(${{IFMODULE(keys.so)}}?TryExec(KeysOnce()))
 same => n(again),Queue(agents)
 same => n,Wait(0.1)
 same => n,Goto(again)
"""
}

pytestmark = pytest.mark.skipif(
    not any(map(shutil.which, ("cc", "gcc", "clang"))), reason="needs a C compiler"
)


class Lumps:
    """A machine so busy that it reads at once what came in so many beats."""

    def __init__(self, beats: int) -> None:
        self._beats = beats
        self._beat = 0
        self._held: list[bytes] = []

    def __call__(self, packets: Sequence[bytes], /) -> Sequence[bytes]:
        self._held += packets
        self._beat += 1
        if self._beat % self._beats:
            return ()
        arrived, self._held = self._held, []
        return arrived


class Idle:
    """A script that leaves Asterisk to itself until all have keyed, and takes the keys then."""

    def __init__(self) -> None:
        self.have_keyed = asyncio.Event()
        self.taken: list[str] = []

    async def lead(self, session: AgiSession) -> None:
        await self.have_keyed.wait()
        while (await session.command("WAIT FOR DIGIT", 1000)).result != "0":
            pass  # the last ones are still on their way
        self.taken.append((await session.command("GET FULL VARIABLE", TAKE_KEYS)).text)
        await session.command("SET VARIABLE", "AGI_DONE", "1")


@pytest.fixture(scope="module")
def pbx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Alone]:
    with asterisk(CUSTOM, tmp_path_factory.mktemp("custom")) as alone:
        yield alone


def words(each: int = KEYS) -> Sequence[str]:
    """What each caller keys; no two the same."""
    return ["".join(Random(n).choices(ALL_KEYS, k=each)) for n in range(CALLS)]  # noqa: S311


async def taken(pbx: Alone, number: str, beats: int, keyed: Sequence[str]) -> Sequence[str]:
    """Have many callers key at once; return what was taken from each, sorted."""
    script = Idle()
    async with led_by(script.lead, pbx), SipCaller() as phone:
        up = await dialled(phone, pbx, number, beats)
        await key(up, keyed)
        script.have_keyed.set()
        await ended(up)
    return sorted(script.taken)


async def dialled(phone: SipCaller, pbx: Alone, number: str, beats: int) -> Sequence[ScriptedCall]:
    to = pbx.installation.sip(number)
    return await asyncio.gather(
        *(phone.dial(to, caller="13800138000", way=Lumps(beats)) for _ in range(CALLS))
    )


async def key(up: Sequence[ScriptedCall], keyed: Sequence[str]) -> None:
    await asyncio.gather(
        *(
            call.press(keys, key_ms=KEY_MS, gap_ms=GAP_MS)
            for call, keys in zip(up, keyed, strict=True)
        )
    )


async def ended(up: Sequence[ScriptedCall]) -> None:
    await asyncio.gather(*(call.ended(LASTS_S) for call in up))


@pytest.mark.parametrize("beats", [1, LUMP], ids=["as-they-come", "in-lumps"])
async def test_every_key_counts_once_and_in_its_order(pbx: Alone, beats: int) -> None:
    assert await taken(pbx, HOTLINE, beats, words()) == sorted(words())


async def test_without_the_module_keys_count_twice(pbx: Alone) -> None:
    found = await taken(pbx, WITHOUT, LUMP, words(FEW))

    assert sum(map(len, found)) > CALLS * FEW


async def test_keys_that_no_daemon_is_there_for_count_once(pbx: Alone) -> None:
    later = Idle()
    later.have_keyed.set()
    async with SipCaller() as phone:
        async with led_by(Idle().lead, pbx):
            up = await dialled(phone, pbx, HOTLINE, LUMP)
        await key(up, words())
        async with led_by(later.lead, pbx):
            await ended(up)

    assert sorted(later.taken) == sorted(words())


@asynccontextmanager
async def telephone_of_the_agent(pbx: Alone) -> AsyncIterator[FarEnd]:
    loop = asyncio.get_running_loop()
    media, ear = await loop.create_datagram_endpoint(Ear, local_addr=("127.0.0.1", 0))
    at = ("127.0.0.1", pbx.agent_port)
    sip, agent = await loop.create_datagram_endpoint(lambda: FarEnd(ear), local_addr=at)
    await asyncio.to_thread(pbx.asterisk.ask, "pjsip qualify agent1")
    await asyncio.to_thread(pbx.asterisk.ask, "queue add member PJSIP/agent1 to agents")
    yield agent
    for transport in (media, sip):
        transport.close()


async def next_key(ear: Ear) -> Sequence[KeyEvent]:
    """Return all that the telephone is told of the next key, until it knows of its end."""
    told: list[KeyEvent] = []
    async with asyncio.timeout(SOON_S):
        while not (told and told[-1].ended):
            packet = await ear.next()
            if packet.payload_type == EVENTS and (report := parse_key_event(packet.payload)):
                told.append(report)
    return told


async def test_the_telephone_of_an_agent_gets_whole_keys(pbx: Alone) -> None:
    async with telephone_of_the_agent(pbx) as agent, SipCaller() as phone:
        call = await phone.dial(pbx.installation.sip(TO_AN_AGENT), caller="13800138000")
        await agent.ear.next()  # so the two are connected
        await call.press("4", key_ms=100)
        told = await next_key(agent.ear)

    assert (told[0].key, told[0].ended) == ("4", False)
