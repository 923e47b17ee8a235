"""The log of calls: where each one is, and what was said in it."""

import asyncio
from collections import deque
from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Final

import structlog
from sqlalchemy import Row, select, text

from callcenter.domain.accounts import AccountId
from callcenter.domain.calls import Call, CallEnd, CallId, LeftOff, Place, Turn
from callcenter.domain.errors import StoreUnavailable
from callcenter.storage.calling import (
    AskedLeftOff,
    Closed,
    Kept,
    Opened,
    close_calls,
    keep_places,
    left_off,
    open_calls,
    place_of,
    write_turns,
)
from callcenter.storage.database import Database
from callcenter.storage.line import NOT_LIKE_THIS
from callcenter.storage.tables import calls

_TAKE_OVER: Final = text(
    "UPDATE calls SET place = jsonb_set(place, '{draft}', '{}')"
    " WHERE id = :id AND place->'draft' <> '{}' RETURNING id"
)

_BATCH: Final = 2_000
_AFTER_OUTAGE_S: Final = 1.0

log = structlog.get_logger()


class PostgresCallBook:
    """
    The log of calls in PostgreSQL.

    Turns wait in memory until `run` writes them, at most every `every_s`. While PostgreSQL does
    not answer the newest `most` of them are kept.

    Nobody waits for the disk for a turn or a place: a daemon that dies costs none of them, and a
    PostgreSQL that does costs the last second's, but none from before an order was written down.
    """

    def __init__(self, database: Database, *, every_s: float = 0.3, most: int = 50_000) -> None:
        self._database = database
        self._opened = database.together(open_calls)
        self._kept = database.together(keep_places, awaits_disk=False)
        self._closed = database.together(close_calls)
        self._asked = database.together(left_off)
        self._turns = database.line(awaits_disk=False)
        self._every_s = every_s
        self._most = most
        self._waiting: deque[tuple[CallId, Turn]] = deque()
        self._something = asyncio.Event()
        self._writing = asyncio.Lock()

    async def open(self, call: Call, menu: int | None = None) -> Place | None:
        return await self._opened.ask(Opened(call, menu))

    async def keep_place(self, call: CallId, place: Place) -> None:
        await self._kept.ask(Kept(call, place))

    def write_turn(self, call: CallId, turn: Turn) -> None:
        self._waiting.append((call, turn))
        self._something.set()

    async def close(self, call: CallId, end: CallEnd, at: datetime) -> None:
        await self.flush()
        await self._closed.ask(Closed(call, end, at))

    async def left_off(self, call: Call, account: AccountId, since: datetime) -> LeftOff | None:
        return await self._asked.ask(AskedLeftOff(call, account, since))

    async def take_over(self, call: CallId) -> bool:
        async with self._database.at_once() as connection:
            taken = await connection.execute(_TAKE_OVER, {"id": call})
            return taken.one_or_none() is not None

    async def last_seen(self, call: CallId) -> tuple[Call, Place] | None:
        """Return a call and where in the conversation it was; None if it was never here."""
        async with self._database.at_once() as connection:
            row = (await connection.execute(select(calls).where(calls.c.id == call))).one_or_none()
        return None if row is None else (_call_of(row), place_of(row.place))

    async def open_calls(self, prefix: str, before: datetime) -> Sequence[CallId]:
        """Return the calls without an end whose id begins so and that are older, oldest first."""
        wanted = (
            select(calls.c.id)
            .where(calls.c.ended_at.is_(None), calls.c.answered_at < before)
            .where(calls.c.id.startswith(prefix, autoescape=True))
            .order_by(calls.c.answered_at)
        )
        async with self._database.at_once() as connection:
            return [CallId(found) for found in await connection.scalars(wanted)]

    async def run(self) -> None:
        """Write turns behind the calls until cancelled, and then what is left of them."""
        try:
            while True:
                await self._something.wait()
                await asyncio.sleep(self._every_s)
                if not await self._try_to_flush():
                    await asyncio.sleep(_AFTER_OUTAGE_S)
        finally:
            await self._try_to_flush()

    async def flush(self) -> None:
        """Write the turns that wait; raise `StoreUnavailable`, and keep them, if that fails."""
        # Shielded, because a batch that is cut short may be written, and would be written again.
        await asyncio.shield(self._flush())

    async def _flush(self) -> None:
        async with self._writing:
            self._something.clear()
            while batch := list(islice(self._waiting, _BATCH)):
                try:
                    await self._write(batch)
                except StoreUnavailable:
                    self._something.set()
                    self._drop_oldest()
                    raise
                for _ in batch:
                    self._waiting.popleft()

    async def _write(self, batch: Sequence[tuple[CallId, Turn]]) -> None:
        try:
            await write_turns(self._turns, batch)
        except NOT_LIKE_THIS as e:
            # Something in it that PostgreSQL cannot hold: trying again would stop all that follow.
            log.error("turns.lost", count=len(batch), reason=type(e).__name__)  # noqa: TRY400  a trace shows the words

    async def _try_to_flush(self) -> bool:
        try:
            await self.flush()
        except StoreUnavailable as e:
            log.warning("turns.waiting", count=len(self._waiting), reason=str(e))
            return False
        return True

    def _drop_oldest(self) -> None:
        too_many = len(self._waiting) - self._most
        if too_many > 0:
            log.error("turns.lost", count=too_many)
            for _ in range(too_many):
                self._waiting.popleft()


def _call_of(row: Row[Any]) -> Call:
    return Call(
        id=CallId(row.id),
        caller=row.caller,
        did=row.did,
        branch=row.branch,
        answered_at=row.answered_at,
        recording=row.recording,
    )
