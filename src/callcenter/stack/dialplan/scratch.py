"""An Asterisk that only reads a dialplan: no telephone line, nobody listens, gone afterwards."""

import os
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from callcenter.places import ASTERISK_SCRIPTS
from callcenter.stack.dialplan.faults import Known
from callcenter.stack.dialplan.listing import Dialplan, read_dialplan, read_globals

_SCRIPT_S: Final = 20.0
_BOOT_S: Final = 30.0
_STOP_S: Final = 10.0
_COMPLAINT: Final = re.compile(r"\[.*?\] (?:WARNING|ERROR)\[.*?\](?:\[.*?\])? (.*)")
_FIRST_LABEL: Final = re.compile(r"\s*exten\s*=>?\s*[^,]+,\s*\w+\(([^()]+)\)")
_APPLICATION: Final = re.compile(r"\s*(\w+): ")
_CONTEXT_OF: Final = re.compile(r"^context\s*=>?\s*([\w-]+)", re.MULTILINE)


class ScratchFailed(Exception):
    """The scratch Asterisk could not be made or did not start. The message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What an Asterisk made of a dialplan, and what it complained about."""

    dialplan: Dialplan
    known: Known
    complaints: Sequence[str]
    entries: Sequence[str]  # contexts of telephone lines
    by_queue: Sequence[str]  # contexts of the keys of those who wait


def read_candidate(environment: Mapping[str, str]) -> Read:
    """
    Have an Asterisk read the files as they are now; `environment` is that of asterisk/configure.

    Raise `ScratchFailed` if it cannot be asked.
    """
    with tempfile.TemporaryDirectory(prefix="callcenter-dialplan-") as folder:
        scratch = _Scratch(Path(folder), environment)
        scratch.run("configure")
        with scratch.running():
            return scratch.read()


class _Scratch:
    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self._environment = {
            **os.environ,
            **environment,
            "CALLCENTER_PBX_DIR": str(folder),
            "CALLCENTER_PBX_OFFLINE": "yes",
        }

    def run(self, script: str, *arguments: str) -> str:
        try:
            done = subprocess.run(  # noqa: S603 - our own scripts
                [str(ASTERISK_SCRIPTS / script), *arguments],
                env=self._environment,
                capture_output=True,
                text=True,
                timeout=_SCRIPT_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise ScratchFailed(f"asterisk/{script} took longer than {_SCRIPT_S:g} s.") from None
        if done.returncode != 0:
            raise ScratchFailed(done.stderr.strip() or f"asterisk/{script} failed.")
        return done.stdout

    @contextmanager
    def running(self) -> Iterator[None]:
        with (self._folder / "words").open("wb") as words:
            process = subprocess.Popen(  # noqa: S603 - our own script
                [str(ASTERISK_SCRIPTS / "run")],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=words,
                start_new_session=True,
            )
            try:
                self._wait_until_booted(process)
                yield
            finally:
                _end(process)

    def read(self) -> Read:
        shown = self.run("rx", "dialplan show")
        return Read(
            dialplan=replace(
                read_dialplan(shown, self._first_labels()),
                values=read_globals(self.run("rx", "dialplan show globals")),
            ),
            known=Known(
                applications=_applications(self.run("rx", "core show applications")),
                functions=_functions(self.run("rx", "core show functions")),
            ),
            complaints=self._complaints(),
            entries=_contexts(self._etc / "pjsip.conf"),
            by_queue=_contexts(self._etc / "queues.conf"),
        )

    @property
    def _etc(self) -> Path:
        return self._folder / "etc"

    def _wait_until_booted(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _BOOT_S
        control = self._folder / "run" / "asterisk.ctl"
        while not control.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                words = (self._folder / "words").read_text(errors="replace").splitlines()
                raise ScratchFailed("\n".join(["Asterisk ended at once:", *words[-5:]]))
            time.sleep(0.02)
        while True:
            try:
                self.run("rx", "core waitfullybooted")
            except ScratchFailed:  # its socket is there a moment before it listens
                if process.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
            else:
                return

    def _complaints(self) -> Sequence[str]:
        log = (self._folder / "log" / "messages.log").read_text(errors="replace")
        found = [_COMPLAINT.match(line) for line in log.splitlines()]
        told = [match[1].replace(f"{self._folder}/", "") for match in found if match]
        return list(dict.fromkeys(told))

    def _first_labels(self) -> Mapping[str, str]:
        labels = {}
        for file in self._etc.rglob("*.conf"):
            for number, line in enumerate(file.read_text(errors="replace").splitlines(), 1):
                if match := _FIRST_LABEL.match(line):
                    labels[f"{file.name}:{number}"] = match[1]
        return labels


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _applications(shown: str) -> frozenset[str]:
    found = (_APPLICATION.match(line) for line in shown.splitlines())
    return frozenset(match[1].lower() for match in found if match)


def _functions(shown: str) -> frozenset[str]:
    return frozenset(line.split()[0] for line in shown.splitlines()[2:] if line.strip())


def _contexts(file: Path) -> Sequence[str]:
    return sorted(set(_CONTEXT_OF.findall(file.read_text())))
