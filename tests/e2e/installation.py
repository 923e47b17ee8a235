"""A whole callcenter on this machine, with directories and ports of its own, and its doings."""

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Final, Self

import asyncpg
import psutil

from callcenter.app import Reports, embedded_postgres, open_reports
from callcenter.places import ASTERISK_SCRIPTS, Places
from callcenter.settings import Settings
from callcenter.stack.process import Background

UP_S: Final = 600.0  # the first time Asterisk is downloaded
COMMAND_S: Final = 60.0

_USUAL: Final = os.getpriority(os.PRIO_PROCESS, 0)
RTP_PORTS: Final = 1400
_ROW: Final = RTP_PORTS + 10
# Neither the defaults' ports nor those that the system gives to anybody.
_ROWS: Final[Sequence[int]] = (
    *range(8_600, 20_000 - _ROW, _ROW),
    *range(25_000, 32_768 - _ROW, _ROW),
)
_LISTENED_ON: Final = ("SIP_PORT", "AGI_PORT", "AMI_PORT", "HTTP_PORT")
_RTP_FROM: Final = 10
_SPOKE_AHEAD: Final = "daemon.spoke_ahead"  # an event of the daemon's log

# CALLCENTER_ESPEAK_COMMAND for calls that are short.
HASTY_VOICE: Final = json.dumps(
    [str(Path(__file__).with_name("hasty-espeak")), str(ASTERISK_SCRIPTS / "espeak")]
)

# Leads to the hotline, where Asterisk's own MixMonitor records the call.
MIXED: Final = "4030"


class Installation:
    """Started, asked and stopped by the commands that a user has."""

    def __init__(self, home: Path, **settings: object) -> None:
        self.home = home
        self.environment = {
            "CALLCENTER_STATE_DIR": str(home),
            "CALLCENTER_SYSTEM_NAME": f"test{os.getpid()}",
            # What is asserted of an order and its frozen money must not be filled away.
            "CALLCENTER_PAPER_FILLS": "never",
            # No pack there: an engine speaks, which the tests may have in a hurry.
            "CALLCENTER_VOICE_PACK_DIR": str(home),
            **_ports(),
            **_variables(settings),
        }

    @classmethod
    @contextmanager
    def private(cls, **settings: object) -> Iterator[Self]:
        """Make one, not started yet. However the block ends, nothing of it is left."""
        home = Path(tempfile.mkdtemp(prefix="callcenter-e2e-"))
        home.chmod(0o755)  # where we are root, PostgreSQL is somebody else
        installation = cls(home, **settings)
        try:
            yield installation
        finally:
            try:
                installation.down()
            finally:
                installation.remove()

    @property
    def voice_pack(self) -> Path:
        return Path(self.environment["CALLCENTER_VOICE_PACK_DIR"])

    @property
    def sip_port(self) -> int:
        return int(self.environment["CALLCENTER_SIP_PORT"])

    @property
    def agi_port(self) -> int:
        return int(self.environment["CALLCENTER_AGI_PORT"])

    @property
    def ami_port(self) -> int:
        return int(self.environment["CALLCENTER_AMI_PORT"])

    @property
    def http_port(self) -> int:
        return int(self.environment["CALLCENTER_HTTP_PORT"])

    @property
    def places(self) -> Places:
        return Places(self.home)

    @property
    def dsn(self) -> str:
        return embedded_postgres(Settings(state_dir=self.home)).libpq_dsn

    def sip(self, number: str = "4008") -> str:
        return f"sip:{number}@127.0.0.1:{self.sip_port}"

    def run(
        self, *arguments: str, within_s: float = COMMAND_S, **settings: object
    ) -> subprocess.CompletedProcess[str]:
        """Run `callcenter …` and return what it printed and how it ended."""
        return subprocess.run(
            [*_callcenter(), *arguments],
            env={**os.environ, **self.environment, **_variables(settings)},
            stdin=subprocess.DEVNULL,
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

    def up(self) -> None:
        done = self.run("up", within_s=UP_S)
        assert done.returncode == 0, done.stderr

    def down(self) -> None:
        done = self.run("down")
        assert done.returncode == 0, done.stderr

    async def ask(self, *arguments: str) -> Any:
        """Run a command that prints JSON while calls go on."""
        return await asyncio.to_thread(self.json, *arguments)

    async def up_again(self) -> None:
        """Start what does not run while calls go on."""
        await asyncio.to_thread(self.up)

    @property
    def espeak(self) -> Sequence[str]:
        """The command of the voice that it speaks with."""
        command: list[str] = json.loads(self.environment["CALLCENTER_ESPEAK_COMMAND"])
        return command

    def reports(self) -> AbstractAsyncContextManager[Reports]:
        """Read what the commands print, without a new process for each question."""
        return open_reports(Settings(state_dir=self.home))

    def wait_for_sounds(self) -> None:
        """Wait until all that can be is spoken ahead, on which a new daemon works a while."""
        daemon = self.places.logs / "daemon.log"
        wait_until(
            lambda: _SPOKE_AHEAD in daemon.read_text(), "what is spoken ahead", within_s=UP_S
        )

    @asynccontextmanager
    async def database(self) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
        connection = await asyncpg.connect(self.dsn)
        try:
            yield connection
        finally:
            await connection.close()

    def pids(self) -> Mapping[str, int]:
        """Return the process of each part that was started by its pid file."""
        files = {name: self.places.run / f"{name}.pid" for name in ("asterisk", "daemon")}
        return {
            name: int(json.loads(file.read_text())["pid"])
            for name, file in files.items()
            if file.exists()
        }

    def kill(self, part: str) -> None:
        """End "asterisk" or "daemon" as a crash would."""
        pid = self.pids()[part]
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not _lives(pid), f"the end of {part}")

    async def serve_again(self) -> None:
        """Start a new daemon at once, as a supervisor would; return when it answers calls."""
        daemon = Background("daemon", run_dir=self.places.run, log_dir=self.places.logs)
        daemon.start([*_callcenter(), "serve"], self.environment)
        async with asyncio.timeout(COMMAND_S):
            while not _listens(self.agi_port):  # noqa: ASYNC110 - another process: no event tells
                await asyncio.sleep(0.05)

    @contextmanager
    def daemon_with(self, **settings: object) -> Iterator[Self]:
        """Run the daemon with other settings for a while."""
        usual = dict(self.environment)
        self.environment.update(_variables(settings))
        try:
            self._restart_daemon()
            yield self
        finally:
            self.environment.clear()
            self.environment.update(usual)
            self._restart_daemon()

    def ready(self) -> tuple[int, dict[str, str]]:
        """Return what /readyz answers: its status, and the state of each part."""
        return self.get("/readyz")

    def get(self, path: str) -> tuple[int, Any]:
        """Ask the daemon over HTTP; return the status and the JSON of its answer."""
        http = HTTPConnection("127.0.0.1", self.http_port, timeout=5)
        try:
            http.request("GET", path)
            answer = http.getresponse()
            return answer.status, json.load(answer)
        finally:
            http.close()

    def stop_postgres(self) -> None:
        embedded_postgres(Settings(state_dir=self.home)).stop()

    def processes(self) -> list[psutil.Process]:
        """Return every process that belongs to this installation, whoever started it."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if process.pid != os.getpid() and self._owns(process):
                    found.append(process)
        return found

    def remove(self) -> None:
        """End by force what `down` has left, and delete the files."""
        left = self.processes()
        for process in left:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(left, timeout=10)
        shutil.rmtree(self.home, ignore_errors=True)

    def _restart_daemon(self) -> None:
        if _lives(self.pids()["daemon"]):
            self.kill("daemon")
        self.up()

    def _owns(self, process: psutil.Process) -> bool:
        home = str(self.home)
        return (
            process.environ().get("CALLCENTER_STATE_DIR") == home
            or any(home in word for word in process.cmdline())
            or process.cwd().startswith(home)
        )


def _callcenter() -> Sequence[str]:
    """Return the command, which runs as everybody does even if we go first."""
    later = _USUAL - os.getpriority(os.PRIO_PROCESS, 0)
    return ("nice", "-n", str(later), sys.executable, "-m", "callcenter")


def wait_until(so: Callable[[], object], what: str, *, within_s: float = 10.0) -> None:
    """Return once it is so; fail if it never is."""
    deadline = time.monotonic() + within_s
    while not so():
        assert time.monotonic() < deadline, f"not within {within_s:g} s: {what}"
        time.sleep(0.01)


def _lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _listens(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def _variables(settings: Mapping[str, object]) -> dict[str, str]:
    return {f"CALLCENTER_{name.upper()}": str(value) for name, value in settings.items()}


def _ports() -> dict[str, str]:
    first = _free_row()
    ports = {name: first + at for at, name in enumerate(_LISTENED_ON)}
    ports |= {"RTP_FIRST": first + _RTP_FROM, "RTP_LAST": first + _ROW - 1}
    return {f"CALLCENTER_{name}": str(number) for name, number in ports.items()}


def _free_row() -> int:
    """Return where a row of ports begins that another run of the tests does not use either."""
    for first in _ROWS:
        guard = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            # Kept open until the process ends: it holds the whole row for us.
            guard.bind(("127.0.0.1", first + _RTP_FROM - 1))
            for port in range(first, first + len(_LISTENED_ON)):
                _try(port)
        except OSError:
            guard.close()
            continue
        _guards.append(guard)
        return first
    raise RuntimeError("no row of free ports")


def _try(port: int) -> None:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as one:
            one.bind(("127.0.0.1", port))


_guards: list[socket.socket] = []
