"""A capture beside a run, in a process of its own, which is in the way of nobody."""

import asyncio
import json
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final, Self

import psutil

from callcenter.load.model import CallTrace, Wire
from callcenter.load.wire.analysis import analyse
from callcenter.load.wire.filter import Ports

_STARTS_WITHIN_S: Final = 10.0
_ANY_PORT: Final = 9  # nothing is sent


class CannotCapture(Exception):
    """There will be no figures from the wire; the message says why."""


class Capture:
    """
    What `interface` carries between the PBX's RTP ports and the telephones, kept in `file`.

    Leaving the `async with` ends it and removes the file; `analyse` it before.
    """

    def __init__(self, process: Process, ports: Ports, file: Path) -> None:
        self.pid = process.pid
        self._process = process
        self._ports = ports
        self._file = file
        self._dropped = 0

    @classmethod
    async def start(cls, interface: str, ports: Ports, file: Path) -> Self:
        """Return once packets are captured. Raise `CannotCapture` if they cannot be."""
        words = (interface, str(ports.first), str(ports.last), str(ports.one_in), str(file))
        module = (sys.executable, "-m", "callcenter.load.wire")
        process = await asyncio.create_subprocess_exec(*module, *words, stdout=PIPE, stderr=PIPE)
        capture = cls(process, ports, file)
        if not await capture._began():
            _, said = await process.communicate()
            raise CannotCapture(_reason(said.decode(errors="replace"), interface))
        return capture

    async def _began(self) -> bool:
        assert self._process.stdout is not None  # noqa: S101 - we made it with a pipe
        try:
            async with asyncio.timeout(_STARTS_WITHIN_S):
                return bool(await self._process.stdout.readline())
        except BaseException:
            self._process.kill()
            await self._process.wait()
            raise

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        try:
            await self.stop()
        finally:
            self._file.unlink(missing_ok=True)

    async def stop(self) -> None:
        """Capture no more. Harmless if it has ended."""
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)
        told, _ = await self._process.communicate()
        if told:
            self._dropped = json.loads(told)["dropped"]

    async def analyse(self, traces: Sequence[CallTrace], began: datetime) -> Wire:
        """Return what came until `stop`; the times of `traces` are seconds since `began`."""
        ports, file = self._ports, self._file
        return await asyncio.to_thread(
            analyse, file, traces, began, dropped=self._dropped, one_in=ports.one_in
        )


def interface_to(host: str) -> str:
    """Return the interface that packets to the host leave by. Raise `CannotCapture`."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect((host, _ANY_PORT))
            ours, peer = probe.getsockname()[0], probe.getpeername()[0]
    except OSError as error:
        raise CannotCapture(f"no way to {host}: {error}") from error
    if ours == peer:  # an address of this machine, whichever: such packets never leave it
        return "lo"
    for name, addresses in psutil.net_if_addrs().items():
        if any(one.address == ours for one in addresses):
            return name
    raise CannotCapture(f"no interface has the address {ours}")


def _reason(said: str, interface: str) -> str:
    if "PermissionError" in said:
        return "capturing needs root or the capability CAP_NET_RAW"
    lines = said.strip().splitlines()
    return f"capturing on {interface}: {lines[-1] if lines else 'the process ended at once'}"
