"""The order path of one daemon, put together as `app` does it, without a telephone."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Final

import asyncpg

from callcenter.app import load_rule_book
from callcenter.domain.accounts import AccountId
from callcenter.domain.calls import CallId
from callcenter.domain.clock import SystemClock
from callcenter.domain.orders import Draft, OrderState, Side
from callcenter.gateways.paper.counter import PaperCounter
from callcenter.storage.database import Database
from callcenter.storage.orders import PostgresOrderBook
from callcenter.storage.seal import Sealer
from callcenter.trading.orders.placing import Placing
from callcenter.trading.orders.reconciliation import Reconciliation
from callcenter.trading.service import Trading
from tests import make
from tests.bench.server import Server

_PRICE: Final = Decimal("10.05")
_SECURITY: Final = make.security()
_CUSTOMER: Final = make.customer()
_STATION: Final = make.station()
ACCOUNTS: Final = 100_000  # nobody orders twice within the redial guard

_CUSTOMERS: Final = """
    INSERT INTO paper.customers
        (account, name, branch, trade_password, fund_password, bank_password)
    SELECT '4' || lpad(n::text, 7, '0'), '', '001', '', '', '' FROM generate_series(1, $1::int) n
"""
_MONEY: Final = """
    INSERT INTO paper.money (account, usable)
    SELECT account, 1000000000 FROM paper.customers WHERE account LIKE '4%'
"""


class Desk:
    """Takes orders from callers who never pause."""

    def __init__(self, trading: Trading, accounts: int) -> None:
        self._trading = trading
        self._accounts = accounts
        self._orders = count()

    async def trade(self, at_once: int, seconds: float) -> list[float]:
        """Let so many callers place orders without a pause; return how long each order took."""
        until = time.perf_counter() + seconds
        took: list[float] = []
        async with asyncio.TaskGroup() as callers:
            for _ in range(at_once):
                callers.create_task(self._call(until, took))
        return took

    async def _call(self, until: float, took: list[float]) -> None:
        while (began := time.perf_counter()) < until:
            await self._order(next(self._orders))
            took.append(time.perf_counter() - began)

    async def _order(self, number: int) -> None:
        customer = replace(_CUSTOMER, account=AccountId(f"4{number % self._accounts + 1:07}"))
        offer = await self._trading.offer(customer, Side.BUY, _SECURITY)
        offer.check_price(_PRICE)
        offer.check_quantity(_PRICE, 100)
        draft = Draft(
            number=await self._trading.new_number(),
            account=customer.account,
            side=Side.BUY,
            security=_SECURITY,
            price=_PRICE,
            quantity=100,
        )
        await self._trading.recent_twin(draft)
        station = replace(_STATION, call=CallId(f"bench-{number}.1"))
        outcome = await self._trading.place(draft, customer, station)
        if outcome.state is not OrderState.ACCEPTED:
            raise RuntimeError(f"the counter is out of order: {outcome}")


@asynccontextmanager
async def open_desk(
    server: Server, *, at_once: int, accounts: int = ACCOUNTS
) -> AsyncIterator[Desk]:
    """Open one with a connection for each caller, and with customers who never run out of money."""
    await _make_rich(server, accounts)
    clock = SystemClock()
    database = Database(server.dsn, pool_size=at_once)
    counter = PaperCounter(server.dsn, clock, connections=at_once)
    book = PostgresOrderBook(database, clock)
    placing = Placing(counter, book, clock, promise=timedelta(seconds=10))
    reconciliation = Reconciliation(book, placing, every_s=5.0)
    await counter.start()
    await reconciliation.once()
    sealing = asyncio.create_task(Sealer(database).run())
    try:
        rules = load_rule_book({})
        trading = Trading(counter, book, clock, placing, reconciliation, rules=rules)
        yield Desk(trading, accounts)
    finally:
        sealing.cancel()
        await asyncio.wait([sealing])
        await counter.stop()
        await database.close()


async def _make_rich(server: Server, accounts: int) -> None:
    connection = await asyncpg.connect(server.libpq_dsn)
    await connection.execute(_CUSTOMERS, accounts)
    await connection.execute(_MONEY, timeout=60)
    await connection.execute("ANALYZE paper.customers, paper.money")
    await connection.close()
