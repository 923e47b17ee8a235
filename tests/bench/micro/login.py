"""
Bench `login`: what a login costs the processor, daemon, counter and PostgreSQL together.

The bare limit is what no login can do without: its password hashed as slowly as the counter hashes
it, in a thread, and a row of one word committed.
"""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Final

import asyncpg

from callcenter.customers.service import Customers, LockOut
from callcenter.domain.calls import CallId
from callcenter.domain.clock import SystemClock
from callcenter.domain.secret import Secret
from callcenter.gateways.paper.counter import PaperCounter
from callcenter.gateways.paper.demo import TRADE_PASSWORD
from callcenter.gateways.paper.passwords import keep, matches
from callcenter.storage.database import Database
from callcenter.storage.logins import PostgresLoginLog
from tests import make
from tests.bench.processor import each_us
from tests.bench.report import Figure, duration
from tests.bench.server import Server
from tests.bench.turns import taking_turns

AT_ONCE: Final = 8
LOGINS: Final = 40
ROUNDS: Final = 5
_ACCOUNT: Final = "10000001"


async def bench(server: Server) -> list[Figure]:
    ours, bare = await taking_turns(lambda: _ours(server), lambda: _bare(server), rounds=ROUNDS)
    return [duration(f"processor for a login, {AT_ONCE} at once", ours, bare, " µs")]


async def _ours(server: Server) -> float:
    clock = SystemClock()
    database = Database(server.dsn, pool_size=AT_ONCE)
    counter = PaperCounter(server.dsn, clock, connections=AT_ONCE)
    customers = Customers(counter, PostgresLoginLog(database), clock, LockOut())
    numbers = count()

    async def login() -> None:
        station = make.station(call=CallId(f"bench-{next(numbers)}.1"))
        await customers.login(_ACCOUNT, Secret(TRADE_PASSWORD), station)

    await counter.start()
    try:
        return await _each_us(server, login)
    finally:
        await counter.stop()
        await database.close()


async def _bare(server: Server) -> float:
    kept = keep(TRADE_PASSWORD)
    pool = await asyncpg.create_pool(server.libpq_dsn, min_size=AT_ONCE, max_size=AT_ONCE)
    await pool.execute("CREATE TABLE IF NOT EXISTS bench_words (word text)")

    async def login() -> None:
        await asyncio.to_thread(matches, TRADE_PASSWORD, kept)
        await pool.execute("INSERT INTO bench_words VALUES ('in')")

    try:
        return await _each_us(server, login)
    finally:
        await pool.close()


async def _each_us(server: Server, login: Callable[[], Awaitable[None]]) -> float:
    await asyncio.gather(*(login() for _ in range(AT_ONCE)))  # every connection has been used

    async def logins() -> float:
        left = iter(range(LOGINS))

        async def caller() -> None:
            for _ in left:
                await login()

        await asyncio.gather(*(caller() for _ in range(AT_ONCE)))
        return LOGINS

    return await each_us(server, logins)
