"""An order that waits for its account is booked on what it finds there, not on what had been."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Final

import pytest

from callcenter.domain.orders import Order, Side
from callcenter.gateways.paper import booking
from callcenter.gateways.paper import books as paper_books
from callcenter.gateways.paper.booking import Booking
from callcenter.gateways.paper.books import Seen
from callcenter.trading.ports import CounterOrder
from tests.integration.paper_books import Paper, paper, until_waiting


@pytest.fixture
async def books(dsn: str) -> AsyncIterator[Paper]:
    async with paper(dsn) as opened:
        yield opened


_SHARES: Final = """
    UPDATE paper.shares SET total = $1, sellable = $2, frozen = $3
    WHERE account = '10000001' AND security = 'SH600000'
"""
_MONEY: Final = "UPDATE paper.money SET usable = $1, frozen = $2 WHERE account = '10000001'"


@pytest.mark.parametrize(
    ("side", "write", "gone", "back"),
    [
        (Side.SELL, _SHARES, (10_000, 0, 10_000), (10_000, 10_000, 0)),
        (Side.SELL, _SHARES, (0, 0, 0), (10_000, 10_000, 0)),
        (Side.BUY, _MONEY, (0, 1_000_000), (1_000_000, 0)),
    ],
    ids=["shares-set-aside", "shares-sold", "money-set-aside"],
)
async def test_what_was_gone_when_it_came_and_is_back_when_it_is_booked_counts(
    books: Paper, side: Side, write: str, gone: tuple[int, ...], back: tuple[int, ...]
) -> None:
    order = books.order(side=side, quantity=500)
    [seen] = await look(books, order)
    await books.sql.execute(write, *gone)
    async with books.sql.transaction():
        await books.sql.execute("SELECT FROM paper.money FOR UPDATE")
        await books.sql.execute(write, *back)
        placing = asyncio.create_task(book(books, Booking(order, seen)))
        await until_waiting(books.sql, 1)

    [answer] = await placing

    assert answer is not None
    assert answer.accepted
    assert await books.findings() == []


async def look(books: Paper, *orders: Order) -> Sequence[Seen]:
    async with books.counter.database.connection() as c:
        return await paper_books.look(c, orders, hours=books.counter.hours)


async def book(books: Paper, *bookings: Booking) -> list[CounterOrder | None]:
    async with books.counter.database.connection() as c:
        return await booking.book(c, bookings)
