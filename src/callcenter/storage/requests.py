"""Our own record of requests of any kind, with their events and the outbox."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Any, Final, Generic

from sqlalchemy import ColumnElement, Row, Table, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.audit import AuditEntry
from callcenter.domain.clock import Clock
from callcenter.domain.errors import Refused
from callcenter.domain.events import RequestMoved
from callcenter.domain.orders import Station
from callcenter.domain.refusals import Refusal
from callcenter.domain.requests import RequestNumber
from callcenter.storage import audit
from callcenter.storage.database import Database
from callcenter.storage.request_tables import request_numbers
from callcenter.storage.tables import outbox
from callcenter.trading.requests.ports import (
    OutcomeT,
    RequestBook,
    RequestT,
    RequestTransaction,
)

_NEXT_NUMBER: Final = select(request_numbers.next_value())


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf(Generic[RequestT, OutcomeT]):
    """Where requests of one kind are kept, and how."""

    table: Table
    events: Table
    row_of: Callable[[RequestT], Mapping[str, object]]
    request_of: Callable[[Row[Any]], RequestT]
    columns_of: Callable[[OutcomeT], Mapping[str, object]]  # `state` and `message` among them
    before: Callable[[str], frozenset[str]]  # from which states a state may be reached
    open: frozenset[str]  # the states without a last word
    excluded: Refusal  # of a request that another open one excludes


class PostgresRequestBook(RequestBook[RequestT, OutcomeT]):
    def __init__(self, shelf: Shelf[RequestT, OutcomeT], database: Database, clock: Clock) -> None:
        self._shelf = shelf
        self._database = database
        self._clock = clock

    async def next_number(self) -> RequestNumber:
        async with self._database.at_once() as connection:
            return RequestNumber(str(await connection.scalar(_NEXT_NUMBER)))

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[RequestTransaction[RequestT, OutcomeT]]:
        async with self._database.transaction() as connection:
            yield PostgresRequestTransaction(self._shelf, connection, self._clock)

    async def find(self, number: RequestNumber) -> RequestT | None:
        found = await self.select(self._shelf.table.c.number == number)
        return found[0] if found else None

    async def unsettled(self) -> Sequence[RequestT]:
        if not await self._database.any_in(self._shelf.table.name, self._shelf.open):
            return []
        return await self.select(self._shelf.table.c.state.in_(sorted(self._shelf.open)))

    async def select(
        self, *where: ColumnElement[bool], last: int | None = None
    ) -> Sequence[RequestT]:
        """Return what fits, the oldest first; or only the `last` ones, the newest first."""
        age = (self._shelf.table.c.created_at, self._shelf.table.c.number)
        wanted = select(self._shelf.table).where(*where)
        if last is None:
            wanted = wanted.order_by(*age)
        else:
            wanted = wanted.order_by(*(column.desc() for column in age)).limit(last)
        async with self._database.at_once() as connection:
            return [self._shelf.request_of(row) for row in await connection.execute(wanted)]


class PostgresRequestTransaction(RequestTransaction[RequestT, OutcomeT]):
    def __init__(
        self, shelf: Shelf[RequestT, OutcomeT], connection: AsyncConnection, clock: Clock
    ) -> None:
        self._shelf = shelf
        self._connection = connection
        self._clock = clock

    async def add(self, request: RequestT) -> bool:
        table, row = self._shelf.table, self._shelf.row_of(request)
        # Whatever it collides with was kept before, or this waits until it is.
        adding = upsert(table).values(row).on_conflict_do_nothing().returning(table.c.number)
        if await self._connection.scalar(adding) is None:
            if await self._is_known(request.number):
                return False
            raise Refused(self._shelf.excluded)
        await self._record(request.number, None, row, applied=True)
        return True

    async def move(self, number: RequestNumber, outcome: OutcomeT) -> bool:
        table, columns = self._shelf.table, self._shelf.columns_of(outcome)
        here = table.c.number == number
        # Locked before it is judged: of two answers at once, one is applied.
        now = await self._connection.scalar(select(table.c.state).where(here).with_for_update())
        if now is None:
            raise LookupError(f"there is no request {number}")
        applied = now in self._shelf.before(str(outcome.state))
        if applied:
            moving = update(table).where(here).values(**columns, updated_at=self._clock.now())
            await self._connection.execute(moving)
        await self._record(number, now, columns, applied=applied)
        return applied

    async def publish(self, event: RequestMoved) -> None:
        await self._connection.execute(
            insert(outbox), {"kind": type(event).__name__, "payload": asdict(event)}
        )

    async def audit(self, entry: AuditEntry) -> None:
        await audit.write(self._connection, entry)

    async def _is_known(self, number: RequestNumber) -> bool:
        table = self._shelf.table
        found = await self._connection.scalar(
            select(table.c.number).where(table.c.number == number)
        )
        return found is not None

    async def _record(
        self,
        number: RequestNumber,
        now: str | None,
        columns: Mapping[str, object],
        *,
        applied: bool,
    ) -> None:
        await self._connection.execute(
            insert(self._shelf.events),
            {
                "number": number,
                "at": self._clock.now(),
                "from_state": now,
                "to_state": columns["state"],
                "message": columns["message"],
                "applied": applied,
            },
        )


def station_row(station: Station) -> Mapping[str, object]:
    return {
        "call_id": station.call,
        "caller": station.caller,
        "did": station.did,
        "branch": station.branch,
    }


def station_of(row: Row[Any]) -> Station:
    return Station(call=row.call_id, caller=row.caller, did=row.did, branch=row.branch)
