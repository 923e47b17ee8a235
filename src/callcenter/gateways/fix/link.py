"""The connection to the counter: dialled, watched, dropped, and dialled again."""

import asyncio
import random
import socket
import ssl
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

import structlog

log = structlog.get_logger()

CHUNK: Final = 64 * 1024
UNREAD_LIMIT: Final = 1024 * 1024  # bytes that a counter may leave unread before we hang up


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    host: str
    port: int
    tls: ssl.SSLContext | None = None
    server_name: str | None = None  # in the counter's certificate, if not `host`


class Talker(Protocol):
    """The session that talks over the connection."""

    @property
    def seconds_until_hours(self) -> float: ...

    @property
    def is_logged_on(self) -> bool: ...

    async def connected(
        self, write: Callable[[bytes], None], close: Callable[[], None]
    ) -> None: ...

    async def take(self, data: bytes) -> None: ...

    async def disconnected(self) -> None: ...


class Link:
    """
    Keeps one connection up while the session has its hours.

    Nothing waits to be sent: a connection that ends is reset, and what it had not delivered yet
    is thrown away by the kernel, so that no order trickles out of a buffer later.
    """

    def __init__(
        self, address: Address, talker: Talker, *, connect_within_s: float, retry_at_most_s: float
    ) -> None:
        self._address = address
        self._talker = talker
        self._connect_within_s = connect_within_s
        self._retry_at_most_s = retry_at_most_s
        self._writer: asyncio.StreamWriter | None = None
        self.is_closing = False  # what ends now is not dialled again

    async def run(self) -> None:
        """Dial again and again, until closed."""
        failures = 0
        while not self.is_closing:
            if (closed_s := self._talker.seconds_until_hours) > 0:
                # The clock may be set meanwhile: never sleep through the opening.
                await asyncio.sleep(min(closed_s, self._retry_at_most_s))
                continue
            was_logged_on = await self._once()
            failures = 0 if was_logged_on else failures + 1
            # A line that worked is dialled again at once; not quite, or two would run in step.
            longest = min(0.1 * 2 ** min(failures, 30), self._retry_at_most_s)
            await asyncio.sleep(longest * random.uniform(0.5, 1.0))  # noqa: S311

    def close(self) -> None:
        """End the connection for good. `run` may be cancelled then."""
        # Cancelling alone is not enough: fixcore swallows it while it ends its own timer.
        self.is_closing = True
        self.drop()

    def drop(self) -> None:
        """End the connection now. To be called as often as one likes."""
        if self._writer is not None:
            self._writer.transport.abort()

    async def _once(self) -> bool:
        """Hold one connection; return whether the session was on at any time."""
        try:
            async with asyncio.timeout(self._connect_within_s):
                reader, self._writer = await self._dial()
        except (OSError, TimeoutError) as error:
            log.warning("fix.cannot_connect", **self._where(), error=repr(error))
            return False
        try:
            return await self._talk(reader)
        finally:
            self.drop()
            self._writer = None
            await self._talker.disconnected()

    async def _dial(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        a = self._address
        reader, writer = await asyncio.open_connection(
            a.host,
            a.port,
            ssl=a.tls,
            server_hostname=(a.server_name or a.host) if a.tls else None,
            limit=CHUNK,
        )
        # Closing resets the connection: what was not delivered yet never will be.
        writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
        )
        return reader, writer

    async def _talk(self, reader: asyncio.StreamReader) -> bool:
        was_logged_on = False
        try:
            await self._talker.connected(self._write, self.drop)
            while data := await reader.read(CHUNK):
                await self._talker.take(data)
                was_logged_on = was_logged_on or self._talker.is_logged_on
        except OSError as error:
            log.warning("fix.connection_lost", **self._where(), error=repr(error))
        except (ValueError, LookupError):
            # A defect in reading a message ends this connection, not all that follow.
            log.exception("fix.failed", **self._where())
        else:
            log.warning("fix.connection_lost", **self._where(), error="closed")
        return was_logged_on

    def _write(self, data: bytes) -> None:
        writer = self._writer
        if writer is None or writer.is_closing():
            raise ConnectionResetError("the connection is gone")
        writer.write(data)
        if writer.transport.get_write_buffer_size() > UNREAD_LIMIT:
            log.warning("fix.counter_does_not_read", **self._where())
            self.drop()

    def _where(self) -> Mapping[str, str | int]:
        return {"host": self._address.host, "port": self._address.port}
