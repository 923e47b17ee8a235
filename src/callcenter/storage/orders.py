"""Our own record of orders, with their events and the outbox."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date
from functools import partial
from typing import Final

from sqlalchemy import Integer, bindparam, func, insert, select, text, true
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.accounts import AccountId
from callcenter.domain.audit import AuditEntry
from callcenter.domain.clock import Clock
from callcenter.domain.errors import StoreUnavailable
from callcenter.domain.events import OrderMoved
from callcenter.domain.orders import (
    Order,
    OrderNumber,
    OrderState,
    may_become,
)
from callcenter.storage import audit
from callcenter.storage.database import Database
from callcenter.storage.order_rows import order_of, row_of
from callcenter.storage.tables import order_events, order_numbers, orders, outbox
from callcenter.storage.writing import Writing, payload_of, write_answers, write_down
from callcenter.together import Together
from callcenter.trading.ports import OrderBook, OrderTransaction

_UNSETTLED: Final = (OrderState.PENDING, OrderState.UNKNOWN)

_NEXT_NUMBERS: Final = select(order_numbers.next_value()).select_from(
    func.generate_series(1, bindparam("how_many", type_=Integer))
)

_KEPT: Final = (
    upsert(orders)
    .values({column.name: bindparam(column.name, type_=column.type) for column in orders.columns})
    .on_conflict_do_nothing()
    .returning(orders.c.number, orders.c.created_at, orders.c.state, orders.c.message)
    .cte("kept")
)
_ADD: Final = insert(order_events).from_select(
    ["order_number", "at", "to_state", "message", "applied"], select(_KEPT, true())
)

# One statement, so one round trip. The row is locked before its state is read.
_MOVE: Final = text(
    """
    WITH found AS (
        SELECT number, state FROM orders WHERE number = :number FOR UPDATE
    ), moved AS (
        UPDATE orders SET state = :to, message = :message, updated_at = :at
        FROM found WHERE orders.number = found.number AND found.state = ANY(:from)
        RETURNING orders.number
    )
    INSERT INTO order_events (order_number, at, from_state, to_state, message, applied)
    SELECT number, :at, state, :to, :message, EXISTS (SELECT FROM moved) FROM found
    RETURNING applied
    """
)


class PostgresOrderBook(OrderBook):
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._numbered = Together(self._next_numbers, outage=StoreUnavailable)
        self._written = Together(partial(write_down, database), outage=StoreUnavailable)
        self._answered = Together(partial(write_answers, database), outage=StoreUnavailable)

    async def next_number(self) -> OrderNumber:
        return await self._numbered.ask(None)

    async def write_down(self, order: Order, entry: AuditEntry, event: OrderMoved) -> bool:
        return await self._written.ask(Writing(row=row_of(order), entry=entry, event=event))

    async def write_answer(self, entry: AuditEntry, event: OrderMoved) -> bool:
        row = {"number": event.number, "state": event.state, "message": event.message}
        return await self._answered.ask(Writing(row=row, entry=entry, event=event))

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[OrderTransaction]:
        async with self._database.transaction() as connection:
            yield PostgresOrderTransaction(connection, self._clock)

    async def find(self, number: OrderNumber) -> Order | None:
        async with self._database.at_once() as connection:
            found = await connection.execute(select(orders).where(orders.c.number == number))
            row = found.one_or_none()
            return None if row is None else order_of(row)

    async def orders(self, account: AccountId, day: date) -> Sequence[Order]:
        wanted = (
            select(orders)
            .where(orders.c.account == account, orders.c.trade_date == day)
            .order_by(orders.c.created_at.desc(), orders.c.number.desc())
        )
        async with self._database.at_once() as connection:
            return [order_of(row) for row in await connection.execute(wanted)]

    async def _next_numbers(self, callers: Sequence[None]) -> Sequence[OrderNumber]:
        async with self._database.at_once() as connection:
            drawn = await connection.scalars(_NEXT_NUMBERS, {"how_many": len(callers)})
            return [OrderNumber(str(number)) for number in drawn]

    async def unsettled(self) -> Sequence[Order]:
        wanted = (
            select(orders)
            .where(orders.c.state.in_(_UNSETTLED))
            .order_by(orders.c.created_at, orders.c.number)
        )
        async with self._database.at_once() as connection:
            return [order_of(row) for row in await connection.execute(wanted)]


class PostgresOrderTransaction(OrderTransaction):
    def __init__(self, connection: AsyncConnection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    async def add(self, order: Order) -> bool:
        added = await self._connection.execute(_ADD, row_of(order))
        return added.rowcount == 1

    async def move(self, number: OrderNumber, to: OrderState, message: int | None) -> bool:
        moved = await self._connection.execute(
            _MOVE,
            {
                "number": number,
                "from": [state for state in OrderState if may_become(state, to)],
                "to": to,
                "message": message,
                "at": self._clock.now(),
            },
        )
        applied = moved.scalar_one_or_none()
        if applied is None:
            raise LookupError(f"there is no order {number}")
        return bool(applied)

    async def publish(self, event: OrderMoved) -> None:
        await self._connection.execute(
            insert(outbox), {"kind": type(event).__name__, "payload": payload_of(event)}
        )

    async def audit(self, entry: AuditEntry) -> None:
        await audit.write(self._connection, entry)
