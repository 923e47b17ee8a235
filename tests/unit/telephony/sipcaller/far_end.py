"""A far end on real sockets that does what a test says: loses, repeats, refuses, hangs up."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from callcenter.telephony.sipcaller.messages import Request, Response, parse
from callcenter.telephony.sipcaller.rtp import Packet, key_reports
from callcenter.telephony.sipcaller.rtp import parse as parse_rtp

SOON_S = 5.0

Act = Callable[[Request], None]


class Ear(asyncio.DatagramProtocol):
    """The far end's RTP socket."""

    def __init__(self) -> None:
        self.packets: asyncio.Queue[Packet] = asyncio.Queue()
        self.sent = 0

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.port: int = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.packets.put_nowait(parse_rtp(data))
        self.caller = addr

    def say(self, payload: bytes) -> float:
        """Send 20 ms of sound; return when."""
        at = time.time()
        self._send(8, (self.sent + 1) * 160, payload)
        return at

    def press(self, key: str) -> None:
        began = (self.sent + 1) * 160
        for reports in key_reports(key, key_ms=60, gap_ms=0):
            for report in reports:
                self._send(101, began, report.encode())

    def _send(self, payload_type: int, timestamp: int, payload: bytes) -> None:
        self.sent += 1
        packet = Packet(payload_type, self.sent, timestamp, 7, payload)
        self.transport.sendto(packet.encode(), self.caller)

    def forget(self) -> None:
        while not self.packets.empty():
            self.packets.get_nowait()

    async def next(self) -> Packet:
        async with asyncio.timeout(SOON_S):
            return await self.packets.get()


class FarEnd(asyncio.DatagramProtocol):
    """
    Does what the test says on each request, and remembers them all.

    Unless told otherwise it answers calls, and agrees to everything else.
    """

    def __init__(self, ear: Ear) -> None:
        self.ear = ear
        self.acts: dict[str, Act] = {"INVITE": self.answer, "ACK": lambda _: None}
        self.requests: dict[str, asyncio.Queue[Request]] = defaultdict(asyncio.Queue)
        self.responses: asyncio.Queue[Response] = asyncio.Queue()
        self.formats = "8 101"
        self.mode = "sendrecv"
        self.asked = 0

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.to = "sip:4008@127.0.0.1:{}".format(transport.get_extra_info("sockname")[1])

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.caller = addr
        message = parse(data)
        if isinstance(message, Response):
            self.responses.put_nowait(message)
            return
        if message.method == "INVITE":
            self.invite = message
        self.acts.get(message.method, self.agree)(message)
        self.requests[message.method].put_nowait(message)

    def sdp(self) -> bytes:
        return (
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
            f"m=audio {self.ear.port} RTP/AVP {self.formats}\r\n"
            f"a=rtpmap:101 telephone-event/8000\r\na={self.mode}\r\n"
        ).encode()

    def answer(self, request: Request) -> None:
        self.respond(request, 200, self.sdp())

    def agree(self, request: Request) -> None:
        self.respond(request, 200)

    def respond(self, request: Request, status: int, body: bytes = b"") -> None:
        tag = "" if request.to_tag or status == 100 else ";tag=theirs"
        copied = "".join(
            f"{n}: {v}\r\n" for n, v in request.headers if n in ("Via", "From", "CSeq")
        )
        self.transport.sendto(
            f"SIP/2.0 {status} So\r\n{copied}To: {request.first('To')}{tag}\r\n"
            f"Call-ID: {request.call_id}\r\nContact: <{self.to}>\r\n"
            f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body,
            self.caller,
        )

    def ask(self, method: str, *, body: bytes = b"", more: str = "", branch: str = "") -> None:
        """Send a request within the call."""
        self.asked += 1
        self.ask_again(
            f"{method} sip:138@127.0.0.1 SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK{branch or self.asked}\r\n"
            f"From: {self.invite.first('To')};tag=theirs\r\nTo: {self.invite.first('From')}\r\n"
            f"Call-ID: {self.invite.call_id}\r\nCSeq: {self.asked} {method}\r\n{more}"
            f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body
        )

    def ask_again(self, data: bytes) -> None:
        self.last = data
        self.transport.sendto(data, self.caller)

    async def receives(self, method: str) -> Request:
        """Return the next request of the method that was not returned yet."""
        async with asyncio.timeout(SOON_S):
            return await self.requests[method].get()

    async def gets(self) -> Response:
        async with asyncio.timeout(SOON_S):
            return await self.responses.get()

    def was_asked(self, method: str) -> bool:
        return not self.requests[method].empty()
