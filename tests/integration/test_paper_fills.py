"""The paper counter fills what the market fills, and its books stay right."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from callcenter.domain.errors import Refused
from callcenter.domain.fills import Fill
from callcenter.domain.orders import OrderKind, Side
from callcenter.domain.refusals import Refusal
from callcenter.gateways.paper.clerk import Clerk, FillMode
from callcenter.trading.ports import CounterOrder
from tests import make
from tests.integration.paper_books import HOLDER, Paper, paper


@pytest.fixture
async def books(dsn: str) -> AsyncIterator[Paper]:
    async with paper(dsn) as opened:
        yield opened


async def test_a_buy_at_the_ask_is_filled_and_paid(books: Paper) -> None:
    order = await books.place()

    done = await books.clerk.work()

    assert done.fills == 1
    assert await books.standing(order) == CounterOrder(
        client_id=order.client_id, accepted=True, filled=100, cancelled=0
    )
    money = await books.counter.money(HOLDER)
    assert (money.frozen, money.usable) == (Decimal(0), Decimal("998989.99"))
    assert await books.findings() == []


async def test_what_was_bought_today_is_not_sellable(books: Paper) -> None:
    await books.place(security=make.security(code="601398"), price=Decimal("7.42"))
    await books.clerk.work()

    [bought] = [p for p in await books.counter.positions(HOLDER) if p.security.code == "601398"]
    assert (bought.total, bought.sellable) == (100, 0)


async def test_a_security_with_the_flag_is_sellable_at_once(books: Paper) -> None:
    await books.sql.execute("UPDATE paper.securities SET t0 = true WHERE code = '510300'")
    fund = make.security(code="510300", board="fund")
    await books.place(security=fund, price=Decimal("4.652"))
    await books.clerk.work()

    assert (
        await books.counter.place(
            books.order(security=fund, price=Decimal("4.652"), side=Side.SELL)
        )
    ).accepted


async def test_proceeds_are_usable_and_not_withdrawable(books: Paper) -> None:
    await books.place(side=Side.SELL, price=Decimal("10.04"), quantity=1000)

    await books.clerk.work()

    money = await books.counter.money(HOLDER)
    assert money.withdrawable == Decimal("1000000.00")
    # 10,040 less commission 5.00, stamp duty 5.02 and transfer fee 0.10
    assert money.usable == Decimal("1010029.88")


async def test_many_fills_cost_the_fee_of_one_order(books: Paper) -> None:
    order = await books.place(quantity=30_000)
    while (await books.standing(order)).cancelled is None:
        await books.clerk.work()
        assert await books.findings() == []

    fills = [fill async for fill in books.counter.fills(make.NOON.date())]
    assert len(fills) > 1
    assert sum(fill.quantity for fill in fills) == 30_000
    assert {fill.price for fill in fills} == {Decimal("10.05")}
    fees = await books.sql.fetchval("SELECT fees FROM paper.orders")
    assert fees == Decimal("90.45") + Decimal("3.02")  # 0.03 % and 0.001 % of 301,500


async def test_what_was_frozen_for_a_worse_price_is_released(books: Paper) -> None:
    await books.place(price=Decimal("10.50"))

    await books.clerk.work()

    money = await books.counter.money(HOLDER)
    assert (money.frozen, money.usable) == (Decimal(0), Decimal("998989.99"))


async def test_an_order_away_from_the_market_waits_for_it(books: Paper) -> None:
    order = await books.place(price=Decimal("9.90"))
    await books.clerk.work()
    assert (await books.standing(order)).filled == 0

    await books.quote(ask="9.90", bid="9.89", last="9.90")
    await books.clerk.work()

    assert (await books.standing(order)).filled == 100


async def test_without_matching_nothing_is_filled(books: Paper) -> None:
    order = await books.place()

    await Clerk(books.counter.database, books.counter.hours, fills=FillMode.NEVER).work()

    assert (await books.standing(order)).filled == 0


async def test_a_suspended_security_is_not_filled(books: Paper) -> None:
    order = await books.place()
    await books.sql.execute("UPDATE paper.securities SET suspended = true")

    await books.clerk.work()

    assert (await books.standing(order)).filled == 0


async def test_cancelling_releases_the_rest(books: Paper) -> None:
    order = await books.place(price=Decimal("9.90"))

    await books.counter.cancel(order)
    await books.counter.cancel(order)

    assert (await books.standing(order)).cancelled == 100
    assert (await books.counter.money(HOLDER)).frozen == 0
    assert await books.findings() == []


async def test_cancelling_a_sale_gives_the_shares_back(books: Paper) -> None:
    order = await books.place(price=Decimal("10.90"), side=Side.SELL, quantity=1000)

    await books.counter.cancel(order)

    [held, _] = await books.counter.positions(HOLDER)
    assert (held.sellable, held.frozen) == (10_000, 0)


async def test_what_is_filled_or_was_refused_or_never_came_cannot_be_cancelled(
    books: Paper,
) -> None:
    filled, refused, unknown = await books.place(), books.order(quantity=1), books.order()
    await books.clerk.work()
    await books.counter.place(refused)

    reasons = []
    for order in (filled, refused, unknown):
        with pytest.raises(Refused) as answer:
            await books.counter.cancel(order)
        reasons.append(answer.value.reason)

    assert reasons == [Refusal.ALREADY_FILLED, Refusal.ORDER_VOID, Refusal.NO_SUCH_ORDER]


async def test_a_wish_that_is_late_may_be_overtaken_by_a_fill(books: Paper) -> None:
    await books.sql.execute("INSERT INTO paper.faults (cancel_s) VALUES (3600)")
    order = await books.place(quantity=30_000)

    await books.counter.cancel(order)
    await books.clerk.work()

    now = await books.standing(order)
    assert now.filled > 0
    assert now.cancelled is None
    await books.sql.execute("UPDATE paper.orders SET cancel_due = $1", make.NOON)
    await books.clerk.work()
    now = await books.standing(order)
    assert now.filled + (now.cancelled or 0) == 30_000
    assert await books.findings() == []


@pytest.mark.parametrize(
    ("kind", "security", "filled"),
    [
        (OrderKind.FIVE_BEST_THEN_CANCEL, "SH600000", True),
        (OrderKind.FIVE_BEST_THEN_LIMIT, "SH600000", True),
        (OrderKind.FILL_AND_KILL, "SZ000001", True),
        (OrderKind.FILL_OR_KILL, "SZ000001", False),
    ],
)
async def test_an_order_without_a_limit_is_done_at_once_or_takes_one(
    books: Paper, kind: OrderKind, security: str, *, filled: bool
) -> None:
    code, market = security[2:], security[:2]
    wanted = make.security(code=code, market=market)
    price = Decimal("10.90" if market == "SH" else "12.00")
    await books.sql.execute("UPDATE paper.money SET usable = 100000000")
    order = await books.place(kind=kind, security=wanted, price=price, quantity=900_000)

    await books.clerk.work()

    now = await books.standing(order)
    assert (now.filled > 0) is filled
    rests = kind is OrderKind.FIVE_BEST_THEN_LIMIT
    assert now.cancelled == (None if rests else 900_000 - now.filled)
    works_at = await books.sql.fetchval("SELECT works_at FROM paper.orders")
    assert (works_at is not None) is rests


async def test_orders_and_fills_of_a_day_are_told(books: Paper) -> None:
    orders = [await books.place() for _ in range(3)]
    await books.clerk.work()

    day = make.NOON.date()
    told = [order async for order in books.counter.orders(day)]
    fills = [fill async for fill in books.counter.fills(day)]

    assert [order.client_id for order in told] == [order.client_id for order in orders]
    assert {fill.client_id for fill in fills} == {order.client_id for order in orders}
    assert len({fill.key for fill in fills}) == 3


async def test_events_tell_what_happened_in_order(books: Paper) -> None:
    order = await books.place()
    await books.clerk.work()

    said = [event.of for event in await books.events()]

    assert isinstance(said[1], Fill)
    assert [each for each in said if isinstance(each, CounterOrder)] == [
        CounterOrder(client_id=order.client_id, accepted=True),
        CounterOrder(client_id=order.client_id, accepted=True, filled=100, cancelled=0),
    ]


async def test_the_clerk_works_by_himself_and_outlives_an_outage(books: Paper) -> None:
    clerk = Clerk(books.counter.database, books.counter.hours, every_s=0.01)
    await books.counter.stop()
    working = asyncio.create_task(clerk.run())
    await asyncio.sleep(0)
    await books.counter.start()
    order = await books.place()

    async with asyncio.timeout(10):
        async for event in books.counter.events(None):
            if isinstance(event.of, Fill):
                break

    assert (await books.standing(order)).cancelled == 0
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
