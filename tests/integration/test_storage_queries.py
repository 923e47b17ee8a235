"""What operations read back is what the calls have written."""

from datetime import timedelta

import pytest

from callcenter.domain.accounts import AccountId
from callcenter.domain.calls import CallEnd, CallId, Place, Turn
from callcenter.domain.orders import ClientOrderId, OrderState
from callcenter.storage import audit
from callcenter.storage.calls import PostgresCallBook
from callcenter.storage.database import Database
from callcenter.storage.orders import PostgresOrderBook
from callcenter.storage.queries import AuditRecord, CallRecord, Queries
from tests import make
from tests.changes import add
from tests.fakes.store import AlwaysNoon

ACCOUNT = AccountId("10000001")
LATER = make.NOON + timedelta(minutes=1)


@pytest.fixture
def queries(database: Database) -> Queries:
    return Queries(database)


async def test_a_call_is_read_back_with_its_customer_and_its_end(
    database: Database, queries: Queries
) -> None:
    call = make.call(branch="017", recording="2026/11/20/pbx-1.1.wav")
    book = PostgresCallBook(database)
    await book.open(call)
    await book.keep_place(call.id, Place(account=ACCOUNT))
    await book.keep_place(call.id, Place())
    await book.close(call.id, CallEnd.HUNG_UP, LATER)

    assert await queries.calls() == [
        CallRecord(call=call, account=ACCOUNT, ended_at=LATER, end=CallEnd.HUNG_UP)
    ]


async def test_a_call_that_goes_on_has_no_end_yet(database: Database, queries: Queries) -> None:
    await PostgresCallBook(database).open(make.call())

    assert await queries.calls() == [
        CallRecord(call=make.call(), account=None, ended_at=None, end=None)
    ]


async def test_calls_are_chosen_by_number_and_customer_and_count(
    database: Database, queries: Queries
) -> None:
    book = PostgresCallBook(database)
    first = make.call(id="pbx-1.1")
    second = make.call(id="pbx-1.2", answered_at=LATER)
    third = make.call(id="pbx-1.3", caller="+862161208888", answered_at=LATER)
    for call in (first, second, third):
        await book.open(call)
    await book.keep_place(second.id, Place(account=ACCOUNT))

    assert [r.call for r in await queries.calls(last=2)] == [third, second]
    assert [r.call for r in await queries.calls(caller="13800138000")] == [second, first]
    assert [r.call for r in await queries.calls(account=ACCOUNT)] == [second]


async def test_a_transcript_has_every_turn_in_order(database: Database, queries: Queries) -> None:
    book = PostgresCallBook(database)
    turns = [
        Turn(at=make.NOON, prompts=("greeting", "menu"), words="欢迎", keys="1", outcome="trade"),
        Turn(at=LATER, prompts=(), words="", keys="******", outcome="keyed"),
    ]
    await book.open(make.call())
    for turn in turns:
        book.write_turn(make.call().id, turn)
    await book.flush()

    transcript = await queries.transcript(make.call().id)

    assert transcript is not None
    assert transcript.record.call == make.call()
    assert transcript.turns == turns


async def test_a_call_that_never_was_has_no_transcript(queries: Queries) -> None:
    assert await queries.transcript(CallId("pbx-9.9")) is None


async def test_orders_are_chosen_by_customer_and_call(database: Database, queries: Queries) -> None:
    mine = make.order(number="60000001")
    later = make.order(number="60000002", created_at=LATER, station=make.station(call="pbx-1.2"))
    of_another = make.order(number="60000003", account="10000002")
    await add(PostgresOrderBook(database, AlwaysNoon()), mine, later, of_another)

    assert await queries.orders(account=ACCOUNT) == [later, mine]
    assert await queries.orders(call=CallId("pbx-1.2")) == [later]
    assert await queries.orders(last=1) == [later]


async def test_orders_of_some_days_are_told_one_after_another(
    database: Database, queries: Queries
) -> None:
    days = [make.NOON.date() - timedelta(days=each) for each in range(4)]
    kept = [
        make.order(
            number=f"6000000{n}", trade_date=day, client_id=ClientOrderId(f"{n}"), rules=f"book-{n}"
        )
        for n, day in enumerate(days)
    ]
    await add(PostgresOrderBook(database, AlwaysNoon()), *kept)

    told = [order async for order in queries.orders_of(days[2], days[1])]

    assert told == [kept[1], kept[2]]


async def test_orders_are_counted_by_state_within_a_day(
    database: Database, queries: Queries
) -> None:
    yesterday = make.NOON.date() - timedelta(days=1)
    await add(
        PostgresOrderBook(database, AlwaysNoon()),
        make.order(number="60000001"),
        make.order(number="60000002"),
        make.order(number="60000003", state=OrderState.ACCEPTED),
        make.order(number="60000004", trade_date=yesterday),
    )

    counted = await queries.orders_by_state(make.NOON.date())

    assert counted == dict.fromkeys(OrderState, 0) | {
        OrderState.PENDING: 2,
        OrderState.ACCEPTED: 1,
    }


async def test_the_trail_is_chosen_by_number_customer_and_time(
    database: Database, queries: Queries
) -> None:
    early = make.entry()
    late = make.entry(at=LATER)
    elsewhere = make.entry(at=LATER, station=make.station(caller="+862161208888"))
    of_another = make.entry(account="10000002", details={})
    async with database.transaction() as connection:
        for entry in (early, late, elsewhere, of_another):
            await audit.write(connection, entry)

    everything = [record async for record in queries.audit()]
    by_number = [r.entry async for r in queries.audit(caller="021-61208888")]
    by_customer = [r.entry async for r in queries.audit(account=ACCOUNT, until=LATER)]
    by_time = [r.entry async for r in queries.audit(since=LATER)]

    assert everything[0] == AuditRecord(id=1, entry=early)
    assert len(everything) == 4
    assert by_number == [elsewhere]
    assert by_customer == [early]
    assert by_time == [late, elsewhere]


async def test_a_trail_of_many_pages_is_read_to_its_end(
    database: Database, queries: Queries
) -> None:
    async with database.transaction() as connection:
        for _ in range(1001):
            await audit.write(connection, make.entry())

    assert len([record async for record in queries.audit()]) == 1001
