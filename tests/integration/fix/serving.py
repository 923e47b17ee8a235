"""The daemon as a process of its own, with a FIX counter, and no PBX."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import aiohttp

from callcenter.app.preparing import prepare_database
from callcenter.settings import Settings
from tests.fix.counterparty import free_port

READY_S: Final = 60.0
LOOK_EVERY_S: Final = 0.05
ANSWER_WITHIN_S: Final = 1
PROMISE_S: Final = 3


class Serving:
    """`callcenter serve`, which may be killed and started again."""

    def __init__(self, folder: Path, dsn: str, fix_port: int) -> None:
        address, secret = folder / "address", folder / "secret"
        address.write_text(dsn)
        secret.write_text("secret")
        self.agi_port = free_port()
        self._http_port = free_port()
        self._log = folder / "daemon.log"
        self._settings = {
            "state_dir": folder,
            "database_url_file": address,
            "ami_secret_file": secret,
            "ami_port": free_port(),
            "agi_port": self.agi_port,
            "http_port": self._http_port,
            "espeak_command": '["false"]',
            "hours": "always-open",
            "counter_answer_within_s": ANSWER_WITHIN_S,
            "order_promise_s": PROMISE_S,
            "gateway": "fix",
            "fix_host": "127.0.0.1",
            "fix_port": fix_port,
            "fix_sender": "HOTLINE",
            "fix_target": "BROKER",
            "fix_retry_at_most_s": 1,
        }
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Return once it takes orders."""
        variables = {f"CALLCENTER_{name.upper()}": str(v) for name, v in self._settings.items()}
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "callcenter", "serve"),
                env={**os.environ, **variables},
                stdout=log,
                stderr=log,
            )
        await self.until_ready()

    async def until_ready(self) -> None:
        """Wait until the counter answers and orders are taken."""
        wanted = {"counter": "ready", "orders": "ready"}
        said: dict[str, str] = {}
        try:
            async with asyncio.timeout(READY_S):
                while wanted.items() - said.items():
                    await asyncio.sleep(LOOK_EVERY_S)
                    said = await self._readiness()
        except TimeoutError:
            raise AssertionError(f"not ready: {said}\n{self._log.read_text()[-2000:]}") from None

    async def kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGKILL)
            await self._process.wait()

    async def _readiness(self) -> dict[str, str]:
        address = f"http://127.0.0.1:{self._http_port}/readyz"
        with suppress(aiohttp.ClientError):
            async with aiohttp.ClientSession() as web, web.get(address) as answer:
                said: dict[str, str] = json.loads(await answer.read())
                return said
        return {}


@asynccontextmanager
async def serving(folder: Path, dsn: str, fix_port: int) -> AsyncIterator[Serving]:
    served = Serving(folder, dsn, fix_port)
    await prepare_database(Settings(database_url_file=folder / "address", state_dir=folder))
    await served.start()
    try:
        yield served
    finally:
        await served.kill()
