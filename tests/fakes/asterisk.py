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
    async def dial(cls, port: int, *arguments: str, **variables: str) -> Self:
        """Connect and send the header."""
        call = cls(*await asyncio.open_connection("127.0.0.1", port))
        call.send(agi_header(*arguments, **variables))
        return call

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
async def dialled(port: int, *arguments: str, **variables: str) -> AsyncIterator[FakeCall]:
    """A call that is hung up at the end of the block."""
    call = await FakeCall.dial(port, *arguments, **variables)
    try:
        yield call
    finally:
        call.reset()


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
            "Login": self._login,
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
        if action["Action"] == "Logoff":
            writer.close()

    @staticmethod
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


async def connect_and_close(port: int) -> None:
    await _junk(port, b"")


async def half_a_header(port: int) -> None:
    await _junk(port, agi_header()[:200])


async def an_endless_line(port: int) -> None:
    await _junk(port, b"agi_network: " + b"y" * 100_000, stays=True)


async def endless_lines(port: int) -> None:
    lines = "".join(f"agi_{n}: on and on\n" for n in range(10_000))
    await _junk(port, lines.encode(), stays=True)


async def noise(port: int) -> None:
    await _junk(port, bytes(range(255, -1, -1)) * 16, stays=True)


async def a_tls_hello(port: int) -> None:
    hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(502)
    await _junk(port, hello, stays=True)


async def an_http_get(port: int) -> None:
    await _junk(port, b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n", stays=True)


async def a_silent_call(port: int) -> None:
    await _junk(port, agi_header(network_script="junk"), stays=True)


async def a_crashing_call(port: int) -> None:
    async with dialled(port, network_script="junk") as call:
        await call.hear()


async def a_slow_drip(port: int) -> None:
    call = FakeCall(*await asyncio.open_connection("127.0.0.1", port))
    for byte in agi_header():
        if call.transport.is_closing():
            break
        call.send(bytes([byte]))
        await asyncio.sleep(0.02)
    call.reset()


JUNK = (
    connect_and_close,
    half_a_header,
    an_endless_line,
    endless_lines,
    noise,
    a_tls_hello,
    an_http_get,
    a_silent_call,
    a_crashing_call,
    a_slow_drip,
)


async def _junk(port: int, data: bytes, *, stays: bool = False) -> None:
    call = FakeCall(*await asyncio.open_connection("127.0.0.1", port))
    call.send(data)
    if stays:
        await call.closed()
    call.hang_up()
