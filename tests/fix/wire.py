"""A cable between us and the counter that can be cut at any message."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from enum import Enum, auto
from typing import Final

_Pair = tuple[asyncio.StreamReader, asyncio.StreamWriter]

_MESSAGE: Final = re.compile(rb"8=FIX.*?\x0110=\d{3}\x01", re.DOTALL)


class Fate(Enum):
    """What becomes of the message at which the cable is cut."""

    LOST = auto()
    HALF = auto()  # half of it arrives
    DELIVERED = auto()


class Cable:
    """Passes messages both ways and counts them. Once cut, the next connection is whole again."""

    def __init__(self) -> None:
        self.passed = 0
        self.cut_at = 0  # 0: never
        self.fate = Fate.LOST
        self._ends: set[asyncio.StreamWriter] = set()

    def cut(self, at: int, fate: Fate) -> None:
        self.passed, self.cut_at, self.fate = 0, at, fate

    def drop(self) -> None:
        """Cut it now."""
        for end in self._ends:
            end.transport.abort()

    async def carry(self, one: _Pair, other: _Pair) -> None:
        self._ends = {one[1], other[1]}
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._pass(one[0], other[1]))
            tasks.create_task(self._pass(other[0], one[1]))

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        waiting = b""
        with suppress(OSError):
            while data := await reader.read(65536):
                waiting += data
                for message in _MESSAGE.findall(waiting):
                    self._forward(message, writer)
                waiting = _MESSAGE.sub(b"", waiting)
        self.drop()

    def _forward(self, message: bytes, writer: asyncio.StreamWriter) -> None:
        self.passed += 1
        if self.passed != self.cut_at:
            writer.write(message)
            return
        if self.fate is not Fate.LOST:
            writer.write(message if self.fate is Fate.DELIVERED else message[: len(message) // 2])
        # What was written goes out at once, and then the line is dead.
        self.drop()


@asynccontextmanager
async def cable(
    to_port: int, tls: ssl.SSLContext | None = None
) -> AsyncIterator[tuple[Cable, int]]:
    """Lay a cable to a port on loopback; give it, and the port of our end."""
    laid = Cable()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far = await asyncio.open_connection("127.0.0.1", to_port)
        except OSError:
            writer.transport.abort()
            return
        await laid.carry((reader, writer), far)

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
    try:
        yield laid, server.sockets[0].getsockname()[1]
    finally:
        server.close()
        laid.drop()
        await server.wait_closed()
