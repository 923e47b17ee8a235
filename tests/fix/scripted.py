"""A counter that follows a script word by word, also a wrong one: it knows no rules of FIX."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final

SOH: Final = b"\x01"

Fields = dict[int, str]


class Peer:
    """One connection, as the script sees it. `n` is the how-manieth it is, from 1."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, n: int) -> None:
        self.n = n
        self.number = 0  # of the last message sent
        self.heard: list[Fields] = []
        self._reader = reader
        self._writer = writer

    async def hear(self, kind: str) -> Fields:
        """Return the next message of a kind; heartbeats and others are passed over."""
        while True:
            message = await self._message()
            self.heard.append(message)
            if message[35] == kind:
                return message

    async def accept_logon(self) -> None:
        logon = await self.hear("A")
        self.say("A", {98: "0", 108: logon[108]})

    def say(self, kind: str, fields: Fields, **envelope: str | int) -> bytes:
        """Send a message; `number`, `sender`, `checksum` may be wrong on purpose."""
        data = self.message(kind, fields, **envelope)
        self._writer.write(data)
        return data

    def message(
        self,
        kind: str,
        fields: Fields,
        *,
        number: str | int | None = None,
        sender: str | int = "BROKER",
        checksum: str | int | None = None,
    ) -> bytes:
        if number is None:
            self.number += 1
            number = self.number
        now = datetime.now(UTC).strftime("%Y%m%d-%H:%M:%S")
        head = {35: kind, 49: sender, 56: "HOTLINE", 34: number, 52: now}
        body = b"".join(b"%d=%b\x01" % (t, str(v).encode()) for t, v in {**head, **fields}.items())
        data = b"8=FIX.4.4\x019=%d\x01" % len(body) + body
        total = f"{sum(data) % 256:03}" if checksum is None else checksum
        return data + b"10=%b\x01" % str(total).encode()

    def raw(self, data: bytes) -> None:
        self._writer.write(data)

    def hang_up(self) -> None:
        self._writer.transport.abort()

    async def say_goodbye(self) -> None:
        """Stay until the other side logs out, and answer."""
        await self.hear("5")
        self.say("5", {})
        await self.silence()

    async def silence(self) -> None:
        """Say nothing until the other side has had enough."""
        while await self._reader.read(65536):
            pass

    async def _message(self) -> Fields:
        parts: list[bytes] = []
        while not parts or not parts[-1].startswith(b"10="):
            parts.append((await self._reader.readuntil(SOH))[:-1])
        pairs = (part.decode().split("=", 1) for part in parts)
        return {int(tag): value for tag, value in pairs}


Script = Callable[[Peer], Awaitable[None]]


def report(order: Fields, status: str = "0", exec_type: str = "0", **more: str) -> Fields:
    """Return an execution report on an order as it came."""
    return {
        37: "O" + order[11],
        11: order[11],
        17: more.pop("exec_id", "E1"),
        150: exec_type,
        39: status,
        55: order.get(55, "600000"),
        207: order.get(207, "XSHG"),
        54: order.get(54, "1"),
        38: order.get(38, "100"),
        151: "0",
        14: more.pop("filled", "0"),
        6: "0",
        60: datetime.now(UTC).strftime("%Y%m%d-%H:%M:%S"),
        **{int(tag.strip("_")): value for tag, value in more.items()},
    }


@asynccontextmanager
async def scripted(script: Script) -> AsyncIterator[int]:
    """Serve the script, from its beginning for each connection; give the port."""
    peers: dict[Peer, asyncio.Event] = {}
    faults: list[BaseException] = []

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = Peer(reader, writer, len(peers) + 1)
        peer.number = max((before.number for before in peers), default=0)
        ended = peers[peer] = asyncio.Event()
        try:
            await script(peer)
            await peer.say_goodbye()
        except (OSError, asyncio.IncompleteReadError):
            pass  # the other side left
        except Exception as error:  # noqa: BLE001
            faults.append(error)
        finally:
            peer.hang_up()
            ended.set()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await _end(peers)
        await server.wait_closed()
    if faults:
        raise faults[0]


async def _end(peers: dict[Peer, asyncio.Event]) -> None:
    for peer, ended in list(peers.items()):
        peer.hang_up()
        await ended.wait()
