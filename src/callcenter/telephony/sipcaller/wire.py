"""The one SIP socket of a telephone: finds the call or transaction that a datagram is for."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

from callcenter.telephony.sipcaller import messages
from callcenter.telephony.sipcaller.dialog import ALLOW, ack_of_refusal, reply
from callcenter.telephony.sipcaller.errors import MalformedMessage
from callcenter.telephony.sipcaller.messages import Request, Response
from callcenter.telephony.sipcaller.transactions import ClientTransaction, Recent, Repeated, Timers

Address = tuple[str, int]
Handler = Callable[[Request, Address], None]

_REMEMBERED: Final = 2000


class Wire(asyncio.DatagramProtocol):
    """
    Sends requests until they are answered, and answers repeats with what it said before.

    Requests of the far end go to the `Handler` that took their Call-ID.
    """

    def __init__(self, timers: Timers) -> None:
        self.timers = timers
        self._transport: asyncio.DatagramTransport | None = None
        self._closed = asyncio.Event()
        self._handlers: dict[str, Handler] = {}
        self._transactions: dict[tuple[str, str], ClientTransaction] = {}
        self._acks: Recent[tuple[str, str], tuple[bytes, Address]] = Recent(_REMEMBERED)
        self._replies: Recent[tuple[str, str], bytes] = Recent(_REMEMBERED)

    async def open(self, host: str, port: int) -> int:
        """Bind the port, any if it is 0, and return it."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: self, local_addr=(host, port)
        )
        bound: int = self._transport.get_extra_info("sockname")[1]
        return bound

    async def close(self) -> None:
        for transaction in self._transactions.values():
            transaction.stop()
        if self._transport is not None:
            self._transport.close()
            await self._closed.wait()

    def attend(self, call_id: str, handler: Handler) -> None:
        self._handlers[call_id] = handler

    def forget(self, call_id: str) -> None:
        self._handlers.pop(call_id, None)

    def ask(
        self,
        request: Request,
        address: Address,
        on_response: Callable[[Response], None] = lambda response: None,
    ) -> ClientTransaction:
        """Send the request until it is answered."""
        data, key = request.encode(), (request.branch, request.method)
        transaction = ClientTransaction(
            request,
            send=lambda: self._send(data, address),
            on_response=on_response,
            timers=self.timers,
        )
        self._transactions[key] = transaction
        transaction.final.add_done_callback(lambda _: self._transactions.pop(key, None))
        return transaction

    def acknowledge(self, answer: Response, ack: Request, address: Address) -> None:
        """Send the ACK, now and whenever the same answer comes again."""
        data = ack.encode()
        self._acks.remember((answer.branch, answer.to_tag), (data, address))
        self._send(data, address)

    def reply(self, request: Request, response: Response, address: Address) -> None:
        """Send the response, now and whenever the same request comes again."""
        data = response.encode()
        self._replies.remember((request.branch, request.method), data)
        self._send(data, address)

    def repeat_reply(self, request: Request, response: Response, address: Address) -> Repeated:
        """Send the response again and again until stopped, as a 200 to an INVITE asks."""
        data = response.encode()
        self._replies.remember((request.branch, request.method), data)
        return Repeated(
            lambda: self._send(data, address), self.timers, longest_pause_s=self.timers.t2_s
        )

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        try:
            message = messages.parse(data)
        except MalformedMessage:
            return  # also a keep-alive of blank lines
        if isinstance(message, Response):
            self._take_response(message, addr)
        else:
            self._take_request(message, addr)

    def error_received(self, exc: Exception) -> None:
        """Let it pass: what could not be sent is sent again."""

    def connection_lost(self, exc: Exception | None) -> None:
        self._closed.set()

    def _take_response(self, response: Response, address: Address) -> None:
        method = response.cseq[1]
        final_invite = method == "INVITE" and response.status >= 200
        if final_invite and (ack := self._acks.get((response.branch, response.to_tag))):
            self._send(*ack)
        elif transaction := self._transactions.get((response.branch, method)):
            if final_invite and response.status >= 300:
                ack_request = ack_of_refusal(transaction.request, response)
                self.acknowledge(response, ack_request, address)
            transaction.take(response)

    def _take_request(self, request: Request, address: Address) -> None:
        said = self._replies.get((request.branch, request.method))
        if said is not None:
            self._send(said, address)
        elif handler := self._handlers.get(request.call_id):
            handler(request, address)
        elif request.method != "ACK":
            self.reply(request, _reply_to_stranger(request), address)

    def _send(self, data: bytes, address: Address) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(data, address)


def _reply_to_stranger(request: Request) -> Response:
    """This telephone only calls out: it tells what it can do, and is busy for callers."""
    status = {"OPTIONS": 200, "INVITE": 486}.get(request.method, 481)
    return reply(request, status, [("Allow", ALLOW)])
