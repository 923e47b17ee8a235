"""SIPp: the signalling of many calls, started, steered, stopped and read."""

import asyncio
import csv
import os
import re
import socket
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from callcenter.load.model import Target
from callcenter.places import ASTERISK_SCRIPTS

_SCENARIO: Final = Path(__file__).with_name("call.xml")
_INSTALL_S: Final = 600.0
_ENDS_S: Final = 10.0
_ABORTED: Final = re.compile(
    r"Aborting call on (?:unexpected message for Call-Id '(?P<id>[^']+)': while expecting "
    r"'(?P<expected>[^']*)'[^,]*, received '(?:SIP/2.0 )?(?P<received>[^\r\n']*)"
    r"|an unexpected (?P<method>\w+) for call: (?P<of>\S+?@[\d.:a-z]+?)(?=\d{4}-|\s|$))"
)
_GAVE_UP: Final = re.compile(
    r"timeout for Call-ID '(?P<id>[^']+)'|Call-Id: (?P<of>\S+), receive timeout", re.IGNORECASE
)


class SippError(Exception):
    """SIPp cannot be had or does not run; the message says why."""


async def find_sipp() -> Path:
    """Return the program that becomes SIPp. Costs time and network only once. Raise `SippError`."""
    script = ASTERISK_SCRIPTS / "sipp"
    process = await asyncio.create_subprocess_exec(
        str(script), "--install", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(_INSTALL_S):
            _, said = await process.communicate()
    except TimeoutError:
        process.kill()
        raise SippError(f"{script} took longer than {_INSTALL_S:g} s") from None
    if process.returncode != 0:
        raise SippError(said.decode(errors="replace").strip())
    return script


class Sipp:
    """One running SIPp. Its files are in `folder`; none of them has a key or a password."""

    def __init__(self, process: asyncio.subprocess.Process, folder: Path, control: int) -> None:
        self._process = process
        self._folder = folder
        self._control = control
        self._ended = asyncio.create_task(process.wait(), name="load-sipp")
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    @classmethod
    async def start(
        cls,
        program: Path,
        target: Target,
        *,
        host: str,
        switchboard: int,
        at_once: int,
        calls_per_s: float,
        folder: Path,
    ) -> "Sipp":
        """Start it; it takes orders some moments later. `host` is our own address."""
        sip, media, control = free_ports(host, 3)
        command = _command(target, host, switchboard, folder, (sip, media, control))
        command += ["-l", str(at_once), "-r", f"{calls_per_s:.3f}", "-rp", "1000"]
        with (folder / "sipp.out").open("wb") as out:
            process = await asyncio.create_subprocess_exec(
                str(program),
                *command,
                cwd=folder,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env={**os.environ, "TERM": "dumb"},
            )
        return cls(process, folder, control)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def ended(self) -> "asyncio.Task[int]":
        """Done when it has ended, with its exit code."""
        return self._ended

    def set_rate(self, calls_per_s: float) -> None:
        self._order(f"cset rate {calls_per_s:.3f}")

    def no_more_calls(self) -> None:
        """Let it end by itself with the last of its calls."""
        self._order("q")

    async def stop(self) -> None:
        """End it, the hard way if it must be."""
        for end in (self._process.terminate, self._process.kill):
            if self._ended.done():
                break
            with suppress(ProcessLookupError):
                end()
            await asyncio.wait([self._ended], timeout=_ENDS_S)
        self._socket.close()

    def causes(self) -> Mapping[str, str]:
        """Return why calls failed, by call id."""
        try:
            return causes((self._folder / "errors.log").read_text(errors="replace"))
        except FileNotFoundError:
            return {}

    def post_dial_delays(self) -> Sequence[float]:
        """Return the seconds from each INVITE to its 200."""
        files = self._folder.glob("*_rtt.csv")
        return [delay for file in files for delay in post_dial_delays(file.read_text())]

    def _order(self, what: str) -> None:
        self._socket.sendto(what.encode(), ("127.0.0.1", self._control))


def causes(errors: str) -> Mapping[str, str]:
    """Read SIPp's error file: call id to cause, as "486 Busy Here" or "the PBX hung up"."""
    found = {}
    for one in _ABORTED.finditer(errors):
        if one["method"]:
            found[one["of"]] = _of_request(one["method"])
        else:
            words = one["received"].split(maxsplit=1)
            found[one["id"]] = one["received"] if words[0].isdigit() else _of_request(words[0])
    for one in _GAVE_UP.finditer(errors):
        found[one["id"] or one["of"]] = "no answer to SIP"
    return found


def post_dial_delays(told: str) -> Sequence[float]:
    """Read SIPp's file of response times; it is in milliseconds, and whole ones."""
    rows = csv.DictReader(told.splitlines(), delimiter=";")
    return [float(row["response_time_ms"]) / 1000 for row in rows]


def _of_request(method: str) -> str:
    return "the PBX hung up" if method == "BYE" else f"unexpected {method}"


def _command(
    target: Target,
    host: str,
    switchboard: int,
    folder: Path,
    ports: tuple[int, int, int],
) -> list[str]:
    sip, media, control = map(str, ports)
    return [
        f"{target.host}:{target.port}",
        *("-sf", str(_SCENARIO), "-s", target.number),
        *("-i", host, "-p", sip, "-mi", host, "-mp", media),
        *("-cp", control, "-ci", "127.0.0.1", "-3pcc", f"127.0.0.1:{switchboard}"),
        *("-trace_err", "-error_file", str(folder / "errors.log")),
        *("-trace_rtt", "-rtt_freq", "1"),
        *("-nostdin", "-default_behaviors", "all"),
    ]


def free_ports(host: str, count: int) -> Sequence[int]:
    """Return UDP ports that nobody has at this moment."""
    held = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(count)]
    try:
        for one in held:
            one.bind((host, 0))
        return [one.getsockname()[1] for one in held]
    finally:
        for one in held:
            one.close()
