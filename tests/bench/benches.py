"""All benches by their names, and what each needs to run."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from tests.bench import day, fix, junk, keys, menus, orders, peers, speech, wire
from tests.bench.installed import installed
from tests.bench.micro import codec, login, order, prompt, seal, sound, spoken, start
from tests.bench.report import Figure
from tests.bench.server import Server, running
from tests.e2e.installation import Installation

Figures = Coroutine[Any, Any, list[Figure]]

ALONE: Final[Mapping[str, Callable[[], Figures]]] = {
    "codec": codec.bench,
    "prompt": prompt.bench,
    "spoken": spoken.bench,
    "sound": sound.bench,
    "start": start.bench,
    "orders": orders.bench,
    "day": day.bench,
    "fix": fix.bench,
    "speech": speech.bench,
}
ON_A_SERVER: Final[Mapping[str, Callable[[Server], Figures]]] = {
    "login": login.bench,
    "order": order.bench,
    "seal": seal.bench,
}
WITH_TELEPHONES: Final[Mapping[str, Callable[[Installation, Path], Figures]]] = {
    "wire": wire.bench,
    "peers": peers.bench,
    "junk": junk.bench,
    "keys": keys.bench,
    "menus": menus.bench,
}
MICRO: Final = ("codec", "prompt", "spoken", "sound", "start", *ON_A_SERVER)
NAMES: Final = (*ALONE, *ON_A_SERVER, *WITH_TELEPHONES)


def measured(names: Sequence[str]) -> Iterator[tuple[str, list[Figure]]]:
    """Run benches, in the order in which they need the least; yield the figures of each."""
    for name in _of(names, ALONE):
        yield name, asyncio.run(ALONE[name]())
    if on_a_server := _of(names, ON_A_SERVER):
        yield from asyncio.run(_on_a_server(on_a_server))
    if with_telephones := _of(names, WITH_TELEPHONES):
        with installed() as (installation, custom):
            for name in with_telephones:
                yield name, asyncio.run(WITH_TELEPHONES[name](installation, custom))


def _of(names: Sequence[str], benches: Mapping[str, object]) -> list[str]:
    return [name for name in names if name in benches]


async def _on_a_server(names: Sequence[str]) -> list[tuple[str, list[Figure]]]:
    async with running() as server:
        return [(name, await ON_A_SERVER[name](server)) for name in names]
