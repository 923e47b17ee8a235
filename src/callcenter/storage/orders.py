"""Our own record of orders and their fills, with their events and the outbox."""

import json
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    Row,
    Select,
    Text,
    and_,
    any_,
    literal,
    select,
    text,
    update,
)

from callcenter.domain.accounts import AccountId
from callcenter.domain.audit import AuditEntry
from callcenter.domain.clock import Clock
from callcenter.domain.errors import StoreUnavailable
from callcenter.domain.events import OrderMoved
from callcenter.domain.fills import Fill, FillKey
from callcenter.domain.orders import (
    CANCELLABLE,
    OVER,
    UNANSWERED,
    ClientOrderId,
    Draft,
    Order,
    OrderNumber,
)
from callcenter.domain.orders import OrderState as State
from callcenter.storage import audit
from callcenter.storage.asking import Asked, next_numbers, twins
from callcenter.storage.database import Database
from callcenter.storage.order_changes import write_changes
from callcenter.storage.order_rows import difference_of, fill_of, order_fill_of, order_of, row_of
from callcenter.storage.tables import (
    differences,
    fills,
    orders,
    stream_positions,
)
from callcenter.storage.writing import Writing, write_answers, write_down
from callcenter.together import Together
from callcenter.trading.orders.ports import (
    Change,
    Difference,
    OrderBook,
    OrderFill,
    SeenDifference,
    StreamMark,
)
from callcenter.trading.ports import StreamPosition

_PAGE: Final = 1_000
_TWO_WEEKS: Final = timedelta(days=14)  # longer than any holiday
_NOT_AT_THE_COUNTER: Final = (*UNANSWERED, State.RESERVED, State.REJECTED, State.WITHDRAWN)
_LIVE: Final = tuple(set(State) - OVER - {State.RESERVED, *UNANSWERED})

# Spelt out, so that the index of only these is used.
_ANY_RESERVED: Final = "SELECT FROM orders WHERE state = 'reserved' AND reserved_for <= $1 LIMIT 1"
_KNOWN_FILLS: Final = text(
    """
    SELECT fills.* FROM fills
    JOIN jsonb_to_recordset(CAST(:keys AS jsonb)) AS key (
        trade_date date, market text, number text) USING (trade_date, market, number)
    """
)
_NEWEST_FIRST: Final = (orders.c.created_at.desc(), orders.c.number.desc())
_OLDEST_FIRST: Final = (orders.c.created_at, orders.c.number)


class PostgresOrderBook(OrderBook):
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._numbered = database.together(next_numbers)
        self._new = database.together(write_down)
        self._answered = database.together(write_answers)
        self._twins = database.together(twins)
        self._changed = Together(self._write_together, outage=StoreUnavailable)

    async def next_number(self) -> OrderNumber:
        return await self._numbered.ask(None)

    async def write_down(self, order: Order, entry: AuditEntry, event: OrderMoved) -> bool:
        return await self._new.ask(Writing(row=row_of(order), entry=entry, event=event))

    async def write_answer(self, entry: AuditEntry, event: OrderMoved) -> bool:
        row = {"number": event.number, "state": event.state, "message": event.message}
        return await self._answered.ask(Writing(row=row, entry=entry, event=event))

    async def write(
        self,
        changes: Sequence[Change],
        *,
        differences: Sequence[Difference] = (),
        mark: StreamMark | None = None,
    ) -> Collection[OrderNumber]:
        if len(changes) == 1 and not differences and mark is None:
            return await self._changed.ask(changes[0])
        now = self._clock.now()
        return await write_changes(self._database, changes, differences, mark, now)

    async def find(self, number: OrderNumber) -> Order | None:
        found = await self._rows(select(orders).where(orders.c.number == number))
        return order_of(found[0]) if found else None

    async def by_client_id(
        self, client_ids: Collection[ClientOrderId]
    ) -> Mapping[ClientOrderId, Order]:
        any_of_them = any_(literal([*client_ids], ARRAY(Text)))
        wanted = select(orders).where(orders.c.client_id == any_of_them)
        return {order.client_id: order for order in await self._orders(wanted)}

    async def orders(self, account: AccountId, day: date) -> Sequence[Order]:
        of_the_day = and_(orders.c.account == account, orders.c.trade_date == day)
        return await self._orders(select(orders).where(of_the_day).order_by(*_NEWEST_FIRST))

    async def unsettled(self) -> Sequence[Order]:
        if not await self._database.any_in(orders.name, UNANSWERED):
            return []
        waiting = orders.c.state.in_([*UNANSWERED])
        return await self._orders(select(orders).where(waiting).order_by(*_OLDEST_FIRST))

    async def open_orders(self, account: AccountId, since: date) -> Sequence[Order]:
        theirs = and_(
            orders.c.account == account,
            orders.c.trade_date >= since,
            orders.c.state.in_([*CANCELLABLE]),
        )
        return await self._orders(select(orders).where(theirs).order_by(*_NEWEST_FIRST))

    async def twin(self, draft: Draft, since: datetime) -> Order | None:
        return await self._twins.ask(Asked(draft, since))

    async def reserved(self, day: date) -> Sequence[Order]:
        if not await self._database.glance(_ANY_RESERVED, day):
            return []
        kept = and_(orders.c.state == State.RESERVED, orders.c.reserved_for <= day)
        return await self._orders(select(orders).where(kept).order_by(*_OLDEST_FIRST))

    async def standing(self, day: date, before: datetime) -> AsyncIterator[Sequence[Order]]:
        taken = and_(
            orders.c.trade_date == day,
            orders.c.created_at < before,
            orders.c.state.not_in(_NOT_AT_THE_COUNTER),
            # a reservation that was cancelled never went there
            ~and_(orders.c.reserved_for.is_not(None), orders.c.state == State.CANCELLED),
        )
        wanted = select(orders).where(taken).order_by(orders.c.number).limit(_PAGE)
        last = ""
        while page := await self._orders(wanted.where(orders.c.number > last)):
            yield page
            last = page[-1].draft.number

    async def unfinished_days(self, before: date) -> Sequence[date]:
        live = orders.c.state.in_([*_LIVE])
        recent = orders.c.trade_date.between(before - _TWO_WEEKS, before - timedelta(days=1))
        wanted = select(orders.c.trade_date).where(live, recent)
        found = await self._rows(wanted.distinct().order_by(orders.c.trade_date))
        return [row.trade_date for row in found]

    async def fills(self, account: AccountId, first: date, last: date) -> Sequence[OrderFill]:
        wanted = (
            select(fills, orders)
            .join(orders, orders.c.number == fills.c.order_number)
            .where(orders.c.account == account, orders.c.trade_date.between(first, last))
            .order_by(fills.c.at.desc(), fills.c.number.desc())
        )
        return [order_fill_of(row) for row in await self._rows(wanted)]

    async def known_fills(self, keys: Collection[FillKey]) -> Mapping[FillKey, Fill]:
        wanted = [
            {"trade_date": str(key.trade_date), "market": key.market, "number": key.number}
            for key in keys
        ]
        async with self._database.at_once() as connection:
            found = await connection.execute(_KNOWN_FILLS, {"keys": json.dumps(wanted)})
            known = [fill_of(row) for row in found]
        return {fill.key: fill for fill in known}

    async def position(self, gateway: str) -> StreamPosition | None:
        wanted = select(stream_positions.c.position).where(stream_positions.c.gateway == gateway)
        found = await self._rows(wanted)
        return StreamPosition(found[0].position) if found else None

    async def differences(self, *, resolved: bool = False) -> Sequence[SeenDifference]:
        told = differences.c.resolved_at
        wanted = select(differences).where(told.is_not(None) if resolved else told.is_(None))
        return [difference_of(row) for row in await self._rows(wanted.order_by(differences.c.id))]

    async def resolve(self, difference: int, by: str, why: str, entry: AuditEntry) -> bool:
        resolving = (
            update(differences)
            .where(differences.c.id == difference, differences.c.resolved_at.is_(None))
            .values(resolved_at=entry.at, resolved_by=by, resolved_why=why)
        )
        async with self._database.transaction() as connection:
            if not (await connection.execute(resolving)).rowcount:
                return False
            await audit.write(connection, entry)
        return True

    async def _write_together(self, changes: Sequence[Change]) -> list[Collection[OrderNumber]]:
        """Write changes that came at the same moment; of two of one order, the first."""
        first: dict[OrderNumber, int] = {}
        for place, change in enumerate(changes):
            first.setdefault(change.before.draft.number, place)
        chosen = [changes[place] for place in first.values()]
        late = await write_changes(self._database, chosen, (), None, self._clock.now())
        done = {place for number, place in first.items() if number not in late}
        return [
            [] if place in done else [change.before.draft.number]
            for place, change in enumerate(changes)
        ]

    async def _orders(self, wanted: Select[*tuple[Any, ...]]) -> Sequence[Order]:
        return [order_of(row) for row in await self._rows(wanted)]

    async def _rows(self, wanted: Select[*tuple[Any, ...]]) -> Sequence[Row[*tuple[Any, ...]]]:
        async with self._database.at_once() as connection:
            return (await connection.execute(wanted)).all()
