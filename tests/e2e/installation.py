"""A whole callcenter on this machine, with directories and ports of its own, and its doings."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import psutil

from callcenter.app import embedded_postgres
from callcenter.places import Places
from callcenter.settings import Settings

UP_S: Final = 600.0  # the first time Asterisk is downloaded
COMMAND_S: Final = 60.0
RTP_PORTS: Final = 1400
_ROW: Final = RTP_PORTS + 10
# Neither the defaults' ports nor those that the system gives to anybody.
_ROWS: Final = (*range(8_600, 20_000 - _ROW, _ROW), *range(25_000, 32_768 - _ROW, _ROW))


class Installation:
    """Started, asked and stopped by the commands that a user has."""

    def __init__(self, home: Path, **settings: object) -> None:
        self.home = home
        self.environment = {
            "CALLCENTER_STATE_DIR": str(home),
            "CALLCENTER_SYSTEM_NAME": f"test{os.getpid()}",
            **_ports(),
            **{f"CALLCENTER_{name.upper()}": str(value) for name, value in settings.items()},
        }

    @property
    def sip_port(self) -> int:
        return int(self.environment["CALLCENTER_SIP_PORT"])

    @property
    def agi_port(self) -> int:
        return int(self.environment["CALLCENTER_AGI_PORT"])

    @property
    def http_address(self) -> str:
        return f"http://127.0.0.1:{self.environment['CALLCENTER_HTTP_PORT']}"

    @property
    def places(self) -> Places:
        return Places(self.home)

    @property
    def dsn(self) -> str:
        return embedded_postgres(Settings(state_dir=self.home)).libpq_dsn

    def sip(self, number: str = "4008") -> str:
        return f"sip:{number}@127.0.0.1:{self.sip_port}"

    def run(self, *arguments: str, within_s: float = COMMAND_S) -> subprocess.CompletedProcess[str]:
        """Run `callcenter …` and return what it printed and how it ended."""
        return subprocess.run(
            [sys.executable, "-m", "callcenter", *arguments],
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            timeout=within_s,
            check=False,
        )

    def json(self, *arguments: str) -> Any:
        """Run a command that prints JSON and return what it printed."""
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    async def ask(self, *arguments: str) -> Any:
        """The same while calls go on."""
        return await asyncio.to_thread(self.json, *arguments)

    def up(self) -> None:
        done = self.run("up", within_s=UP_S)
        assert done.returncode == 0, done.stderr

    def down(self) -> None:
        done = self.run("down")
        assert done.returncode == 0, done.stderr

    def pids(self) -> Mapping[str, int]:
        """Return the process of each part that runs."""
        files = {name: self.places.run / f"{name}.pid" for name in ("asterisk", "daemon")}
        return {
            name: int(json.loads(file.read_text())["pid"])
            for name, file in files.items()
            if file.exists()
        }

    def kill_daemon(self) -> None:
        """End the daemon as a crash would."""
        daemon = psutil.Process(self.pids()["daemon"])
        daemon.send_signal(signal.SIGKILL)
        daemon.wait(10)


def _ports() -> dict[str, str]:
    first = _free_range()
    names = ("SIP_PORT", "AGI_PORT", "AMI_PORT", "HTTP_PORT")
    ports = {f"CALLCENTER_{name}": str(first + at) for at, name in enumerate(names)}
    rtp_first = first + 10
    return ports | {
        "CALLCENTER_RTP_FIRST": str(rtp_first),
        "CALLCENTER_RTP_LAST": str(rtp_first + RTP_PORTS - 1),
    }


def _free_range() -> int:
    """Return where a row of ports begins that another run of the tests does not use either."""
    for first in _ROWS:
        guard = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            # Kept open until the process ends: it holds the whole row for us.
            guard.bind(("127.0.0.1", first + 9))
        except OSError:
            guard.close()
            continue
        _guards.append(guard)
        return first
    raise RuntimeError("no row of free ports")


_guards: list[socket.socket] = []
