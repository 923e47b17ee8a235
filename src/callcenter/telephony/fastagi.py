"""The FastAGI server: Asterisk connects once per call, a handler leads the call."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import Final, cast

import structlog

from callcenter.telephony.agi import AgiParser
from callcenter.telephony.agi_session import AgiSession
from callcenter.telephony.agi_words import (
    AgiError,
    AgiItem,
    AgiProtocolError,
    AgiReply,
    AgiRequest,
    Hangup,
    SessionLost,
)

__all__ = ["AgiSession", "FastAgiServer", "Handler"]

log = structlog.get_logger()

Handler = Callable[[AgiSession], Awaitable[None]]

CANCEL_S: Final = 5.0


class FastAgiServer:
    """
    Listens for Asterisk and runs `handler` once per call.

    Whatever a peer sends or leaves out costs that peer its connection and nobody else
    anything. A failing handler is logged and ends its own call only.

    Counters: `accepted` calls; connections `refused` because `max_connections` were open,
    `abandoned` before the header ended, `malformed`, `timed_out` (header or reply).
    """

    def __init__(
        self,
        host: str,
        port: int,
        handler: Handler,
        *,
        header_deadline_s: float = 5.0,
        reply_deadline_s: float = 60.0,
        max_connections: int = 1000,
        backlog: int = 1024,
    ) -> None:
        self._host = host
        self._port = port
        self._handler = handler
        self.header_deadline_s = header_deadline_s
        self.reply_deadline_s = reply_deadline_s
        self._max_connections = max_connections
        self._backlog = backlog
        self._server: asyncio.Server | None = None
        self._connections: set[_Connection] = set()
        self._calls: set[asyncio.Task[None]] = set()
        self._closing = False
        self.accepted = 0
        self.refused = 0
        self.abandoned = 0
        self.malformed = 0
        self.timed_out = 0

    @property
    def port(self) -> int:
        """The port that is listened on; the one chosen by the system if 0 was asked for."""
        if self._server is None:
            return self._port
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    @property
    def active(self) -> int:
        """How many calls are led right now."""
        return len(self._calls)

    @property
    def connections(self) -> int:
        """How many peers are connected, whether they are calls or not."""
        return len(self._connections)

    async def start(self) -> None:
        """Listen. Raises OSError if the address cannot be had."""
        loop = asyncio.get_running_loop()
        self._closing = False
        self._server = await loop.create_server(
            lambda: _Connection(self), self._host, self._port, backlog=self._backlog
        )
        self._port = self.port
        log.info("agi.listening", host=self._host, port=self._port)

    async def stop(self, drain_s: float = 30.0) -> None:
        """Take no new call, let the running ones finish for `drain_s`, then cancel them."""
        self._closing = True
        if self._server is None:
            return
        server, self._server = self._server, None
        server.close()
        for connection in [c for c in self._connections if not c.leads_a_call]:
            connection.abort()
        try:
            await self._drained(drain_s)
        finally:
            await self._cancel_calls()
        await server.wait_closed()

    async def _drained(self, drain_s: float) -> None:
        if self._calls:
            await asyncio.wait(self._calls, timeout=drain_s)

    async def _cancel_calls(self) -> None:
        late = list(self._calls)
        for call in late:
            call.cancel()
        if late:
            log.warning("agi.calls_cancelled", calls=len(late))
            await asyncio.wait(late, timeout=CANCEL_S)
        for connection in list(self._connections):
            connection.abort()

    def admit(self, connection: "_Connection") -> bool:
        """Count `connection` in, unless the house is full or closing."""
        if self._closing or len(self._connections) >= self._max_connections:
            self.refused += 1
            return False
        self._connections.add(connection)
        if len(self._connections) == self._max_connections:
            log.warning("agi.full", connections=self._max_connections)
        return True

    def forget(self, connection: "_Connection") -> None:
        self._connections.discard(connection)

    def lead(self, session: AgiSession) -> None:
        """Start the handler for a call whose header is complete."""
        self.accepted += 1
        call = asyncio.get_running_loop().create_task(self._run(session))
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)

    async def _run(self, session: AgiSession) -> None:
        request = session.request
        try:
            await self._handler(session)
        except SessionLost as e:
            log.info("agi.session_lost", unique_id=request.unique_id, reason=str(e))
        except AgiError as e:
            log.warning("agi.session_failed", unique_id=request.unique_id, reason=str(e))
        except Exception:
            log.exception("agi.handler_failed", unique_id=request.unique_id)
        finally:
            self.timed_out += session.timed_out
            session.close()


class _Connection(asyncio.Protocol):
    """One TCP connection: nobody knows who it is until the header is complete."""

    def __init__(self, server: FastAgiServer) -> None:
        self._server = server
        self._parser = AgiParser()
        self._session: AgiSession | None = None
        self._transport: asyncio.Transport | None = None
        self._header_timer: asyncio.TimerHandle | None = None

    @property
    def leads_a_call(self) -> bool:
        return self._session is not None

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # TCP has no other
        if not self._server.admit(self):
            self._transport.abort()
            return
        _prepare(transport.get_extra_info("socket"))
        loop = asyncio.get_running_loop()
        self._header_timer = loop.call_later(self._server.header_deadline_s, self._header_is_late)

    def data_received(self, data: bytes) -> None:
        try:
            for item in self._parser.feed(data):
                self._take(item)
        except AgiProtocolError as e:
            self._server.malformed += 1
            log.warning("agi.malformed", reason=str(e))
            self._lose(str(e))

    def _take(self, item: AgiItem) -> None:
        match item:
            case AgiRequest():
                self._begin(item)
            case AgiReply() if self._session is not None:
                self._session.take_reply(item)
            case Hangup.LINE if self._session is not None:
                self._session.take_hangup()

    def _begin(self, request: AgiRequest) -> None:
        self._stop_timer()
        assert self._transport is not None  # noqa: S101 - `connection_made` came first
        self._session = AgiSession(
            request, self._transport, reply_deadline_s=self._server.reply_deadline_s
        )
        self._server.lead(self._session)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._header_timer is not None:
            self._server.abandoned += 1
        self._stop_timer()
        self._server.forget(self)
        if self._session is not None:
            self._session.take_loss("Asterisk closed the connection")

    def _header_is_late(self) -> None:
        self._server.timed_out += 1
        self._lose("the header is late")

    def _lose(self, because: str) -> None:
        self._stop_timer()
        if self._session is not None:
            self._session.take_loss(because)
        self.abort()

    def _stop_timer(self) -> None:
        if self._header_timer is not None:
            self._header_timer.cancel()
            self._header_timer = None


def _prepare(sock: socket.socket) -> None:
    # Without it a command after a pause waited 40 ms for a delayed acknowledgement.
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    # Some Asterisks send the end of HANGUP out of band; inline, the line stays whole.
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 1)
