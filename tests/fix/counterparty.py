"""Starts the counter's program, commands it, kills it, and reads its book."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from callcenter.domain.clock import Clock, SystemClock, trade_date
from callcenter.domain.orders import ClientOrderId, OrderNumber, client_order_id
from callcenter.gateways.fix import Address, FixOrderEntry, FixTerms, SessionTerms
from tests.fix.book import Book, lines

PATIENCE_S = 10.0


class Counterparty:
    """One counter on loopback; it may be killed and started again with the same book."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.port = free_port()
        self._settings = settings
        self._process: asyncio.subprocess.Process | None = None
        (folder / "store").mkdir(parents=True, exist_ok=True)

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "tests.fix.acceptor", str(self.folder), str(self.port)),
            json.dumps(self._settings),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        await self._hear("ready")

    async def tell(self, do: str, **what: Any) -> None:
        """Command the counter, and return once it has obeyed."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": do, **what}).encode() + b"\n")
        await self._hear("ok")

    async def kill(self) -> None:
        """End it as a power cut would, for all that it knows."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGKILL)
            await self._process.wait()

    def freeze(self, frozen: bool) -> None:
        """Let it hang, alive and silent; or go on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP if frozen else signal.SIGCONT)
        if frozen:
            os.waitid(os.P_PID, self._process.pid, os.WSTOPPED | os.WNOWAIT)

    @property
    def book(self) -> Book:
        """What it has on disk, which is the truth."""
        return Book(self.folder / "book.jsonl")

    @property
    def booked(self) -> list[str]:
        """The ids of all orders that it ever booked, as often as it did."""
        path = self.folder / "book.jsonl"
        return [line["order"] for line in lines(path) if "fields" in line]

    async def _hear(self, word: str) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE_S):
            # QuickFIX prints, too.
            while (line := await self._process.stdout.readline()).strip() != word.encode():
                assert line, "the counter has ended"


def of_today(number: int) -> ClientOrderId:
    """Name an order: only of today's does a counter know what it never had."""
    return client_order_id(trade_date(SystemClock().now()), OrderNumber(f"{number:08}"))


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port: int = s.getsockname()[1]
    return port


def terms(folder: Path, port: int, **changes: Any) -> FixTerms:
    """Return what our side is told: quick to give up, so that tests are."""
    session = {
        name: changes.pop(name)
        for name in list(changes)
        if name in SessionTerms.__dataclass_fields__
    }
    values: dict[str, Any] = {
        "address": Address(host="127.0.0.1", port=port),
        "session": SessionTerms(**{"sender": "HOTLINE", "target": "BROKER", **session}),
        "folder": folder / "state",
        "log_folder": folder / "log",
        "answer_within_s": PATIENCE_S,
        "retry_at_most_s": 0.2,
        "dedupes": True,
        **changes,
    }
    return FixTerms(**values)


@asynccontextmanager
async def connected(
    given: FixTerms, clock: Clock | None = None, *, wait: bool = True
) -> AsyncIterator[FixOrderEntry]:
    """Open our side, and wait until it is logged on."""
    entry = FixOrderEntry(given, clock or SystemClock())
    await entry.start()
    try:
        if wait:
            await logged_on(entry)
        yield entry
    finally:
        await entry.stop()


async def logged_on(entry: FixOrderEntry, yes: bool = True) -> None:
    """Wait until the session is on, or off."""
    conversation = entry._conversation
    async with asyncio.timeout(PATIENCE_S):
        while conversation.is_logged_on != yes:
            await conversation.journal.grown()


@asynccontextmanager
async def running(folder: Path, **settings: str) -> AsyncIterator[Counterparty]:
    counterparty = Counterparty(folder, **settings)
    await counterparty.start()
    try:
        yield counterparty
    finally:
        with suppress(ProcessLookupError):
            counterparty.freeze(False)
        await counterparty.kill()
