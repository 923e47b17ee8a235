"""
Round trips over FIX: `place` end to end, against the bare engine's own, to the same counter.

The bare engine is fixcore as it comes, its store in memory, an order in and its report out and
nothing else: no journal, no prices, no promise. QuickFIX as an initiator, on its threads and with
its store in files, is told for comparison.
"""

import asyncio
import statistics
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
)
from pathlib import Path
from typing import Any, Final

import quickfix
from fixcore.application import Application
from fixcore.log.base import Log, LogFactory
from fixcore.message.message import Message
from fixcore.session.session_id import SessionID
from fixcore.session.session_settings import SessionSettings
from fixcore.store.factory import MemoryStoreFactory
from fixcore.transport.initiator import SocketInitiator

from callcenter.domain.clock import SystemClock
from callcenter.domain.orders import ClientOrderId, Order
from callcenter.gateways.fix import messages
from tests import make
from tests.bench.report import Figure
from tests.fix.acceptor import DICTIONARY
from tests.fix.counterparty import connected, running, terms

BLOCK: Final = 100  # orders
BLOCKS: Final = 30
AT_ONCE: Final = 32
BAR: Final = 0.7

Place = Callable[[Order], Awaitable[None]]
Opens = Callable[[Path], AbstractAsyncContextManager[Place]]


async def bench() -> list[Figure]:
    """Take turns in small blocks, so that whatever else the machine does hits all of them."""
    figures: list[Figure] = []
    for at_once in (1, AT_ONCE):
        rates = await _rates(at_once)
        ours, bare = rates["place"], rates["bare engine"]
        name = f"place, {at_once} at once: round trips"
        figures += [
            Figure(name, ours, "/s", limit=bare, ratio=ours / bare),
            Figure(f"QuickFIX, {at_once} at once: round trips", rates["QuickFIX"], "/s"),
            Figure(f"place over bare engine, {at_once} at once", ours / bare, "", BAR, True),
        ]
    return figures


async def _rates(at_once: int) -> dict[str, float]:
    took: dict[str, list[float]] = {name: [] for name in MEASURED}
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fix-bench-")))
        places = {
            name: await stack.enter_async_context(opened(folder / name.replace(" ", "-")))
            for name, opened in MEASURED.items()
        }
        for block in range(-1, BLOCKS):
            for name, place in places.items():
                seconds = await _block(place, f"{block}", at_once)
                if block >= 0:  # the first one warms up
                    took[name].append(seconds)
    return {name: BLOCK / statistics.median(seconds) for name, seconds in took.items()}


async def _block(place: Place, prefix: str, at_once: int) -> float:
    """Return how long it takes to place a block of orders."""
    orders = iter(
        [make.order(client_id=ClientOrderId(f"{prefix}-{number}")) for number in range(BLOCK)]
    )

    async def caller() -> None:
        for order in orders:
            await place(order)

    began = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(at_once)))
    return time.perf_counter() - began


@asynccontextmanager
async def _ours(folder: Path) -> AsyncIterator[Place]:
    async with (
        running(folder / "counter") as counter,
        connected(terms(folder / "us", counter.port)) as entry,
    ):

        async def place(order: Order) -> None:
            assert (await entry.place(order)).accepted

        yield place


class _Silent(Log, LogFactory):
    def create(self, session_id: SessionID) -> Log:
        return self

    def on_incoming(self, message: str) -> None: ...

    def on_outgoing(self, message: str) -> None: ...

    def on_event(self, text: str) -> None: ...


class _Bare(Application):
    def __init__(self) -> None:
        self.ready = asyncio.Event()
        self.waiting: dict[str, asyncio.Future[None]] = {}

    def on_logon(self, session_id: SessionID) -> None:
        self.ready.set()

    def from_app(self, message: Message, session_id: SessionID) -> None:
        self.waiting.pop(message.body[11]).set_result(None)


@asynccontextmanager
async def _bare(folder: Path) -> AsyncIterator[Place]:
    async with running(folder / "counter") as counter:
        session_id = SessionID("FIX.4.4", "HOTLINE", "BROKER")
        settings = SessionSettings()
        settings.set_session(
            session_id,
            {
                "ConnectionType": "initiator",
                "SocketConnectHost": "127.0.0.1",
                "SocketConnectPort": str(counter.port),
            },
        )
        application = _Bare()
        initiator = SocketInitiator(settings, application, MemoryStoreFactory(), _Silent())
        async with initiator:
            await application.ready.wait()
            session = initiator.sessions[session_id]

            async def place(order: Order) -> None:
                message = Message()
                message.header.set(35, "D")
                for tag, value in _fields(order).items():
                    message.body[tag] = value
                answer = asyncio.get_running_loop().create_future()
                application.waiting[order.client_id] = answer
                await session.send_app(message)
                await answer

            yield place


class _Threads(quickfix.Application):  # type: ignore[misc]
    """QuickFIX calls these on a thread of its own."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self.loop = loop
        self.ready = threading.Event()
        self.waiting: dict[str, asyncio.Future[None]] = {}

    def onCreate(self, session: Any) -> None:
        self.session = session

    def onLogon(self, session: Any) -> None:
        self.ready.set()

    def onLogout(self, session: Any) -> None: ...

    def toAdmin(self, message: Any, session: Any) -> None: ...

    def fromAdmin(self, message: Any, session: Any) -> None: ...

    def toApp(self, message: Any, session: Any) -> None: ...

    def fromApp(self, message: Any, session: Any) -> None:
        answer = self.waiting.pop(message.getField(11))
        self.loop.call_soon_threadsafe(answer.set_result, None)


@contextmanager
def _initiator(folder: Path, port: int, application: _Threads) -> Iterator[None]:
    file = folder / "initiator.cfg"
    file.write_text(
        "[DEFAULT]\nConnectionType=initiator\nHeartBtInt=30\nReconnectInterval=1\n"
        f"FileStorePath={folder}/store\nUseDataDictionary=Y\nDataDictionary={DICTIONARY}\n"
        "ValidateUserDefinedFields=N\nStartTime=00:00:00\nEndTime=00:00:00\n"
        f"SocketConnectHost=127.0.0.1\nSocketConnectPort={port}\n"
        "[SESSION]\nBeginString=FIX.4.4\nSenderCompID=HOTLINE\nTargetCompID=BROKER\n"
    )
    settings = quickfix.SessionSettings(str(file))
    initiator = quickfix.SocketInitiator(application, quickfix.FileStoreFactory(settings), settings)
    initiator.start()
    try:
        yield
    finally:
        initiator.stop()


@asynccontextmanager
async def _quickfix(folder: Path) -> AsyncIterator[Place]:
    async with running(folder / "counter") as counter:
        loop = asyncio.get_running_loop()
        application = _Threads(loop)
        with _initiator(folder, counter.port, application):
            await asyncio.to_thread(application.ready.wait)

            async def place(order: Order) -> None:
                message = quickfix.Message()
                message.getHeader().setField(quickfix.StringField(35, "D"))
                for tag, value in _fields(order).items():
                    message.setField(quickfix.StringField(tag, value))
                answer = loop.create_future()
                application.waiting[order.client_id] = answer
                quickfix.Session.sendToTarget(message, application.session)
                await answer

            yield place


def _fields(order: Order) -> dict[int, str]:
    fields = messages.new_order(order, None, SystemClock().now())
    return {int(tag): value for tag, value in fields.items()}


MEASURED: Final[Mapping[str, Opens]] = {
    "place": _ours,
    "bare engine": _bare,
    "QuickFIX": _quickfix,
}
