"""Our own record of statements and their documents, and what is put on them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from callcenter.customers.statements.ports import AccountRecords, StatementBook
from callcenter.domain.accounts import AccountId
from callcenter.domain.audit import AuditEntry
from callcenter.domain.clock import BEIJING, Clock
from callcenter.domain.events import StatementMade
from callcenter.domain.periods import Period
from callcenter.domain.statements import (
    Executed,
    Records,
    Statement,
    StatementNumber,
    StatementState,
)
from callcenter.domain.subscriptions import Channel, Delivery
from callcenter.storage import audit
from callcenter.storage.database import Database
from callcenter.storage.order_rows import order_fill_of, order_of
from callcenter.storage.requests import station_of, station_row
from callcenter.storage.subscription_tables import statement_numbers, statements
from callcenter.storage.tables import fills, orders, outbox
from callcenter.storage.transfers import PostgresTransferBook

_NEXT_NUMBER: Final = select(statement_numbers.next_value())
_COLUMNS: Final = statements.c
_WITHOUT_DOCUMENT: Final = (
    *(column for column in _COLUMNS if column.name != "document"),
    func.octet_length(_COLUMNS.document).label("size"),
)
_BY_AGE: Final = (_COLUMNS.created_at, _COLUMNS.number)


class PostgresStatementBook(StatementBook):
    def __init__(self, database: Database) -> None:
        self._database = database

    async def next_number(self) -> StatementNumber:
        async with self._database.at_once() as connection:
            return StatementNumber(str(await connection.scalar(_NEXT_NUMBER)))

    async def queue(self, statement: Statement, entry: AuditEntry) -> bool:
        adding = upsert(statements).values(_row_of(statement)).on_conflict_do_nothing()
        async with self._database.transaction() as connection:
            if await connection.scalar(adding.returning(_COLUMNS.number)) is None:
                return False
            await audit.write(connection, entry)
        return True

    async def find(self, number: StatementNumber) -> Statement | None:
        found = await self._select(_COLUMNS.number == number)
        return found[0] if found else None

    async def queued(self) -> Sequence[Statement]:
        return await self._select(_COLUMNS.state == StatementState.QUEUED)

    async def newest(self, *, last: int, account: AccountId | None) -> Sequence[Statement]:
        """Return the newest statements, the newest first."""
        wanted = select(*_WITHOUT_DOCUMENT).order_by(*(one.desc() for one in _BY_AGE)).limit(last)
        if account is not None:
            wanted = wanted.where(_COLUMNS.account == account)
        async with self._database.at_once() as connection:
            return [_statement_of(row) for row in await connection.execute(wanted)]

    async def keep(
        self, number: StatementNumber, document: bytes, at: datetime, event: StatementMade
    ) -> bool:
        keeping = (
            update(statements)
            .where(_COLUMNS.number == number, _COLUMNS.state == StatementState.QUEUED)
            .values(state=StatementState.MADE, made_at=at, document=document)
            .returning(_COLUMNS.number)
        )
        told = {"kind": type(event).__name__, "payload": asdict(event)}
        async with self._database.transaction() as connection:
            if await connection.scalar(keeping) is None:
                return False
            await connection.execute(insert(outbox), told)
        return True

    async def document(self, number: StatementNumber) -> bytes | None:
        wanted = select(_COLUMNS.document).where(_COLUMNS.number == number)
        async with self._database.at_once() as connection:
            found: bytes | None = await connection.scalar(wanted)
        return found

    async def _select(self, *where: ColumnElement[bool]) -> Sequence[Statement]:
        wanted = select(*_WITHOUT_DOCUMENT).where(*where).order_by(*_BY_AGE)
        async with self._database.at_once() as connection:
            return [_statement_of(row) for row in await connection.execute(wanted)]


class PostgresAccountRecords(AccountRecords):
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._transfers = PostgresTransferBook(database, clock)

    async def of_period(self, account: AccountId, period: Period) -> Records:
        ours = (
            orders.c.account == account,
            orders.c.trade_date.between(period.first, period.last),
        )
        placed = select(orders).where(*ours).order_by(orders.c.created_at, orders.c.number)
        filled = (
            select(fills, orders)
            .join(orders, orders.c.number == fills.c.order_number)
            .where(*ours)
            .order_by(fills.c.at, fills.c.number)
        )
        async with self._database.at_once() as connection:
            of_orders = [order_of(row) for row in await connection.execute(placed)]
            of_fills = [order_fill_of(row) for row in await connection.execute(filled)]
        return Records(
            orders=of_orders,
            executed=[Executed(order=one.order, fill=one.fill) for one in of_fills],
            transfers=(await self._transfers.between(account, period))[::-1],
        )


def _row_of(statement: Statement) -> Mapping[str, object]:
    return {
        "number": statement.number,
        "account": statement.account,
        "first_day": statement.period.first,
        "last_day": statement.period.last,
        "channel": statement.delivery.channel,
        "fax_number": statement.delivery.number,
        "state": statement.state,
        **station_row(statement.station),
        "created_at": statement.created_at,
    }


def _statement_of(row: Row[Any]) -> Statement:
    return Statement(
        number=row.number,
        account=row.account,
        period=Period(first=row.first_day, last=row.last_day),
        delivery=Delivery(channel=Channel(row.channel), number=row.fax_number),
        station=station_of(row),
        state=StatementState(row.state),
        created_at=row.created_at.astimezone(BEIJING),
        made_at=row.made_at and row.made_at.astimezone(BEIJING),
        size=row.size,
    )
