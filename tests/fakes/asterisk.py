"""An Asterisk that does as it is told: it calls FastAGI servers, and serves AMI."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Self

USERNAME = "callcenter"
SECRET = "no-one-says-it-aloud"
BANNER = "Asterisk Call Manager/11.0.0"

HEADER = {
    "agi_network": "yes",
    "agi_network_script": "hotline",
    "agi_request": "agi://127.0.0.1/hotline",
    "agi_channel": "PJSIP/trunk-0000002a",
    "agi_language": "zh",
    "agi_type": "PJSIP",
    "agi_uniqueid": "1795356290.42",
    "agi_version": "22.10.1",
    "agi_callerid": "13800138000",
    "agi_calleridname": "unknown",
    "agi_callingpres": "0",
    "agi_callingani2": "0",
    "agi_callington": "0",
    "agi_callingtns": "0",
    "agi_dnid": "95500",
    "agi_rdnis": "unknown",
    "agi_context": "from-trunk",
    "agi_extension": "95500",
    "agi_priority": "3",
    "agi_enhanced": "0.0",
    "agi_accountcode": "",
    "agi_threadid": "140212379383552",
}


def agi_header(*arguments: str, **variables: str) -> bytes:
    """The header of a call; `agi_` is put before each name of `variables`."""
    values = HEADER | {f"agi_{name}": value for name, value in variables.items()}
    values |= {f"agi_arg_{n}": argument for n, argument in enumerate(arguments, 1)}
    return "".join(f"{name}: {value}\n" for name, value in values.items()).encode() + b"\n"


class FakeCall:
    """Asterisk's end of one FastAGI session. `heard` remembers every command."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.heard: list[str] = []

    @classmethod
    async def connect(cls, port: int) -> Self:
        """Connect, and say nothing yet."""
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    def send(self, data: bytes) -> None:
        self._writer.write(data)

    async def hear(self) -> str:
        """Wait for the next command; "" when the daemon has closed."""
        line = (await self._reader.readline()).decode().rstrip("\n")
        if line:
            self.heard.append(line)
        return line

    async def answer(self, *replies: str) -> None:
        """Hear one command for each of `replies`, and answer it so."""
        for reply in replies:
            await self.hear()
            self.send(f"{reply}\n".encode())

    async def answer_all(self, reply: Callable[[str], str]) -> None:
        """Answer each command until the daemon closes."""
        while command := await self.hear():
            self.send(f"{reply(command)}\n".encode())

    async def closed(self) -> None:
        """Return when the daemon has closed, politely or not."""
        try:
            while await self._reader.read(4096):
                pass
        except ConnectionError:
            pass

    def hang_up(self) -> None:
        """Close the connection."""
        self._writer.close()

    def reset(self) -> None:
        """End the connection as a crash would."""
        self._writer.transport.abort()

    @property
    def transport(self) -> asyncio.WriteTransport:
        return self._writer.transport


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[FakeCall]:
    """A peer that has said nothing yet, and is gone at the end of the block."""
    peer = await FakeCall.connect(port)
    try:
        yield peer
    finally:
        peer.reset()


@asynccontextmanager
async def dialled(port: int, *arguments: str, **variables: str) -> AsyncIterator[FakeCall]:
    """A call that has sent its header, and is gone at the end of the block."""
    async with connected(port) as call:
        call.send(agi_header(*arguments, **variables))
        yield call


Lines = Iterable[str]
Answer = Callable[[dict[str, str]], Iterable[Lines]]


class FakeManager:
    """
    An AMI server on a port of its own.

    `actions` remembers what came, over all links. `answers` says what is answered, as
    messages of lines; the ActionID is added. An action answered with nothing stays so.
    """

    def __init__(self) -> None:
        self.actions: list[dict[str, str]] = []
        self.answers: dict[str, Answer] = {
            "Login": _login,
            "Ping": lambda _: [["Response: Success", "Ping: Pong"]],
            "Logoff": lambda _: [["Response: Goodbye", "Message: Thanks for all the fish."]],
            "Originate": lambda _: [
                ["Response: Success", "Message: Originate successfully queued"],
                ["Event: OriginateResponse", "Response: Success", "Reason: 4"],
            ],
            "QueueAdd": lambda _: [["Response: Success", "Message: Added interface to queue"]],
            "QueueStatus": lambda _: [
                ["Response: Success", "EventList: start", "Message: Queue status will follow"],
                ["Event: QueueParams", "Queue: broker"],
                ["Event: QueueMember", "Queue: broker", "Name: 柜台一"],
                ["Event: QueueStatusComplete", "EventList: Complete", "ListItems: 2"],
            ],
            "Command": lambda _: [
                ["Response: Success", "Message: Command output follows", "Output: a", "Output: b"]
            ],
        }
        self.links = 0
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self._arrived = asyncio.Condition()
        self.port = 0

    async def start(self, port: int = 0) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        self.break_links()

    def break_links(self) -> None:
        """End every connection as a crash would."""
        for writer in self._writers:
            writer.transport.abort()

    def emit(self, *lines: str) -> None:
        """Send an event to whoever is connected."""
        self.send_raw(_message(lines))

    def send_raw(self, data: bytes) -> None:
        for writer in self._writers:
            writer.write(data)

    def named(self, action: str) -> list[dict[str, str]]:
        """All actions of this name so far."""
        return [got for got in self.actions if got["Action"] == action]

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until an action makes `condition` true."""
        async with self._arrived:
            await self._arrived.wait_for(condition)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        self.links += 1
        writer.write(f"{BANNER}\r\n".encode())
        try:
            while action := await _read_action(reader):
                self.actions.append(action)
                self._answer(action, writer)
                async with self._arrived:
                    self._arrived.notify_all()
        except ConnectionError:
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    def _answer(self, action: dict[str, str], writer: asyncio.StreamWriter) -> None:
        answer = self.answers.get(action["Action"], _unknown)
        for lines in answer(action):
            writer.write(_message([*lines, f"ActionID: {action.get('ActionID', '')}"]))
        if action["Action"] == "Login":
            writer.write(_message(["Event: FullyBooted", "Status: Fully Booted"]))
        if action["Action"] == "Logoff":
            writer.close()


def _login(action: dict[str, str]) -> Iterable[Lines]:
    if (action.get("Username"), action.get("Secret")) == (USERNAME, SECRET):
        return [["Response: Success", "Message: Authentication accepted"]]
    return [["Response: Error", "Message: Authentication failed"]]


def _unknown(_: dict[str, str]) -> Iterable[Lines]:
    return [["Response: Error", "Message: Invalid/unknown command"]]


def _message(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode() + b"\r\n"


async def _read_action(reader: asyncio.StreamReader) -> dict[str, str]:
    """One action; a name that comes again is joined with "|". Like Asterisk's, \\n ends a line."""
    fields: dict[str, str] = {}
    while line := (await reader.readline()).decode():
        if not line.strip():
            if fields:
                return fields
            continue
        name, _, value = line.rstrip("\r\n").partition(": ")
        fields[name] = f"{fields[name]}|{value}" if name in fields else value
    return {}
