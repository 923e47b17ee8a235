"""What every book of transfers promises, in memory and in PostgreSQL."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Table, select

from callcenter.domain.accounts import AccountId
from callcenter.domain.errors import Refused, StoreUnavailable
from callcenter.domain.events import RequestMoved, TransferMoved
from callcenter.domain.periods import Period
from callcenter.domain.refusals import Refusal
from callcenter.domain.requests import RequestNumber
from callcenter.domain.transfers import (
    OPEN,
    BankCode,
    Difference,
    DifferenceKind,
    Direction,
    Transfer,
    TransferOutcome,
    TransferState,
    may_become,
)
from callcenter.storage.database import Database
from callcenter.storage.request_tables import transfer_events
from callcenter.storage.tables import audit_trail, outbox
from callcenter.storage.transfers import PostgresTransferBook
from callcenter.trading.transfers.ports import TransferBook
from tests import make
from tests.fakes.requests import FakeTransferBook, RequestMove
from tests.fakes.store import AlwaysNoon

S = TransferState
NUMBER = make.transfer().number
DONE = TransferOutcome(state=S.DONE)
MOVED = TransferMoved(number=NUMBER, account=AccountId("10000001"), state=S.PENDING)
DIFFERENCE = Difference(
    day=make.NOON.date(),
    request_id=make.transfer().request_id,
    account=AccountId("10000001"),
    kind=DifferenceKind.ONLY_BANK,
    ours="-",
    theirs="10000001 ICBC in 10000.00 done",
)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What a book has kept besides the transfers themselves."""

    moves: list[RequestMove] = field(default_factory=list)
    outbox: list[RequestMoved] = field(default_factory=list)
    trail: list[str] = field(default_factory=list)


class Store:
    """A book of transfers, and a look behind it."""

    def __init__(self, book: TransferBook, database: Database | None) -> None:
        self.book = book
        self._database = database

    async def kept(self) -> Kept:
        if self._database is None:
            assert isinstance(self.book, FakeTransferBook)
            trail = [entry.outcome for entry in self.book.trail]
            return Kept(moves=self.book.moves, outbox=self.book.outbox, trail=trail)
        return Kept(
            moves=[
                RequestMove(
                    number=row.number, to=row.to_state, message=row.message, applied=row.applied
                )
                for row in await self._rows(transfer_events)
            ],
            outbox=[
                TransferMoved(**row.payload | {"state": S(row.payload["state"])})
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
        return Store(FakeTransferBook(), None)
    database = request.getfixturevalue("database")
    return Store(PostgresTransferBook(database, AlwaysNoon()), database)


async def add(store: Store, *transfers: Transfer) -> None:
    async with store.book.transaction() as tx:
        for transfer in transfers:
            assert await tx.add(transfer)


async def move(store: Store, outcome: TransferOutcome) -> bool:
    async with store.book.transaction() as tx:
        return await tx.move(NUMBER, outcome)


def numbered(number: int, state: TransferState = S.DONE, **changes: Any) -> Transfer:
    """Return a transfer with a number and an id of its own."""
    named = RequestNumber(f"7000{number:04}")
    return make.transfer(state, number=named, request_id=f"20261120{named}", **changes)


async def test_a_number_is_given_once(store: Store) -> None:
    numbers = await asyncio.gather(*(store.book.next_number() for _ in range(20)))

    assert sorted(numbers) == [str(number) for number in range(70000001, 70000021)]


async def test_a_transfer_is_found_as_it_was_added(store: Store) -> None:
    transfer = make.transfer(
        direction=Direction.OUT,
        bank=BankCode("cmb"),
        amount=Decimal("123456789.10"),
        station=make.station(branch="017"),
    )

    await add(store, transfer)

    found = await store.book.find(NUMBER)
    assert found == transfer
    assert str(found.draft.amount) == "123456789.10"


async def test_a_number_that_nobody_used_finds_nothing(store: Store) -> None:
    assert await store.book.find(NUMBER) is None


async def test_adding_a_transfer_is_an_event(store: Store) -> None:
    await add(store, make.transfer())

    assert (await store.kept()).moves == [
        RequestMove(number=NUMBER, to=S.PENDING, message=None, applied=True)
    ]


async def test_the_same_number_is_added_once(store: Store) -> None:
    await add(store, make.transfer())

    async with store.book.transaction() as tx:
        assert not await tx.add(make.transfer(amount=Decimal("2.00")))

    found = await store.book.find(NUMBER)
    assert found is not None
    assert found.draft.amount == Decimal("10000.00")
    assert len((await store.kept()).moves) == 1


@pytest.mark.parametrize("state", sorted(OPEN))
async def test_an_open_transfer_excludes_another_of_its_account(
    store: Store, state: TransferState
) -> None:
    await add(store, numbered(1, state))

    with pytest.raises(Refused) as refused:
        await add(store, numbered(2, S.PENDING))

    assert refused.value.reason is Refusal.TRANSFER_IN_PROGRESS
    assert await store.book.find(RequestNumber("70000002")) is None
    await add(store, numbered(3, S.PENDING, account=AccountId("10000002")))


@pytest.mark.parametrize("state", sorted(set(S) - OPEN))
async def test_a_settled_transfer_excludes_none(store: Store, state: TransferState) -> None:
    await add(store, numbered(1, state))

    await add(store, numbered(2, S.PENDING))


async def test_of_two_transfers_at_once_one_is_added(store: Store) -> None:
    added = await asyncio.gather(
        *(add(store, numbered(number, S.PENDING)) for number in range(8)), return_exceptions=True
    )

    assert sum(isinstance(each, Refused) for each in added) == 7
    assert len(await store.book.unsettled()) == 1


@pytest.mark.parametrize("now", S)
@pytest.mark.parametrize("to", S)
async def test_a_transfer_moves_where_the_table_says(
    store: Store, now: TransferState, to: TransferState
) -> None:
    await add(store, make.transfer(now))

    applied = await move(store, TransferOutcome(state=to, message=7011))

    found = await store.book.find(NUMBER)
    assert found is not None
    assert applied is may_become(now, to)
    assert found.outcome == TransferOutcome(
        state=to if applied else now, message=7011 if applied else None
    )
    assert (await store.kept()).moves[1:] == [
        RequestMove(number=NUMBER, to=to, message=7011, applied=applied)
    ]


async def test_a_move_changes_the_time_and_nothing_else(store: Store) -> None:
    transfer = make.transfer(updated_at=make.NOON - timedelta(seconds=3))
    await add(store, transfer)

    await move(store, DONE)

    assert await store.book.find(NUMBER) == replace(transfer, outcome=DONE, updated_at=make.NOON)


async def test_of_two_answers_at_once_one_is_applied(store: Store) -> None:
    await add(store, make.transfer())

    applied = await asyncio.gather(
        move(store, DONE), move(store, TransferOutcome(state=S.REJECTED, message=7011))
    )

    assert sorted(applied) == [False, True]
    assert sorted(each.applied for each in (await store.kept()).moves) == [False, True, True]


async def test_moving_a_transfer_that_is_not_there_is_a_defect(store: Store) -> None:
    with pytest.raises(LookupError, match=NUMBER):
        await move(store, DONE)


async def test_a_transaction_keeps_transfer_event_and_audit_together(store: Store) -> None:
    async with store.book.transaction() as tx:
        await tx.add(make.transfer())
        await tx.publish(MOVED)
        await tx.audit(make.entry(outcome="pending"))

    kept = await store.kept()
    assert kept.outbox == [MOVED]
    assert kept.trail == ["pending"]


async def test_a_transaction_that_fails_keeps_nothing(store: Store) -> None:
    with suppress(ZeroDivisionError):
        async with store.book.transaction() as tx:
            await tx.add(make.transfer())
            await tx.move(NUMBER, DONE)
            await tx.publish(MOVED)
            await tx.audit(make.entry())
            raise ZeroDivisionError

    assert await store.book.find(NUMBER) is None
    assert await store.kept() == Kept()


async def test_a_cancelled_transaction_keeps_nothing(store: Store) -> None:
    inside = asyncio.Event()

    async def never_ends() -> None:
        async with store.book.transaction() as tx:
            await tx.add(make.transfer())
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(never_ends())
    await inside.wait()
    task.cancel()
    await asyncio.wait([task])

    assert await store.book.find(NUMBER) is None
    assert await store.kept() == Kept()


async def test_the_open_transfer_of_an_account_is_found(store: Store) -> None:
    await add(store, numbered(1), numbered(2, S.MANUAL))

    found = await store.book.open(AccountId("10000001"))

    assert found == numbered(2, S.MANUAL)
    assert await store.book.open(AccountId("10000002")) is None


async def test_the_day_of_an_account_comes_newest_first(store: Store) -> None:
    late = numbered(2, created_at=make.NOON + timedelta(minutes=1))
    yesterday = make.NOON.date() - timedelta(days=1)
    other = numbered(5, account=AccountId("10000002"))
    await add(store, late, numbered(1), numbered(3), numbered(4, trade_date=yesterday), other)

    found = await store.book.of_account(AccountId("10000001"), make.NOON.date())
    of_all = await store.book.of_day(make.NOON.date())

    assert found == [late, numbered(3), numbered(1)]
    assert of_all == [numbered(1), numbered(3), other, late]


async def test_a_period_has_both_its_ends_and_comes_newest_first(store: Store) -> None:
    days = [make.NOON - timedelta(days=ago) for ago in range(4)]
    made = [
        numbered(at, S.DONE, created_at=day, trade_date=day.date())
        for at, day in enumerate(days, start=1)
    ]
    other = numbered(9, account=AccountId("10000002"))
    await add(store, *made, other)

    period = Period(first=days[2].date(), last=days[1].date())
    found = await store.book.between(AccountId("10000001"), period)

    assert [one.number for one in found] == [made[1].number, made[2].number]


async def test_what_waits_for_a_word_comes_oldest_first(store: Store) -> None:
    transfers = [
        numbered(i, state, account=AccountId(f"{i}"), created_at=make.NOON - timedelta(minutes=i))
        for i, state in enumerate(S)
    ]
    await add(store, *transfers)

    found = await store.book.unsettled()

    assert [one.state for one in found] == [S.MANUAL, S.ACCEPTED, S.UNKNOWN, S.PENDING]


async def test_a_difference_is_kept_once(store: Store) -> None:
    other = replace(DIFFERENCE, kind=DifferenceKind.AMOUNT)

    first = await store.book.note([DIFFERENCE])
    second = await store.book.note([DIFFERENCE, other])

    assert (first, second) == ([DIFFERENCE], [other])
    assert await store.book.note([]) == []


async def test_differences_are_read_back_newest_first(database: Database) -> None:
    book = PostgresTransferBook(database, AlwaysNoon())
    other = replace(DIFFERENCE, kind=DifferenceKind.AMOUNT)
    await book.note([DIFFERENCE])
    await book.note([other])

    assert await book.differences() == [other, DIFFERENCE]
    assert await book.differences(last=1) == [other]


async def test_the_newest_are_read_back_by_account_and_state(database: Database) -> None:
    book = PostgresTransferBook(database, AlwaysNoon())
    store = Store(book, database)
    other = numbered(3, account=AccountId("10000002"))
    await add(store, numbered(1), numbered(2, S.MANUAL), other)

    assert await book.newest() == [other, numbered(2, S.MANUAL), numbered(1)]
    assert await book.newest(last=1) == [other]
    assert await book.newest(account=AccountId("10000002")) == [other]
    assert await book.newest(state=S.MANUAL) == [numbered(2, S.MANUAL)]


async def test_a_server_that_is_gone_is_an_outage() -> None:
    database = Database("postgresql://nobody@127.0.0.1:1/nothing")

    with pytest.raises(StoreUnavailable):
        await PostgresTransferBook(database, AlwaysNoon()).find(NUMBER)

    await database.close()
