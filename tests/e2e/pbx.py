"""Asterisk alone, as the product runs it, with a script of the test's in the daemon's place."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from callcenter.places import Places
from callcenter.settings import Settings
from callcenter.stack.pbx import Pbx
from callcenter.telephony.fastagi import FastAgiServer, Handler
from tests.e2e.installation import Installation


class Alone(NamedTuple):
    """An Asterisk, and the installation that it would be a part of."""

    asterisk: Pbx
    installation: Installation

    @property
    def agent_port(self) -> int:
        """Where the telephone of the only agent is, who is called agent1."""
        return self.installation.http_port


@contextmanager
def asterisk(custom: Mapping[str, str], folder: Path) -> Iterator[Alone]:
    """Run one with these files in `custom.d`, without a daemon and without a database."""
    for name, text in custom.items():
        (folder / name).write_text(text)
    with Installation.private() as installation, pytest.MonkeyPatch.context() as patch:
        for name, value in installation.environment.items():
            patch.setenv(name, value)
        patch.setenv("CALLCENTER_PBX_CUSTOM_DIR", str(folder))
        places = Places(installation.home)
        places.make()
        alone = Alone(Pbx(Settings(), places), installation)
        places.agent_phones_file.write_text(f"agent1 sip:agent1@127.0.0.1:{alone.agent_port}\n")
        alone.asterisk.install()
        alone.asterisk.start()
        alone.asterisk.wait_ready()
        yield alone


@asynccontextmanager
async def led_by(handler: Handler, alone: Alone) -> AsyncIterator[None]:
    """Lead the calls by `handler`; those that are up go on without when the block ends."""
    server = FastAgiServer("127.0.0.1", alone.installation.agi_port, handler)
    await server.start()
    try:
        yield
    finally:
        await server.stop(drain_s=0)
