"""
How long it takes to compare a day with the counter: `python -m tests.bench.comparison`.

Our books are in an embedded PostgreSQL with fsync on. The counter is in memory and tells each order
and its fill; half of the fills are not in our books yet, as after a long gap.
"""

import argparse
import asyncio
import resource
import tempfile
import time
from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy import text

from callcenter.domain.fills import Fill, FillKey, FillNumber
from callcenter.domain.orders import ClientOrderId
from callcenter.domain.securities import Market
from callcenter.storage import migrate
from callcenter.storage.database import Database
from callcenter.storage.embedded import EmbeddedPostgres
from callcenter.storage.orders import PostgresOrderBook
from callcenter.trading.orders.comparison import Comparison
from callcenter.trading.orders.told import Told
from callcenter.trading.ports import CounterOrder
from tests import make
from tests.fakes.clock import FakeClock
from tests.fakes.gateway import FakeCounter

log = structlog.get_logger()

_FIRST: Final = 70_000_000
_DAY: Final = make.NOON.date()
_ORDERS: Final = text(
    """
    INSERT INTO orders (number, client_id, trade_date, account, side, market, code, name, name_en,
        board, suspended, price, quantity, filled, told_filled, state, call_id, caller, did,
        created_at, updated_at)
    SELECT n, '20261120' || n, CAST(:day AS date),
        '10000001', 'buy', 'SH', '600000', '浦发银行', 'PDB',
        'sh-main', false, 10.05, 100, CASE WHEN n % 2 = 0 THEN 100 ELSE 0 END, 0,
        CASE WHEN n % 2 = 0 THEN 'filled' ELSE 'accepted' END, 'c', '+86', '4008',
        CAST(:at AS timestamptz), CAST(:at AS timestamptz)
    FROM generate_series(CAST(:first AS int), CAST(:last AS int)) AS n
    """
)
_FILLS: Final = text(
    """
    INSERT INTO fills (trade_date, market, number, client_id, order_number, quantity, price, at)
    SELECT trade_date, market, number, client_id, number, 100, 10.05, created_at
    FROM orders WHERE state = 'filled'
    """
)


class Told300k(FakeCounter):
    """Tells as many orders as it is asked for, each filled."""

    def __init__(self, orders: int) -> None:
        super().__init__()
        self._numbers = range(_FIRST, _FIRST + orders)

    async def orders(self, day: date) -> AsyncIterator[CounterOrder]:
        for number in self._numbers:
            yield CounterOrder(
                client_id=ClientOrderId(f"20261120{number}"),
                accepted=True,
                filled=100,
                cancelled=0,
            )

    async def fills(self, day: date) -> AsyncIterator[Fill]:
        for number in self._numbers:
            yield Fill(
                key=FillKey(trade_date=day, market=Market.SH, number=FillNumber(str(number))),
                client_id=ClientOrderId(f"20261120{number}"),
                quantity=100,
                price=Decimal("10.05"),
                at=make.NOON,
            )


async def compare(dsn: str, orders: int) -> None:
    await migrate.upgrade(dsn)
    database = Database(dsn, statement_timeout_s=600)
    last = _FIRST + orders - 1
    async with database.transaction() as connection:
        await connection.execute(
            _ORDERS, {"day": _DAY, "at": make.NOON, "first": _FIRST, "last": last}
        )
        await connection.execute(_FILLS)
        await connection.execute(text("UPDATE orders SET told_filled = filled"))
    await database.close()

    database = Database(dsn)
    clock = FakeClock()
    book = PostgresOrderBook(database, clock)
    comparison = Comparison(Told300k(orders), book, Told(book, clock), clock)
    for name in ("half of the fills missing", "nothing missing"):
        started = time.perf_counter()
        await comparison.compare()
        log.info(
            "compared", orders=orders, books=name, seconds=round(time.perf_counter() - started, 1)
        )
    async with database.at_once() as connection:
        open_ = await connection.scalar(text("SELECT count(*) FROM orders WHERE state <> 'filled'"))
        filled = await connection.scalar(text("SELECT sum(quantity) FROM fills"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    differences = len(await book.differences())
    log.info(
        "in the end", not_filled=open_, shares=filled, differences=differences, mib=round(peak)
    )
    await database.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=300_000)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        server = EmbeddedPostgres(home / "data", sockets=home / "run")
        try:
            asyncio.run(compare(server.start(), wanted.orders))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
