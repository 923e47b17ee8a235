"""
How fast the store is. Run with `-s` to read the figures.

The floors are far below what any machine does; a fall through them is a mistake in a statement.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pytest
import structlog
from sqlalchemy import text

from callcenter.domain.clock import SystemClock
from callcenter.domain.orders import OrderState
from callcenter.domain.progress import Word
from callcenter.storage.calls import PostgresCallBook
from callcenter.storage.database import Database
from callcenter.storage.orders import PostgresOrderBook
from callcenter.storage.seal import Sealer
from callcenter.storage.verify import verify
from callcenter.trading.orders.ports import OrderBook
from tests import make
from tests.changes import add, tell

_ORDERS: Final = 500
_CALLS: Final = 200
_ROWS: Final = 20_000

log = structlog.get_logger()


@contextmanager
def floor(what: str, count: int, *, per_second: float) -> Iterator[None]:
    """Tell how many were done in a second, and insist on some."""
    start = time.perf_counter()
    yield
    done = count / (time.perf_counter() - start)
    log.info("figure", what=what, per_second=round(done), ms_each=round(1000 / done, 2))
    assert done > per_second


async def place(book: OrderBook) -> None:
    """Do what the store does for one order: number, write, write the answer."""
    order = make.order(number=await book.next_number())
    await add(book, order)
    assert await tell(book, order.draft.number, Word(answer=OrderState.ACCEPTED))


@pytest.mark.parametrize("lines", [1, 10])
async def test_orders(database: Database, lines: int) -> None:
    book = PostgresOrderBook(database, SystemClock())
    await asyncio.gather(*(place(book) for _ in range(lines)))

    async def line() -> None:
        for _ in range(_ORDERS // lines):
            await place(book)

    with floor(f"orders on {lines} lines", _ORDERS, per_second=1):
        await asyncio.gather(*(line() for _ in range(lines)))


async def test_calls(database: Database) -> None:
    book = PostgresCallBook(database)

    with floor("calls opened", _CALLS, per_second=1):
        for i in range(_CALLS):
            await book.open(make.call(id=f"pbx-1.{i}"))


async def test_seals(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute(_FILL, {"rows": _ROWS})

    with floor("seals made", _ROWS, per_second=50):
        await Sealer(database).seal_all()
    with floor("seals proved", _ROWS, per_second=50):
        report = await verify(database)

    assert report.intact


_FILL: Final = text(
    """
    INSERT INTO audit_trail (at, call_id, caller, did, account, action, outcome, details)
    SELECT now(), 'pbx-1.' || i, '+8613800138000', '4008', '10000001', 'order', 'pending',
        '{"number": "60000001", "side": "buy", "security": "SH600000", "price": "10.05"}'
    FROM generate_series(1, :rows) AS i
    """
)
