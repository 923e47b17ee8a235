"""What every book of statements promises, in memory and in PostgreSQL; and what is put on one."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from callcenter.customers.statements.ports import StatementBook
from callcenter.domain.accounts import AccountId
from callcenter.domain.calls import CallerNumber
from callcenter.domain.events import OrderMoved, StatementMade
from callcenter.domain.orders import OrderNumber, OrderState
from callcenter.domain.periods import Period
from callcenter.domain.requests import RequestNumber
from callcenter.domain.statements import StatementNumber, StatementState
from callcenter.domain.subscriptions import Channel, Delivery
from callcenter.storage.database import Database
from callcenter.storage.orders import PostgresOrderBook
from callcenter.storage.statements import PostgresAccountRecords, PostgresStatementBook
from callcenter.storage.tables import audit_trail, outbox
from callcenter.storage.transfers import PostgresTransferBook
from tests import make
from tests.fakes.statements import FakeStatementBook
from tests.fakes.store import AlwaysNoon

NUMBER = make.statement().number
PDF = b"%PDF-1.4 \x00\xff"
MADE = StatementMade(
    number=NUMBER, account=AccountId("10000001"), channel=Channel.EMAIL, fax_number=None
)
FAX = Delivery(channel=Channel.FAX, number=CallerNumber("+862161208888"))


@pytest.fixture(params=["fake", "postgres"])
def book(request: pytest.FixtureRequest) -> StatementBook:
    if request.param == "fake":
        return FakeStatementBook()
    return PostgresStatementBook(request.getfixturevalue("database"))


async def test_no_number_comes_twice(book: StatementBook) -> None:
    assert await book.next_number() != await book.next_number()


@pytest.mark.parametrize("delivery", [Delivery(channel=Channel.EMAIL), FAX])
async def test_a_statement_is_read_as_it_was_queued(
    book: StatementBook, delivery: Delivery
) -> None:
    one = make.statement(delivery=delivery)

    assert await book.queue(one, make.entry())
    assert not await book.queue(one, make.entry())

    assert await book.find(NUMBER) == one
    assert await book.document(NUMBER) is None


async def test_what_is_queued_comes_oldest_first(book: StatementBook) -> None:
    later = make.statement("85000001", created_at=make.NOON + timedelta(minutes=1))
    for one in (later, make.statement("85000003"), make.statement("85000002")):
        await book.queue(one, make.entry())

    found = await book.queued()

    assert [one.number for one in found] == ["85000002", "85000003", "85000001"]


async def test_a_document_is_kept_once(book: StatementBook) -> None:
    await book.queue(make.statement(), make.entry())

    assert await book.keep(NUMBER, PDF, make.NOON, MADE)
    assert not await book.keep(NUMBER, b"another", make.NOON, MADE)

    assert await book.document(NUMBER) == PDF
    made = await book.find(NUMBER)
    assert made == make.statement(state=StatementState.MADE, made_at=make.NOON, size=len(PDF))
    assert await book.queued() == []


async def test_of_two_makers_at_once_one_is_first(book: StatementBook) -> None:
    await book.queue(make.statement(), make.entry())

    kept = await asyncio.gather(*(book.keep(NUMBER, PDF, make.NOON, MADE) for _ in range(2)))

    assert sorted(kept) == [False, True]


async def test_what_nobody_asked_for_is_not_found(book: StatementBook) -> None:
    nobodys = StatementNumber("85999999")

    assert await book.find(nobodys) is None
    assert not await book.keep(nobodys, PDF, make.NOON, MADE)


async def test_it_is_audited_and_told_once_to_whoever_delivers(database: Database) -> None:
    book = PostgresStatementBook(database)
    await book.queue(make.statement(), make.entry(outcome="queued"))
    await book.queue(make.statement(), make.entry(outcome="queued"))
    await book.keep(NUMBER, PDF, make.NOON, MADE)
    await book.keep(NUMBER, PDF, make.NOON, MADE)

    async with database.at_once() as connection:
        trail = list(await connection.scalars(select(audit_trail.c.outcome)))
        [told] = await connection.execute(select(outbox.c.kind, outbox.c.payload))
    assert trail == ["queued"]
    assert (told.kind, told.payload["channel"]) == ("StatementMade", "email")


async def test_the_newest_statements_come_first(database: Database) -> None:
    book = PostgresStatementBook(database)
    other = make.statement("85000002", account=AccountId("10000002"))
    for one in (make.statement(), other):
        await book.queue(one, make.entry())

    assert [one.number for one in await book.newest(last=9, account=None)] == [
        "85000002",
        "85000001",
    ]
    assert await book.newest(last=9, account=other.account) == [other]


async def test_a_statement_has_what_the_account_did_in_its_period(database: Database) -> None:
    orders = PostgresOrderBook(database, AlwaysNoon())
    for number, days in (("60000001", 0), ("60000002", 1), ("60000003", 9)):
        await write_order(orders, number, days)
    await write_order(orders, "60000004", 0, account=AccountId("10000002"))
    async with PostgresTransferBook(database, AlwaysNoon()).transaction() as tx:
        await tx.add(make.transfer(number=RequestNumber("70000001")))

    today = make.NOON.date()
    period = Period(first=today - timedelta(days=1), last=today)
    records = await PostgresAccountRecords(database, AlwaysNoon()).of_period(
        AccountId("10000001"), period
    )

    assert [one.draft.number for one in records.orders] == ["60000002", "60000001"]
    assert [one.number for one in records.transfers] == ["70000001"]
    assert records.executed == []


async def write_order(
    book: PostgresOrderBook, number: str, days_ago: int, **changes: object
) -> None:
    at = make.NOON - timedelta(days=days_ago)
    order = make.order(number=OrderNumber(number), created_at=at, trade_date=at.date(), **changes)
    order = replace(order, client_id=order.client_id)
    event = OrderMoved(
        number=order.draft.number, account=order.draft.account, state=OrderState.PENDING
    )
    assert await book.write_down(order, make.entry(), event)
