"""The same house with a counter that speaks FIX: QuickFIX in a process of its own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from callcenter.domain.calls import e164
from tests.crash.cells import Setup
from tests.crash.judge import Booked
from tests.crash.relay import Relay
from tests.crash.world import World, stand_until
from tests.fix.book import REJECTED, Row
from tests.fix.counterparty import Counterparty

_ORDER: Final = b"\x0135=D\x01"
_OF_THE_DAY: Final = len("20260706")  # how a client order id begins; our number follows
_EVERY_THIRD: Final = 3
_PRICE: Final = "10.05"


class FixWorld(World):
    """
    Orders go over FIX; money and holdings come from the paper counter, which nothing befalls.

    As agreed with a counter (docs/fix.md) it refuses what is ten seconds old.
    """

    def __init__(self, home: Path, seed: int) -> None:
        super().__init__(home, seed)
        self._folder = home / "fix"
        self._counterparty = Counterparty(home / "acceptor", CheckLatency="Y", MaxLatency="10")
        self._sent = 0
        port = self._counterparty.port
        connect = partial(asyncio.open_connection, "127.0.0.1", port)
        self.relay = Relay(connect, sent=self._count)

    async def kill_counter(self) -> None:
        await self._counterparty.kill()
        self.relay.drop()

    async def start_counter(self) -> None:
        await self._counterparty.start()

    async def booked(self, callers: Collection[str]) -> Sequence[tuple[str, Booked]]:
        """An order that was booked twice is here twice."""
        rows = self._counterparty.book.rows
        found = [rows[order] for order in self._counterparty.booked]
        return [
            (_caller(row), _booked(row))
            for row in found
            if _caller(row) in callers and row.status != REJECTED
        ]

    async def move_market(self, callers: Collection[str]) -> None:
        """Cancel every third order of these callers, and fill the others."""
        rows = self._counterparty.book.rows.values()
        standing = [row for row in rows if _caller(row) in callers and not row.is_over]
        for at, row in enumerate(standing):
            if at % _EVERY_THIRD == 0:
                await self._counterparty.tell("cancel", order=row.id)
            else:
                await self._counterparty.tell(
                    "fill", order=row.id, quantity=row.quantity, price=_PRICE
                )

    @asynccontextmanager
    async def _books_held(self, callers: int) -> AsyncIterator[Callable[[], Awaitable[None]]]:
        """Keep the orders on the line: the counter books at once what arrives."""
        before = self._sent
        self.relay.hold_questions()

        async def sent() -> int:
            return self._sent - before

        try:
            yield lambda: stand_until(sent, callers)
        finally:
            self.relay.let_questions()

    @asynccontextmanager
    async def _answers_held(self, callers: int) -> AsyncIterator[Callable[[], Awaitable[None]]]:
        before = len(self._counterparty.booked)
        self.relay.hold_answers()

        async def booked() -> int:
            return len(self._counterparty.booked) - before

        try:
            yield lambda: stand_until(booked, callers)
        finally:
            self.relay.let_answers()

    def _setup(self) -> Setup:
        return replace(
            super()._setup(),
            counter_dsn=self.counters.dsn,
            fix_port=self.relay.port,
            fix_folder=str(self._folder),
        )

    def _count(self, sent: bytes) -> None:
        self._sent += sent.count(_ORDER)

    async def _start(self) -> None:
        await self._counterparty.start()
        await super()._start()

    async def _stop(self) -> None:
        await super()._stop()
        with suppress(ProcessLookupError):
            await self._counterparty.kill()


def _caller(row: Row) -> str:
    return e164(row.fields.get("20001", ""))


def _booked(row: Row) -> Booked:
    left = row.quantity - row.filled
    return Booked(
        number=row.id[_OF_THE_DAY:],
        filled=row.filled,
        cancelled=left if row.cancelled else 0,
    )
