"""Bare asyncio: a server that sends the same line after each line that it hears, and no more."""

import asyncio
from typing import Final


class Prompter(asyncio.Protocol):
    """Asks once its peer has said anything, and again after each answer, so many times."""

    def __init__(self, line: bytes, times: int) -> None:
        self._line = line
        self._left = times

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        if self._left:
            self._left -= 1
            self._transport.write(self._line)
        else:
            self._transport.close()


async def serve(line: bytes, times: int) -> tuple[asyncio.Server, int]:
    """Start such a server on a port of its own; return both."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Prompter(line, times), _HOST, 0)
    return server, server.sockets[0].getsockname()[1]


_HOST: Final = "127.0.0.1"
