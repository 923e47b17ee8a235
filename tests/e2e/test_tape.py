"""What the module tape.so keeps of a call, on an Asterisk of its own."""

import asyncio
import shutil
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import pytest

from callcenter.telephony.sipcaller.g711 import Codec, Samples
from tests.e2e.installation import wait_until
from tests.e2e.pbx import Alone, asterisk
from tests.e2e.stage import noise, scene
from tests.hear import RATE_HZ, load

NEAR_S: Final = 0.25  # within which sound keeps its place, as long as the machine is no later
ODD: Final = "4020"
NOWHERE: Final = "/proc/nowhere/call.wav"
CUSTOM: Final = {
    "numbers.conf": f"""
[custom-numbers]
exten => {ODD},1,Answer(0)
 same => n,Gosub(script,s,1(hotline))
 same => n,Hangup()
"""
}
ALL_OF_IT: Final = 0.9

FIRST, SECOND, THIRD = (noise(seed, 0.5) for seed in (1, 2, 3))
PLAYED: Final = noise(9, 2.0)

pytestmark = pytest.mark.skipif(
    not any(map(shutil.which, ("cc", "gcc", "clang"))), reason="needs a C compiler"
)


@pytest.fixture(scope="module")
def pbx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Alone]:
    with asterisk(CUSTOM, tmp_path_factory.mktemp("custom")) as alone:
        yield alone


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the hotline plays."""
    file = tmp_path_factory.mktemp("sounds") / "played.wav"
    with wave.open(str(file), "wb") as out:
        out.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        out.writeframes(PLAYED.astype("<i2").tobytes())
    return file


def seconds(file: Path) -> float:
    """Return how long it says that it is, which it is at any time."""
    with wave.open(str(file), "rb") as kept:
        assert kept.getparams()[:3] == (1, 2, RATE_HZ)
        assert file.stat().st_size >= 44 + 2 * kept.getnframes()
        return kept.getnframes() / RATE_HZ


def place(file: Path, said: Samples) -> tuple[float, float] | None:
    """Return from when until when something was said, whatever else is heard then."""
    if seconds(file) * RATE_HZ < said.size:
        return None
    wanted, share = said / 32768, np.correlate(load(file), said / 32768)
    at = int(np.argmax(share))
    is_there = share[at] > ALL_OF_IT * np.sum(np.square(wanted))
    return (at / RATE_HZ, (at + said.size) / RATE_HZ) if is_there else None


async def kept(file: Path, said: Samples) -> tuple[float, float]:
    """Return from when until when something was said, once it is written."""
    await asyncio.to_thread(wait_until, lambda: place(file, said), "the end of a recording")
    found = place(file, said)
    assert found is not None
    return found


@pytest.mark.parametrize("codec", Codec)
async def test_both_sides_are_kept_at_the_moment_they_are_heard(
    pbx: Alone, sound: Path, codec: Codec
) -> None:
    async with scene(pbx, codec=codec) as here:
        playing = asyncio.create_task(here.play(sound))
        await here.call.stay(0.5)
        await here.says(FIRST)
        await playing
        await here.says(SECOND)

    second = await kept(here.file, SECOND)
    first, played = place(here.file, FIRST), place(here.file, PLAYED)

    assert first is not None
    assert played is not None
    assert played[0] < first[0]
    assert first[1] < played[1] < second[0] + NEAR_S


async def test_a_pause_lasts_as_long_as_it_did(pbx: Alone) -> None:
    async with scene(pbx) as here:
        await here.says(FIRST)
        await here.call.stay(3.0)
        await here.says(SECOND)

    second, first = await kept(here.file, SECOND), await kept(here.file, FIRST)

    assert second[0] - first[1] == pytest.approx(3.3, abs=NEAR_S)


async def test_what_is_said_in_silence_is_left_out_and_what_is_heard_is_not(
    pbx: Alone, sound: Path
) -> None:
    async with scene(pbx) as here:
        await here.run("TapeSilence", "on")
        playing = asyncio.create_task(here.play(sound))
        await here.says(FIRST)
        await playing
        await here.run("TapeSilence", "off")
        await here.says(SECOND)

    second, played = await kept(here.file, SECOND), await kept(here.file, PLAYED)

    assert place(here.file, FIRST) is None
    assert played[1] < second[0] + NEAR_S


async def test_what_is_said_between_two_recordings_is_in_neither(pbx: Alone) -> None:
    async with scene(pbx) as here:
        await here.says(FIRST)
        await here.run("TapeEnd")
        await here.says(SECOND)
        await here.run("Tape", str(here.file))
        await here.says(THIRD)

    third, first = await kept(here.file, THIRD), await kept(here.file, FIRST)

    assert place(here.file, SECOND) is None
    assert first[1] < third[0]


async def test_to_begin_twice_or_end_what_is_not_recorded_changes_nothing(pbx: Alone) -> None:
    async with scene(pbx) as here:
        await here.run("Tape", str(here.file.with_name("other.wav")))
        await here.says(FIRST)
    async with scene(pbx, to=ODD) as other:
        await other.run("TapeSilence", "on")
        await other.run("TapeEnd")

    await kept(here.file, FIRST)

    assert not here.file.with_name("other.wav").exists()


async def test_a_call_goes_on_though_it_cannot_be_recorded(pbx: Alone, sound: Path) -> None:
    async with scene(pbx, to=ODD) as here:
        await here.run("Tape", NOWHERE)
        await here.says(FIRST)
        await here.play(sound)
        await here.run("TapeEnd")

    log = pbx.installation.places.pbx / "log" / "messages.log"
    wait_until(lambda: f"{NOWHERE} is not recorded" in log.read_text(), "a line in the log")


async def test_a_recording_is_whole_though_asterisk_is_killed(tmp_path: Path) -> None:
    with asterisk({}, tmp_path) as pbx:
        async with scene(pbx) as here:
            await here.says(FIRST)
            await kept(here.file, FIRST)
            pbx.installation.kill("asterisk")
        assert place(here.file, FIRST)
