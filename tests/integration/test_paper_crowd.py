"""Many at once in the paper counter: nobody waits for ever, and the books stay right."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Final

import pytest

from callcenter.domain.accounts import AccountId
from callcenter.domain.errors import CounterUnavailable, OutcomeUnknown, Refused
from callcenter.domain.orders import Order, Side
from callcenter.gateways.paper import books as paper_books
from callcenter.gateways.paper.clerk import Clerk
from callcenter.trading.ports import CounterEvent, StreamPosition
from tests import make
from tests.integration.paper_books import BEGINNING, Paper, paper
from tests.integration.paper_model import Holding, Model, Purse

ACCOUNTS: Final = [AccountId(number) for number in ("10000001", "10000003", "10000004")]
ORDERS: Final = 240
AT_ONCE: Final = 16
A_DAY: Final = 60


@pytest.fixture
async def books(dsn: str) -> AsyncIterator[Paper]:
    async with paper(dsn) as opened:
        yield opened


async def place_and_cancel(books: Paper, random: Random, orders: list[Order]) -> None:
    """Place until none is left, change one's mind now and then, and roll the day at times."""
    while orders:
        order = orders.pop()
        with suppress(CounterUnavailable, OutcomeUnknown):  # it may wait too long on a busy machine
            await books.counter.place(order)
        if random.random() < 0.3:
            with suppress(Refused, CounterUnavailable, OutcomeUnknown):
                await books.counter.cancel(order)
        if len(orders) % A_DAY == 0:
            await books.clerk.settle(make.NOON.date() + timedelta(days=5 - len(orders) // A_DAY))


async def work(clerk: Clerk) -> None:
    while True:
        with suppress(CounterUnavailable):
            await clerk.work()
        await asyncio.sleep(0)


async def transfer(books: Paper) -> None:
    while True:
        with suppress(CounterUnavailable):
            await pay_all(books)
        await asyncio.sleep(0)


async def pay_all(books: Paper) -> None:
    async with books.counter.database.connection() as c:
        for account in ACCOUNTS:
            now = books.clock.now()
            await paper_books.credit(c, account, Decimal("0.01"), now, "transfer", "crowd")


async def test_a_crowd_with_clerks_and_settlements_keeps_the_books(books: Paper) -> None:
    random = Random("crowd")  # noqa: S311
    orders = [
        books.order(
            account=random.choice(ACCOUNTS),
            side=random.choice(list(Side)),
            price=Decimal("10.00") + Decimal(random.randint(-10, 10)) / 100,
            quantity=random.randint(1, 50) * 100,
        )
        for _ in range(ORDERS)
    ]
    others = Clerk(books.counter.database, books.counter.hours)
    background = [
        asyncio.create_task(doing) for doing in (work(books.clerk), work(others), transfer(books))
    ]

    async with asyncio.timeout(120), asyncio.TaskGroup() as crowd:
        for _ in range(AT_ONCE):
            crowd.create_task(place_and_cancel(books, random, orders))
    for task in background:
        task.cancel()
    ended = await asyncio.gather(*background, return_exceptions=True)

    assert {type(end) for end in ended} == {asyncio.CancelledError}
    assert await books.findings() == []
    deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    assert await books.sql.fetchval(deadlocks) == 0


async def test_two_who_listen_hear_the_same_in_the_same_order(books: Paper) -> None:
    orders = [books.order(price=Decimal("10.00"), quantity=100) for _ in range(60)]
    heard: list[list[CounterEvent]] = [[], []]

    async def listen(to: list[CounterEvent]) -> None:
        async for event in books.counter.events(StreamPosition("0")):
            to.append(event)
            if len(to) == len(orders):
                return

    async with asyncio.timeout(60), asyncio.TaskGroup() as crowd:
        for to in heard:
            crowd.create_task(listen(to))
        for order in orders:
            crowd.create_task(books.counter.place(order))

    assert heard[0] == heard[1]
    assert {event.of.client_id for event in heard[0]} == {order.client_id for order in orders}


async def test_what_was_told_adds_up_to_the_books(books: Paper) -> None:
    account = ACCOUNTS[0]
    model = Model(purses={account: Purse(usable=Decimal("1000000.00"))})
    model.holdings[account, "SH600000"] = Holding(total=10_000, sellable=10_000)
    for number in range(20):
        side = Side.BUY if number % 3 else Side.SELL
        price = Decimal("10.05" if side is Side.BUY else "10.04")
        model.accepted(await books.place(side=side, price=price, quantity=700))
    await books.clerk.work()

    for event in await books.events(BEGINNING):
        model.hear(event)
        model.hear(event)  # and hearing twice changes nothing

    money = await books.counter.money(account)
    assert (money.usable, money.frozen) == (
        model.purses[account].usable,
        model.purses[account].frozen,
    )
