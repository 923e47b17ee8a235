"""A call on an Asterisk of its own, and the test in its script's place."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Unpack

import numpy as np

from callcenter.telephony.agi_session import AgiSession
from callcenter.telephony.sipcaller import ScriptedCall, SipCaller
from callcenter.telephony.sipcaller.g711 import Samples
from callcenter.telephony.sipcaller.station import Wishes
from tests.e2e.pbx import Alone, led_by
from tests.hear import RATE_HZ

SOON_S: Final = 10.0
HOTLINE: Final = "4008"


def noise(seed: int, of_s: float) -> Samples:
    return np.random.default_rng(seed).normal(0, 3000, int(of_s * RATE_HZ)).astype(np.int16)


@dataclass
class Stage:
    """A script that hands its call to the test, and lets it go when the test is through."""

    came: "asyncio.Queue[AgiSession]" = field(default_factory=asyncio.Queue)
    is_over: asyncio.Event = field(default_factory=asyncio.Event)

    async def lead(self, session: AgiSession) -> None:
        await self.came.put(session)
        await self.is_over.wait()


@dataclass(frozen=True, slots=True)
class Scene:
    """A call, its line to the script, and where it is recorded."""

    call: ScriptedCall
    session: AgiSession
    file: Path

    async def run(self, application: str, argument: str = "") -> None:
        reply = await self.session.command("EXEC", application, argument)
        assert reply.result == "0"

    async def play(self, sound: Path) -> None:
        await self.session.command("STREAM FILE", str(sound.with_suffix("")), "", deadline_s=SOON_S)

    async def says(self, samples: Samples) -> None:
        """Say it, and wait until Asterisk has heard it."""
        await self.call.say(samples)
        await self.call.stay(0.3)


@asynccontextmanager
async def scene(pbx: Alone, to: str = HOTLINE, **wishes: Unpack[Wishes]) -> AsyncIterator[Scene]:
    """Have a call, recorded from its answer on; the caller hangs up at the end."""
    stage = Stage()
    async with led_by(stage.lead, pbx), SipCaller() as phone:
        call = await phone.dial(pbx.installation.sip(to), caller="13800138000", **wishes)
        async with call:
            session = await asyncio.wait_for(stage.came.get(), SOON_S)
            kept = (await session.command("GET VARIABLE", "RECORDING")).text
            yield Scene(call, session, Path(kept))
        stage.is_over.set()
