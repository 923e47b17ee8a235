"""The log of calls: where each one is, and what was said in it."""

import asyncio
from collections import deque
from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Final

import structlog
from sqlalchemy import Row, bindparam, insert, literal_column, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import DBAPIError

from callcenter.domain.accounts import AccountId
from callcenter.domain.calls import (
    DROPPED,
    Call,
    CallEnd,
    CallId,
    Language,
    LeftOff,
    Place,
    Turn,
)
from callcenter.domain.errors import StoreUnavailable
from callcenter.storage.database import Database
from callcenter.storage.tables import calls, turns

# A row that was there before is touched, so that it is returned; xmax tells the two apart.
_NEW: Final = upsert(calls)
_OPEN: Final = _NEW.on_conflict_do_update(
    index_elements=[calls.c.id], set_={"id": _NEW.excluded.id}
).returning(calls.c.place, literal_column("xmax = 0").label("is_new"))

_KEEP_PLACE: Final = text(
    "UPDATE calls SET place = :place, account = coalesce(:account, account) WHERE id = :id"
).bindparams(bindparam("place", type_=JSONB))

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
    """

    def __init__(self, database: Database, *, every_s: float = 0.3, most: int = 50_000) -> None:
        self._database = database
        self._every_s = every_s
        self._most = most
        self._waiting: deque[tuple[CallId, Turn]] = deque()
        self._something = asyncio.Event()
        self._writing = asyncio.Lock()

    async def open(self, call: Call, menu: int | None = None) -> Place | None:
        row = {
            "id": call.id,
            "caller": call.caller,
            "did": call.did,
            "branch": call.branch,
            "recording": call.recording,
            "answered_at": call.answered_at,
            "place": {} if menu is None else {"menu": menu},
        }
        async with self._database.at_once() as connection:
            opened = (await connection.execute(_OPEN, row)).one()
            return None if opened.is_new else place_of(opened.place)

    async def keep_place(self, call: CallId, place: Place) -> None:
        row = {"id": call, "account": place.account, "place": _row_of_place(place)}
        async with self._database.at_once() as connection:
            await connection.execute(_KEEP_PLACE, row)

    def write_turn(self, call: CallId, turn: Turn) -> None:
        self._waiting.append((call, turn))
        self._something.set()

    async def close(self, call: CallId, end: CallEnd, at: datetime) -> None:
        await self.flush()
        first_end = (
            update(calls)
            .where(calls.c.id == call, calls.c.ended_at.is_(None))
            .values(ended_at=at, ended_how=end)
        )
        async with self._database.at_once() as connection:
            await connection.execute(first_end)

    async def left_off(self, call: Call, account: AccountId, since: datetime) -> LeftOff | None:
        last = (
            select(calls.c.id, calls.c.place, calls.c.ended_at, calls.c.ended_how)
            .where(calls.c.account == account, calls.c.caller == call.caller)
            .where(calls.c.id != call.id)
            .order_by(calls.c.answered_at.desc(), calls.c.id.desc())
            .limit(1)
        )
        async with self._database.at_once() as connection:
            row = (await connection.execute(last)).one_or_none()
        if row is None or row.ended_at is None or row.ended_at < since:
            return None
        place = place_of(row.place)
        if CallEnd(row.ended_how) not in DROPPED or not place.draft:
            return None
        return LeftOff(call=CallId(row.id), place=place)

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
            async with self._database.at_once() as connection:
                await connection.execute(insert(turns), [_row_of_turn(*each) for each in batch])
        except DBAPIError as e:
            # Something in it that PostgreSQL cannot hold: trying again would stop all that follow.
            log.error("turns.lost", count=len(batch), reason=type(e.orig).__name__)  # noqa: TRY400  a trace shows the words

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


def place_of(kept: dict[str, Any]) -> Place:
    """Return the place that the column `place` of a call holds."""
    return Place(
        language=Language(kept.get("language", Language.ZH)),
        account=kept.get("account"),
        dialogue=kept.get("dialogue"),
        draft=kept.get("draft", {}),
        menu=kept.get("menu"),
    )


def _call_of(row: Row[Any]) -> Call:
    return Call(
        id=CallId(row.id),
        caller=row.caller,
        did=row.did,
        branch=row.branch,
        answered_at=row.answered_at,
        recording=row.recording,
    )


def _row_of_place(place: Place) -> dict[str, object]:
    return {
        "language": place.language,
        "account": place.account,
        "dialogue": place.dialogue,
        "draft": dict(place.draft),
        "menu": place.menu,
    }


def _row_of_turn(call: CallId, turn: Turn) -> dict[str, object]:
    return {
        "call_id": call,
        "at": turn.at,
        "prompts": list(turn.prompts),
        "words": turn.words,
        "keys": turn.keys,
        "outcome": turn.outcome,
    }
