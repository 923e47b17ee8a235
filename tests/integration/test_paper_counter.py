"""The paper counter on a bad day: late, interrupted, cut off."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg
import pytest

from callcenter.domain.accounts import AccountId
from callcenter.domain.errors import CounterUnavailable, OutcomeUnknown
from callcenter.domain.orders import ClientOrderId, Order
from callcenter.domain.refusals import Refusal
from callcenter.gateways.paper import Faults, PaperCounter, seed_demo
from callcenter.gateways.paper.database import Connection, plain
from callcenter.trading.ports import CounterOrder
from tests import make
from tests.fakes.store import AlwaysNoon
from tests.integration.paper_books import until_waiting

CONNECTIONS = 16  # of a counter at most, by default
OTHER = AccountId("10000003")
Makes = Callable[..., PaperCounter]

_TOMBSTONE = """
    INSERT INTO paper.orders (client_id, state, arrived_at) VALUES ($1, 'withdrawn', now())
"""


@pytest.fixture
async def sql(dsn: str) -> AsyncIterator[Connection]:
    """A line of our own to the counter's books, which have the demo's accounts."""
    await seed_demo(dsn, production=False, load_accounts=False)
    connection = await asyncpg.connect(plain(dsn))
    yield connection
    await connection.close()


@pytest.fixture
async def makes(dsn: str, sql: Connection) -> AsyncIterator[Makes]:
    made: list[PaperCounter] = []

    def make_counter(**options: Any) -> PaperCounter:
        made.append(PaperCounter(dsn, AlwaysNoon(), **options))
        return made[-1]

    yield make_counter
    for counter in made:
        await counter.stop()


@pytest.fixture
async def counter(makes: Makes) -> PaperCounter:
    counter = makes()
    await counter.start()
    return counter


def orders(number: int) -> list[Order]:
    return [make.order(client_id=ClientOrderId(f"20261120{n:08}")) for n in range(number)]


@asynccontextmanager
async def half_booked(
    counter: PaperCounter, sql: Connection, order: Order
) -> AsyncIterator[asyncio.Task[CounterOrder]]:
    """Place an order and hold it where it waits for its account."""
    async with sql.transaction():
        await sql.execute("SELECT FROM paper.money FOR UPDATE")
        placing = asyncio.create_task(counter.place(order))
        await until_waiting(sql, 1)
        yield placing


async def cut_the_line(sql: Connection) -> None:
    await sql.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = 'paper-counter' AND datname = current_database()"
    )


async def until_found(counter: PaperCounter, order: Order) -> CounterOrder:
    async with asyncio.timeout(10):
        while (found := await counter.find(order.client_id)) is None:
            pass
    return found


async def test_an_order_that_was_given_up_is_booked_all_the_same(
    makes: Makes, sql: Connection
) -> None:
    order = make.order()
    counter = makes(answer_within_s=0.05)
    await counter.start()

    async with half_booked(counter, sql, order) as placing:
        with pytest.raises(OutcomeUnknown):
            await placing
        assert await counter.find(order.client_id) is None

    assert (await until_found(counter, order)).accepted


@pytest.mark.parametrize(
    "late",
    [
        pytest.param({"delay_s": 3600.0}, id="slow-counter"),
        pytest.param({"faults": Faults(before_s=3600.0)}, id="fault"),
    ],
)
async def test_an_order_that_is_late_is_not_booked_yet(makes: Makes, late: dict[str, Any]) -> None:
    counter = makes(answer_within_s=0.05, **late)
    await counter.start()

    with pytest.raises(OutcomeUnknown):
        await counter.place(make.order())

    assert await counter.find(make.order().client_id) is None


async def test_hanging_up_while_placing_leaves_a_whole_order(
    counter: PaperCounter, sql: Connection
) -> None:
    order = make.order()

    task = asyncio.create_task(counter.place(order))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert (await until_found(counter, order)).accepted


async def test_stopping_in_the_middle_of_an_order_leaves_nothing_of_it(
    counter: PaperCounter, sql: Connection
) -> None:
    async with half_booked(counter, sql, make.order()) as placing:
        await counter.stop()
        with pytest.raises(asyncio.CancelledError):
            await placing

    assert await sql.fetchval("SELECT count(*) FROM paper.orders") == 0
    assert await sql.fetchval("SELECT sum(frozen) FROM paper.money") == 0


async def test_a_line_cut_in_the_middle_of_an_order_leaves_nothing_of_it(
    counter: PaperCounter, sql: Connection
) -> None:
    async with half_booked(counter, sql, make.order()) as placing:
        await cut_the_line(sql)
        with pytest.raises(CounterUnavailable):
            await placing

    assert await counter.find(make.order().client_id) is None
    assert await sql.fetchval("SELECT sum(frozen) FROM paper.money") == 0


async def test_a_withdrawal_waits_for_an_order_that_is_being_booked(
    counter: PaperCounter, sql: Connection
) -> None:
    first, second = make.order(), make.order(client_id=ClientOrderId("2"), account=OTHER)
    async with sql.transaction():
        await sql.execute(_TOMBSTONE, second.client_id)
        placing = [asyncio.create_task(counter.place(order)) for order in (first, second)]
        await until_waiting(sql, 1)
        withdrawing = asyncio.create_task(counter.withdraw(first.client_id))
        await until_waiting(sql, 2)

    assert await withdrawing == await placing[0]
    assert placing[0].result().accepted
    assert (await placing[1]).reason is Refusal.DUPLICATE_ORDER


async def test_an_order_that_is_withdrawn_while_it_waits_for_the_money_is_refused(
    counter: PaperCounter, sql: Connection
) -> None:
    async with half_booked(counter, sql, make.order()) as placing:
        assert await counter.withdraw(make.order().client_id) is None

    assert (await placing).reason is Refusal.DUPLICATE_ORDER
    assert await sql.fetchval("SELECT sum(frozen) FROM paper.money") == 0


async def test_orders_of_one_account_that_come_at_once_are_all_booked(
    counter: PaperCounter, sql: Connection
) -> None:
    answers = await asyncio.gather(*map(counter.place, orders(5)))

    assert [answer.accepted for answer in answers] == [True] * 5
    frozen = await sql.fetchval("SELECT frozen FROM paper.money WHERE account = '10000001'")
    assert frozen == await sql.fetchval("SELECT sum(frozen_money) FROM paper.orders")


async def test_of_orders_that_come_at_once_only_the_one_without_money_is_refused(
    counter: PaperCounter, sql: Connection
) -> None:
    async with sql.transaction():
        await sql.execute("SELECT FROM paper.money FOR UPDATE")
        placing = [
            asyncio.create_task(counter.place(order))
            for order in (make.order(), make.order(client_id=ClientOrderId("2"), account=OTHER))
        ]
        await until_waiting(sql, 1)
        await sql.execute("UPDATE paper.money SET usable = 0 WHERE account = $1", OTHER)

    assert (await placing[0]).accepted
    assert (await placing[1]).reason is Refusal.NOT_ENOUGH_MONEY


async def find_at_last(counter: PaperCounter, order: Order) -> CounterOrder | None:
    """Ask once for each connection that may have been cut, and once more."""
    for _ in range(CONNECTIONS):
        with suppress(CounterUnavailable):
            return await counter.find(order.client_id)
    return await counter.find(order.client_id)


async def test_a_cut_line_is_never_called_a_refusal_and_is_mended(
    counter: PaperCounter, sql: Connection
) -> None:
    placing = [asyncio.create_task(counter.place(order)) for order in orders(40)]
    await asyncio.wait(placing, return_when=asyncio.FIRST_COMPLETED)
    await cut_the_line(sql)
    answers = await asyncio.gather(*placing, return_exceptions=True)

    for order, answer in zip(orders(40), answers, strict=True):
        found = await find_at_last(counter, order)
        if isinstance(answer, CounterOrder):
            assert found == answer
        elif isinstance(answer, CounterUnavailable):
            assert found is None
        else:
            assert isinstance(answer, OutcomeUnknown)


async def test_a_stopped_counter_answers_nothing(counter: PaperCounter) -> None:
    await counter.stop()

    with pytest.raises(CounterUnavailable):
        await counter.ping()


async def test_stopping_twice_does_no_harm(counter: PaperCounter) -> None:
    await counter.stop()
    await counter.stop()


async def test_missing_tables_are_a_defect_and_not_an_outage(empty_dsn: str) -> None:
    counter = PaperCounter(empty_dsn, AlwaysNoon())
    await counter.start()

    with pytest.raises(asyncpg.UndefinedTableError):
        await counter.ping()

    await counter.stop()


async def test_an_account_can_be_made_to_fail_while_others_do_not(
    makes: Makes, sql: Connection
) -> None:
    await sql.execute("INSERT INTO paper.faults (account, rejects) VALUES ('10000002', 3002)")
    counter = makes(faults=Faults(rejects=Refusal.RECONCILING))
    await counter.start()
    one, other = orders(2)

    failing = await counter.place(make.order(client_id=one.client_id, account="10000002"))
    as_it_was_made = await counter.place(other)

    assert failing.reason is Refusal.SUSPENDED
    assert as_it_was_made.reason is Refusal.RECONCILING


async def test_all_can_be_made_to_fail_and_one_excepted(
    counter: PaperCounter, sql: Connection
) -> None:
    await sql.execute("INSERT INTO paper.faults (rejects) VALUES (3002)")
    await sql.execute("INSERT INTO paper.faults (account) VALUES ('10000001')")
    one, other = orders(2)

    excepted = await counter.place(one)
    failing = await counter.place(make.order(client_id=other.client_id, account="10000004"))

    assert excepted.accepted
    assert failing.reason is Refusal.SUSPENDED


async def test_a_fault_can_be_mended_while_calls_go_on(makes: Makes, sql: Connection) -> None:
    counter = makes(answer_within_s=0.5)
    await counter.start()
    lost, kept = orders(2)
    await sql.execute("INSERT INTO paper.faults (silent) VALUES (true)")

    with pytest.raises(OutcomeUnknown):
        await counter.place(lost)
    await sql.execute("DELETE FROM paper.faults")

    assert (await counter.place(kept)).accepted
    assert await counter.find(lost.client_id) is None


async def test_an_order_carries_where_it_came_from(counter: PaperCounter, sql: Connection) -> None:
    order = make.order(station=make.station(branch="003"))

    await counter.place(order)

    row = await sql.fetchrow("SELECT * FROM paper.orders")
    assert row is not None
    assert (row["station"], row["branch"], row["call_id"]) == ("13800138000", "003", "pbx-1.1")
    assert json.loads(row["facts"])["caller"] == "+8613800138000"
    assert json.loads(row["facts"])["number"] == order.draft.number


async def test_every_order_has_a_contract_number_of_its_own(
    counter: PaperCounter, sql: Connection
) -> None:
    await asyncio.gather(*(counter.place(order) for order in orders(20)))

    numbers = await sql.fetch("SELECT contract FROM paper.orders")
    assert len({row["contract"] for row in numbers}) == 20
