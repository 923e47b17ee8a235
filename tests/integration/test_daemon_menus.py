"""A daemon with calls in progress, while somebody activates another menu."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from sqlalchemy import select

from callcenter.app.daemon import Daemon
from callcenter.app.menu_office import open_menus
from callcenter.app.preparing import prepare_database
from callcenter.app.prompts import open_recordings, prompt_sounds
from callcenter.domain.audit import Action
from callcenter.domain.calls import Language
from callcenter.settings import Settings
from callcenter.storage.database import Database
from callcenter.storage.tables import audit_trail, calls
from callcenter.telephony.speech.engine import Pcm
from callcenter.telephony.text_phone import ScriptedKeyboard, TextPhone

CALLS: Final = 200
MENU: Final = """
lines: [{greeting: {zh: 新年好。, en: Happy new year.}, menu: main}]
menus:
  main: [{key: 1, name: quotes, words: menu-quotes, dialogue: quotes}]
"""


class Held(ScriptedKeyboard):
    """A caller who hears the menu, waits until `go`, presses a key, and hangs up after it."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.heard: list[str] = []
        self.waits = asyncio.Event()
        self.go = asyncio.Event()

    async def waiting(self, within_s: float) -> str | None:
        self.waits.set()
        await self.go.wait()
        return await super().waiting(within_s)


@pytest.fixture
async def settings(dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("CALLCENTER_STATE_DIR", str(tmp_path))
    address, secret = tmp_path / "address", tmp_path / "secret"
    address.write_text(dsn)
    secret.write_text("secret")
    settings = Settings(
        database_url_file=address,
        ami_secret_file=secret,
        agi_port=free_port(),
        http_port=free_port(),
        ami_port=free_port(),
        espeak_command=("false",),
    )
    await prepare_database(settings)
    return settings


@pytest.fixture
async def daemon(settings: Settings) -> AsyncIterator[Daemon]:
    daemon = Daemon(settings)
    async with AsyncExitStack() as parts:
        await daemon._start(parts)
        yield daemon
        await daemon._agi.stop(0)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


async def ring(settings: Settings, caller: Held, call_id: str) -> None:
    phone = TextPhone(caller.heard.append, caller)
    await phone.run(
        settings.host, settings.agi_port, call_id=call_id, caller="13800138000", did="6001"
    )


def seen(daemon: Daemon) -> asyncio.Event:
    """Return what is set once the daemon has found another menu; no voice is needed for it."""
    prepared = asyncio.Event()

    async def prepare(_: object) -> None:
        prepared.set()

    daemon._menus._prepare = prepare
    return prepared


async def test_200_calls_keep_their_menu_and_the_next_one_gets_the_new_one(
    settings: Settings, daemon: Daemon, database: Database
) -> None:
    prepared = seen(daemon)
    looking = asyncio.create_task(daemon._menus.run())
    before = [Held("3") for _ in range(CALLS)]
    after = Held("1")
    async with asyncio.timeout(60), asyncio.TaskGroup() as ringing:
        for at, caller in enumerate(before):
            ringing.create_task(ring(settings, caller, f"text-{at}"))
        await asyncio.gather(*(caller.waits.wait() for caller in before))

        async with open_menus(settings) as office:
            activation = await office.activating.activate(MENU, by="Wang", why="new year")
        await prepared.wait()
        ringing.create_task(ring(settings, after, "text-after"))
        for caller in [*before, after]:
            caller.go.set()
    looking.cancel()

    assert {" ".join(caller.heard) for caller in before} == {" ".join(before[0].heard)}
    assert "委托交易请按一" in " ".join(before[0].heard)
    assert "请输入证券代码" in " ".join(before[0].heard)  # key 3 of the old menu
    assert "新年好。" in " ".join(after.heard)
    assert "请输入证券代码" in " ".join(after.heard)  # key 1 of the new one
    async with database.at_once() as connection:
        place = await connection.scalar(select(calls.c.place).where(calls.c.id == "text-after"))
        [entry] = (
            await connection.execute(
                select(audit_trail).where(audit_trail.c.action == Action.MENU_ACTIVATED)
            )
        ).all()
    assert place is not None
    assert place["menu"] == activation.version
    assert (entry.details["by"], entry.details["why"]) == ("Wang", "new year")


async def test_words_of_the_menu_in_force_are_recorded_like_those_that_ship(
    settings: Settings,
) -> None:
    async with open_menus(settings) as office:
        await office.activating.activate(MENU, by="Wang", why="new year")

    async with open_recordings(settings) as recordings:
        tone = Pcm(samples=np.full(8_000, 9_000, np.int16), rate_hz=8_000)
        await recordings.put("own-greeting-all-1", Language.ZH, tone, "Wang")
    sounds = await prompt_sounds(settings)

    found = [(one.words, one.source) for one in sounds if one.name == "own-greeting-all-1"]
    assert found == [("新年好。", "own"), ("Happy new year.", "engine")]


async def test_without_the_database_what_ships_can_be_listed(tmp_path: Path) -> None:
    sounds = await prompt_sounds(Settings(state_dir=tmp_path))

    assert "greeting" in {one.name for one in sounds}
