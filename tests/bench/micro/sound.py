"""
Bench `sound`: what it costs the processor to have a sentence ready as one file.

With a figure that was never said it is joined from pieces: the bare limit is a raw file stream that
reads and writes as many bytes. Said before, it is in the cache: the bare limit is a look at whether
its file is there, which a cache that trusts itself for an hour need not take.
"""

import asyncio
import os
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from callcenter.app import load_catalogue
from callcenter.app.speech import voice_pack
from callcenter.domain.calls import Language
from callcenter.ivr.phone import Utterance
from callcenter.ivr.spoken.pieces import pieces
from callcenter.settings import Settings
from callcenter.telephony.speech.sounds import SoundShelf
from callcenter.telephony.speech.stock import FromPack, Stock
from tests.bench.report import Figure, duration
from tests.bench.turns import Measure, taking_turns
from tests.e2e import said
from tests.fakes.speech import FakeEngine

JOINED: Final = 20
LOOKS: Final = 2_000
ROUNDS: Final = 11
_ENDING: Final = ".alaw"


async def bench() -> list[Figure]:
    async with _shelf() as (shelf, folder):
        read_backs = [_read_back(100 + n) for n in range(JOINED * (ROUNDS + 1))]
        file = Path(await shelf.sound(_read_back(99)) + _ENDING)
        streamed = _streamed(folder, await asyncio.to_thread(file.read_bytes))
        return [await _anew(shelf, read_backs, streamed), await _again(shelf, file)]


def _streamed(folder: Path, sound: bytes) -> Measure:
    """Return what reads and writes as many bytes as a sound has."""
    source, target = folder / "source", folder / "target"
    source.write_bytes(sound)

    async def bare() -> float:
        began = time.process_time()
        for _ in range(JOINED):
            read = await asyncio.to_thread(source.read_bytes)
            await asyncio.to_thread(target.write_bytes, read)
        return _each_us(began, JOINED)

    return bare


async def _anew(shelf: SoundShelf, read_backs: list[Utterance], streamed: Measure) -> Figure:
    left = iter(read_backs)

    async def ours() -> float:
        began = time.process_time()
        for _ in range(JOINED):
            await shelf.sound(next(left))
        return _each_us(began, JOINED)

    measured = await taking_turns(ours, streamed, rounds=ROUNDS)
    return duration("a read-back joined anew", *measured, " µs")


async def _again(shelf: SoundShelf, file: Path) -> Figure:
    utterance = _read_back(99)

    async def ours() -> float:
        began = time.process_time()
        for _ in range(LOOKS):
            await shelf.sound(utterance)
        return _each_us(began, LOOKS)

    async def bare() -> float:
        began = time.process_time()
        for _ in range(LOOKS):
            os.stat(file)
        return _each_us(began, LOOKS)

    measured = await taking_turns(ours, bare, rounds=ROUNDS)
    return duration("a sentence said before", *measured, " µs")


@asynccontextmanager
async def _shelf() -> AsyncIterator[tuple[SoundShelf, Path]]:
    stock = Stock(FromPack(voice_pack(Settings())), pieces=pieces)
    with tempfile.TemporaryDirectory(prefix="callcenter-bench-") as name:
        yield SoundShelf(Path(name), FakeEngine(), stock), Path(name)


def _read_back(quantity: int) -> Utterance:
    return _CATALOGUE.utterance(said.read_back(quantity=quantity), Language.ZH)


def _each_us(began: float, times: int) -> float:
    return 1e6 * (time.process_time() - began) / times


_CATALOGUE: Final = load_catalogue()
