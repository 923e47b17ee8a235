"""The link between a driver and its counter: TCP on our side, the counter behind."""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]

_CHUNK: Final = 65536
_RESET: Final = struct.pack("ii", 1, 0)  # SO_LINGER: close with a reset, without a goodbye


class Relay:
    """
    Carries bytes to wherever `upstream` connects, and breaks as links do.

    It can be cut (both ends see a reset, nobody gets through) or stalled (nothing arrives, and
    nobody is told), and it can hold back what the counter is asked, or what it answers.
    """

    def __init__(
        self,
        upstream: Callable[[], Awaitable[Ends]],
        *,
        sent: Callable[[bytes], None] = lambda _: None,
    ) -> None:
        self._upstream = upstream
        self._sent = sent  # hears of all that came from our side
        self._server: asyncio.Server | None = None
        self._links: set[asyncio.StreamWriter] = set()
        self._cut = False
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._asking = asyncio.Event()
        self._asking.set()
        self._answering = asyncio.Event()
        self._answering.set()
        self.port = 0

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        self.drop()
        if self._server is not None:
            self._server.close()

    def cut(self) -> None:
        """Reset every connection, and each that is tried from now on."""
        self._cut = True
        self.drop()

    def drop(self) -> None:
        """Reset every connection and lose what was on its way."""
        for link in list(self._links):
            _abort(link)
        self._links.clear()

    def stall(self) -> None:
        self._flowing.clear()

    def hold_questions(self) -> None:
        self._asking.clear()

    def let_questions(self) -> None:
        self._asking.set()

    def hold_answers(self) -> None:
        self._answering.clear()

    def let_answers(self) -> None:
        """Carry on what was held back; on a line that is stalled it stalls."""
        self._answering.set()

    def mend(self) -> None:
        """Carry again; what was stalled arrives now, unless its line was reset."""
        self._cut = False
        self._flowing.set()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._cut:
            return _abort(writer)
        try:
            behind, to_behind = await self._upstream()
        except OSError:
            return _abort(writer)
        self._links |= {writer, to_behind}
        ways = [
            asyncio.create_task(self._send(reader, to_behind)),
            asyncio.create_task(self._answer(behind, writer)),
        ]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        for end in (writer, to_behind):
            _abort(end)
            self._links.discard(end)

    async def _send(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while sent := await reader.read(_CHUNK):
                self._sent(sent)
                await self._asking.wait()
                await self._flowing.wait()
                writer.write(sent)
                await writer.drain()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while answer := await reader.read(_CHUNK):
                await self._answering.wait()
                await self._flowing.wait()
                writer.write(answer)
                await writer.drain()


def _abort(writer: asyncio.StreamWriter) -> None:
    line = writer.get_extra_info("socket")
    if line is not None and line.family == socket.AF_INET:
        with suppress(OSError):
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()
