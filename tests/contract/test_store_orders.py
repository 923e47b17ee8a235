"""What every book of orders promises, in memory and in PostgreSQL."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Table, select

from callcenter.domain.accounts import AccountId
from callcenter.domain.events import OrderMoved
from callcenter.domain.orders import Order, OrderNumber, OrderState, may_become
from callcenter.storage.database import Database
from callcenter.storage.orders import PostgresOrderBook
from callcenter.storage.tables import audit_trail, order_events, outbox
from callcenter.trading.ports import OrderBook
from tests import make
from tests.fakes.store import AlwaysNoon, FakeOrderBook, Move

NUMBER = OrderNumber("60000001")
MOVED = OrderMoved(
    number=NUMBER, account=AccountId("10000001"), state=OrderState.PENDING, message=None
)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What a book has kept besides the orders themselves."""

    moves: list[Move] = field(default_factory=list)
    outbox: list[OrderMoved] = field(default_factory=list)
    trail: list[str] = field(default_factory=list)


class Store:
    """A book of orders, and a look behind it."""

    def __init__(self, book: OrderBook, database: Database | None) -> None:
        self.book = book
        self._database = database

    @property
    def in_memory(self) -> bool:
        return self._database is None

    async def kept(self) -> Kept:
        if self._database is None:
            assert isinstance(self.book, FakeOrderBook)
            trail = [entry.outcome for entry in self.book.trail]
            return Kept(moves=self.book.moves, outbox=self.book.outbox, trail=trail)
        return Kept(
            moves=[
                Move(
                    number=row.order_number,
                    to=OrderState(row.to_state),
                    message=row.message,
                    applied=row.applied,
                )
                for row in await self._rows(order_events)
            ],
            outbox=[
                OrderMoved(**row.payload | {"state": OrderState(row.payload["state"])})
                for row in await self._rows(outbox)
            ],
            trail=[row.outcome for row in await self._rows(audit_trail)],
        )

    async def _rows(self, table: Table) -> list[Any]:
        assert self._database is not None
        async with self._database.at_once() as connection:
            return list(await connection.execute(select(table).order_by(table.c.id)))


@pytest.fixture(params=["fake", "postgres"])
def store(request: pytest.FixtureRequest) -> Store:
    if request.param == "fake":
        return Store(FakeOrderBook(), None)
    database = request.getfixturevalue("database")
    return Store(PostgresOrderBook(database, AlwaysNoon()), database)


async def add(store: Store, *orders: Order) -> None:
    async with store.book.transaction() as tx:
        for order in orders:
            assert await tx.add(order)


async def move(store: Store, to: OrderState, message: int | None = None) -> bool:
    async with store.book.transaction() as tx:
        return await tx.move(NUMBER, to, message)


async def test_a_number_is_given_once(store: Store) -> None:
    numbers = await asyncio.gather(*(store.book.next_number() for _ in range(20)))

    assert sorted(numbers) == [str(number) for number in range(60000001, 60000021)]


async def test_an_order_is_found_as_it_was_added(store: Store) -> None:
    order = make.order(price=Decimal("10.050"), quantity=299, station=make.station(branch="017"))

    await add(store, order)

    found = await store.book.find(NUMBER)
    assert found == order
    assert str(found.draft.price) == "10.050"


async def test_a_number_that_nobody_used_finds_nothing(store: Store) -> None:
    assert await store.book.find(NUMBER) is None


async def test_adding_an_order_is_an_event(store: Store) -> None:
    await add(store, make.order())

    assert (await store.kept()).moves == [
        Move(number=NUMBER, to=OrderState.PENDING, message=None, applied=True)
    ]


async def test_the_same_number_is_added_once(store: Store) -> None:
    await add(store, make.order(quantity=100))

    async with store.book.transaction() as tx:
        assert not await tx.add(make.order(quantity=200))

    found = await store.book.find(NUMBER)
    assert found is not None
    assert found.draft.quantity == 100
    assert len((await store.kept()).moves) == 1


async def test_the_same_client_id_is_added_once_in_a_day(store: Store) -> None:
    first = make.order()
    await add(store, first)

    async with store.book.transaction() as tx:
        assert not await tx.add(make.order(number="60000002", client_id=first.client_id))

    assert await store.book.find(OrderNumber("60000002")) is None


@pytest.mark.parametrize("to", OrderState)
async def test_a_pending_order_moves_where_the_table_says(store: Store, to: OrderState) -> None:
    await add(store, make.order())

    applied = await move(store, to, 5001)

    found = await store.book.find(NUMBER)
    assert found is not None
    assert applied is may_become(OrderState.PENDING, to)
    assert (found.state, found.message) == ((to, 5001) if applied else (OrderState.PENDING, None))
    assert (await store.kept()).moves[1:] == [
        Move(number=NUMBER, to=to, message=5001, applied=applied)
    ]


async def test_a_move_changes_the_time_and_nothing_else(store: Store) -> None:
    order = make.order(updated_at=make.NOON - timedelta(seconds=3))
    await add(store, order)

    await move(store, OrderState.ACCEPTED)

    assert await store.book.find(NUMBER) == replace(
        order, state=OrderState.ACCEPTED, updated_at=make.NOON
    )


async def test_an_answer_after_the_answer_is_recorded_and_not_applied(store: Store) -> None:
    await add(store, make.order())
    await move(store, OrderState.ACCEPTED)

    assert not await move(store, OrderState.REJECTED, 5001)

    found = await store.book.find(NUMBER)
    assert found is not None
    assert found.state is OrderState.ACCEPTED
    assert [m.applied for m in (await store.kept()).moves] == [True, True, False]


async def test_of_two_answers_at_once_one_is_applied(store: Store) -> None:
    await add(store, make.order())

    applied = await asyncio.gather(
        move(store, OrderState.ACCEPTED), move(store, OrderState.REJECTED, 5001)
    )

    assert sorted(applied) == [False, True]
    assert sorted(m.applied for m in (await store.kept()).moves) == [False, True, True]


async def test_moving_an_order_that_is_not_there_is_a_defect(store: Store) -> None:
    with pytest.raises(LookupError, match=NUMBER):
        await move(store, OrderState.ACCEPTED)


async def test_a_transaction_keeps_order_event_and_audit_together(store: Store) -> None:
    async with store.book.transaction() as tx:
        await tx.add(make.order())
        await tx.publish(MOVED)
        await tx.audit(make.entry(outcome="pending"))

    kept = await store.kept()
    assert kept.outbox == [MOVED]
    assert kept.trail == ["pending"]


async def test_a_new_order_is_written_down_with_its_audit_row_and_its_event(store: Store) -> None:
    order = make.order(price=Decimal("10.050"), station=make.station(branch="017"))

    assert await store.book.write_down(order, make.entry(outcome="pending"), MOVED)

    assert await store.book.find(NUMBER) == order
    assert await store.kept() == Kept(
        moves=[Move(number=NUMBER, to=OrderState.PENDING, message=None, applied=True)],
        outbox=[MOVED],
        trail=["pending"],
    )


async def test_an_order_that_was_written_down_is_not_written_down_again(store: Store) -> None:
    await store.book.write_down(make.order(quantity=100), make.entry(), MOVED)
    before = await store.kept()

    assert not await store.book.write_down(make.order(quantity=200), make.entry(), MOVED)

    assert await store.kept() == before


async def test_orders_that_come_at_the_same_moment_are_all_written_down_once(store: Store) -> None:
    twice = [make.order(number=f"6000000{n}") for n in range(8)] * 2

    new = await asyncio.gather(
        *(store.book.write_down(order, make.entry(), MOVED) for order in twice)
    )

    assert new == [True] * 8 + [False] * 8
    assert len((await store.kept()).trail) == 8


async def test_an_order_with_a_fault_takes_none_with_it_that_comes_at_the_same_moment(
    store: Store,
) -> None:
    good, faulty = make.order(), make.order(number="60000002", client_id=None)

    new = await asyncio.gather(
        *(store.book.write_down(order, make.entry(), MOVED) for order in (good, faulty)),
        return_exceptions=True,
    )

    assert new[0] is True
    assert await store.book.find(NUMBER) == good
    assert store.in_memory or isinstance(new[1], Exception)


ANSWERED = replace(MOVED, state=OrderState.REJECTED, message=5001)


async def test_the_first_answer_is_written_with_its_audit_row_and_its_event(store: Store) -> None:
    order = make.order()
    await add(store, order)
    entry = make.entry(outcome="rejected", at=make.NOON + timedelta(seconds=1))

    assert await store.book.write_answer(entry, ANSWERED)

    found = await store.book.find(NUMBER)
    assert found is not None
    assert (found.state, found.message) == (OrderState.REJECTED, 5001)
    kept = await store.kept()
    assert kept.moves[1:] == [
        Move(number=NUMBER, to=OrderState.REJECTED, message=5001, applied=True)
    ]
    assert (kept.outbox, kept.trail) == ([ANSWERED], ["rejected"])


async def test_an_answer_that_is_not_the_first_is_left_to_a_transaction(store: Store) -> None:
    await add(store, make.order())
    await move(store, OrderState.UNKNOWN)
    before = await store.kept()

    assert not await store.book.write_answer(make.entry(), ANSWERED)

    assert await store.kept() == before


async def test_of_two_first_answers_at_the_same_moment_one_is_written(store: Store) -> None:
    await add(store, make.order())

    first = await asyncio.gather(
        *(store.book.write_answer(make.entry(), ANSWERED) for _ in range(2))
    )

    assert sorted(first) == [False, True]
    assert len((await store.kept()).trail) == 1


async def test_a_transaction_that_fails_keeps_nothing(store: Store) -> None:
    with suppress(ZeroDivisionError):
        async with store.book.transaction() as tx:
            await tx.add(make.order())
            await tx.move(NUMBER, OrderState.ACCEPTED, None)
            await tx.publish(MOVED)
            await tx.audit(make.entry())
            raise ZeroDivisionError

    assert await store.book.find(NUMBER) is None
    assert await store.kept() == Kept()


async def test_a_cancelled_transaction_keeps_nothing(store: Store) -> None:
    inside = asyncio.Event()

    async def never_ends() -> None:
        async with store.book.transaction() as tx:
            await tx.add(make.order())
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(never_ends())
    await inside.wait()
    task.cancel()
    await asyncio.wait([task])

    assert await store.book.find(NUMBER) is None
    assert await store.kept() == Kept()


async def test_the_day_of_an_account_comes_newest_first(store: Store) -> None:
    early = make.order(number="60000001", created_at=make.NOON)
    late = make.order(number="60000002", created_at=make.NOON + timedelta(minutes=1))
    same_time = make.order(number="60000003", created_at=make.NOON)
    of_yesterday = make.order(number="60000004", trade_date=make.NOON.date() - timedelta(days=1))
    of_another = make.order(number="60000005", account="10000002")
    await add(store, early, late, same_time, of_yesterday, of_another)

    found = await store.book.orders(AccountId("10000001"), make.NOON.date())

    assert found == [late, same_time, early]


async def test_what_waits_for_the_counter_comes_oldest_first(store: Store) -> None:
    orders = [
        make.order(number=f"600000{i:02}", state=state, created_at=make.NOON - timedelta(minutes=i))
        for i, state in enumerate(OrderState)
    ]
    await add(store, *orders)

    found = await store.book.unsettled()

    assert [order.state for order in found] == [OrderState.UNKNOWN, OrderState.PENDING]
