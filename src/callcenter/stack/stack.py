"""All parts of one installation on this machine: PostgreSQL, Asterisk and the daemon."""

import asyncio
import fcntl
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import callcenter.app as parts
from callcenter.places import Places
from callcenter.precedence import HOTLINE, go_first, let_packets_go_first
from callcenter.settings import Settings
from callcenter.stack.pbx import Pbx
from callcenter.stack.preconditions import CannotStart, Port, check_ports, check_space
from callcenter.stack.process import Background

_DAEMON_S: Final = 60.0
_DAEMON: Final = (sys.executable, "-m", "callcenter", "serve", "--when-told")

Say = Callable[[str], None]


class Stack:
    """Starts what does not run, in order, and stops it; as often as one likes."""

    def __init__(self, settings: Settings, say: Say) -> None:
        self._settings = settings
        self._say = say
        self._places = Places(settings.state_dir)
        self._postgres = parts.embedded_postgres(settings)
        self._has_own_database = settings.database_url_file is None
        self._pbx = Pbx(settings, self._places)
        self._daemon = Background("daemon", run_dir=self._places.run, log_dir=self._places.logs)

    def up(self) -> None:
        """Start what is missing and return when calls are taken; else stop what we started."""
        self._places.make()
        let_packets_go_first()
        go_first(HOTLINE)
        with self._alone():
            running = self.status()
            try:
                self._start(running)
            except BaseException:
                self._stop_all_but(running)
                raise

    def down(self) -> None:
        """Stop everything. Calls in progress end; orders that wait are reconciled later."""
        self._places.make()
        with self._alone():
            for name, stop in (
                ("daemon", self._daemon.stop),
                ("Asterisk", self._pbx.program.stop),
            ):
                self._say(f"{name}: {'stopped' if stop() else 'was not running'}")
            if self._has_own_database:
                ran = self._postgres.pid is not None
                self._postgres.stop()
                self._say(f"PostgreSQL: {'stopped' if ran else 'was not running'}")

    def status(self) -> Mapping[str, int | None]:
        """Return the pid of each part of ours, None for one that does not run."""
        daemon, pbx = self._daemon.process(), self._pbx.program.process()
        return {
            **({"postgresql": self._postgres.pid} if self._has_own_database else {}),
            "asterisk": pbx.pid if pbx else None,
            "daemon": daemon.pid if daemon else None,
        }

    def log_files(self) -> Sequence[Path]:
        parts = (self._postgres, self._pbx.program, self._daemon)
        return [part.log_file for part in parts if part.log_file.exists()]

    def _start(self, running: Mapping[str, int | None]) -> None:
        check_space(self._places.state)
        check_ports(self._ports(running))
        with ThreadPoolExecutor(1) as beside:
            pbx = beside.submit(self._start_pbx, running)
            if running["daemon"] is None:
                self._daemon.start(_DAEMON, {}, waits=True)
            self._prepare_database(running)
            pbx.result()
        if running["daemon"] is None:
            self._daemon.tell()
        self._pbx.wait_ready()
        self._say("Asterisk is up")
        self._wait_for_daemon()
        self._say("The daemon takes calls")

    def _start_pbx(self, running: Mapping[str, int | None]) -> None:
        self._pbx.install()
        if running["asterisk"] is None:
            self._pbx.start()

    def _prepare_database(self, running: Mapping[str, int | None]) -> None:
        if self._has_own_database:
            if running["postgresql"] is None:
                self._postgres.start()
            self._say("PostgreSQL is up")
        asyncio.run(parts.prepare_database(self._settings))

    def _stop_all_but(self, running: Mapping[str, int | None]) -> None:
        stops: Mapping[str, Callable[[], object]] = {
            "daemon": self._daemon.stop,
            "asterisk": self._pbx.program.stop,
            "postgresql": self._postgres.stop,
        }
        for name, stop in stops.items():
            if name in running and running[name] is None:
                stop()

    def _ports(self, running: Mapping[str, int | None]) -> Iterator[Port]:
        s = self._settings
        if running["asterisk"] is None:
            sip = socket.SOCK_DGRAM
            yield Port("Asterisk (SIP)", "CALLCENTER_SIP_PORT", s.sip_host, s.sip_port, sip)
            yield Port("Asterisk (AMI)", "CALLCENTER_AMI_PORT", s.ami_host, s.ami_port)
        if running["daemon"] is None:
            yield Port("The daemon (FastAGI)", "CALLCENTER_AGI_PORT", s.host, s.agi_port)
            yield Port("The daemon (HTTP)", "CALLCENTER_HTTP_PORT", s.host, s.http_port)

    def _wait_for_daemon(self) -> None:
        deadline, why = time.monotonic() + _DAEMON_S, "no answer yet"
        while time.monotonic() < deadline:
            if self._daemon.process() is None:
                raise CannotStart(f"The daemon ended at once:\n{self._daemon.last_words()}")
            why = _not_ready(f"http://{self._settings.host}:{self._settings.http_port}/readyz")
            if not why:
                return
            time.sleep(0.1)
        raise CannotStart(f"The daemon is not ready after {_DAEMON_S:g} s: {why}")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Let a second one wait until the first is done."""
        with (self._places.run / "stack.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _not_ready(address: str) -> str:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - our own
            answer.read()
    except urllib.error.HTTPError as error:
        return error.read().decode(errors="replace")
    except OSError as error:
        return str(error)
    return ""
