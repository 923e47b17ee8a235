"""A program that runs in the background and is found again by its pid file."""

import json
import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

import psutil

_LOOK_EVERY_S: Final = 0.02

# Programs that outlive us. Python warns when one is let go of before it has ended.
_STARTED: Final[list[subprocess.Popen[bytes]]] = []


class Background:
    """One program, named for people, with its pid file and its log."""

    def __init__(self, name: str, *, run_dir: Path, log_dir: Path) -> None:
        self.name = name
        self.log_file = log_dir / f"{name}.log"
        self._pid_file = run_dir / f"{name}.pid"
        self._waiting: IO[bytes] | None = None

    def process(self) -> psutil.Process | None:
        """Return the running program, or None. A number that went to another one is not it."""
        try:
            noted = json.loads(self._pid_file.read_text())
            process = psutil.Process(noted["pid"])
            if process.create_time() == noted["created"] and _lives(process):
                return process
        except (OSError, ValueError, KeyError, TypeError, psutil.NoSuchProcess):
            return None
        return None

    def start(
        self, command: Sequence[str], environment: Mapping[str, str], *, waits: bool = False
    ) -> psutil.Process:
        """
        Start the program, apart from our terminal, and note its pid.

        One that `waits` reads a line, which `tell` writes; if we end before, it reads none.
        """
        self._pid_file.parent.mkdir(parents=True, exist_ok=True)
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        with self.log_file.open("ab") as log:
            started = subprocess.Popen(  # noqa: S603 - our own programs
                command,
                env={**os.environ, **environment},
                stdin=subprocess.PIPE if waits else subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        _STARTED.append(started)
        self._waiting = started.stdin
        process = psutil.Process(started.pid)
        noted = {"pid": process.pid, "created": process.create_time()}
        self._pid_file.write_text(json.dumps(noted))
        return process

    def tell(self) -> None:
        """Let a program that waits go on. One that has ended meanwhile is left to whoever looks."""
        if self._waiting is not None:
            with suppress(BrokenPipeError), self._waiting as told:
                told.write(b"\n")
            self._waiting = None

    def stop(self, *, within_s: float = 10.0) -> bool:
        """End the program, the hard way if it must be; return whether it ran."""
        process = self.process()
        if process is not None:
            _end(process, within_s)
        self._pid_file.unlink(missing_ok=True)
        return process is not None

    def last_words(self, lines: int = 5) -> str:
        """Return the end of its log, to tell why it did not start."""
        try:
            written = self.log_file.read_text(errors="replace").splitlines()
        except OSError:
            return ""
        return "\n".join(written[-lines:])


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _end(process: psutil.Process, within_s: float) -> None:
    with suppress(psutil.NoSuchProcess):
        process.terminate()
        if not _ends(process, within_s):
            process.kill()
            _ends(process, within_s)


def _ends(process: psutil.Process, within_s: float) -> bool:
    """Wait for the end, but not for the parent to take note of it: in a container none may."""
    deadline = time.monotonic() + within_s
    while _lives(process):
        if time.monotonic() > deadline:
            return False
        time.sleep(_LOOK_EVERY_S)
    return True
