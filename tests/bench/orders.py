"""
Bench `orders`: durable orders a second with the paper counter, against single-row commits.

Each order is checked, written down, sent, booked by the counter and answered in writing, fsync on,
by as many callers at once as pgbench has clients that commit one row each. The two take turns on
one server, so that a busy machine slows both down. Where commits are cheap the processor decides,
so its time for each is told as well, the server's and that of whoever asks.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Final

from tests.bench.bare.commits import commits_a_second
from tests.bench.desk import open_desk
from tests.bench.processor import ours_s, server_s
from tests.bench.report import Figure
from tests.bench.server import Server, running

AT_ONCE: Final = (1, 8, 32)
ROUNDS: Final = 3
ROUND_S: Final = 3.0
BAR: Final = 0.35


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
def _counted(cpu: Cpu, server: Server) -> Iterator[None]:
    """Add the processor time that is used meanwhile; pgbench is a child of ours."""
    server_before, asking_before = server_s(server), ours_s()
    yield
    cpu.server += server_s(server) - server_before
    cpu.asking += ours_s() - asking_before


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
    async with running() as server:
        measured = {at_once: Measured() for at_once in AT_ONCE}
        async with open_desk(server, at_once=max(AT_ONCE)) as desk:
            await desk.trade(max(AT_ONCE), 1.0)  # every statement has been prepared once
            for _ in range(ROUNDS):
                for at_once, so_far in measured.items():
                    with _counted(so_far.cpu_of_orders, server):
                        seconds = await desk.trade(at_once, ROUND_S)
                    with _counted(so_far.cpu_of_commits, server):
                        bare = await commits_a_second(server, at_once=at_once, seconds=ROUND_S)
                    so_far.add(seconds, bare)
    return [figure for at_once, found in measured.items() for figure in _figures(at_once, found)]


def _figures(at_once: int, found: Measured) -> list[Figure]:
    order, commit = found.cpu_of_orders, found.cpu_of_commits
    bar = BAR if at_once == max(AT_ONCE) else None
    return [
        Figure(
            f"orders, {at_once} at once",
            median(found.orders_a_second),
            " /s",
            limit=median(found.commits_a_second),
            ratio=found.ratio,
        ),
        Figure(f"orders to commits, {at_once} at once", found.ratio, bar=bar, at_least=True),
        Figure(f"an order, median, {at_once} at once", 1000 * found.quantile(0.5), " ms"),
        Figure(f"an order, 99th percentile, {at_once} at once", 1000 * found.quantile(0.99), " ms"),
        Figure(
            f"  processor for an order, daemon, {at_once} at once",
            order.each_us(order.asking),
            " µs",
        ),
        Figure(
            f"  processor for an order, PostgreSQL, {at_once} at once",
            order.each_us(order.server),
            " µs",
        ),
        Figure(
            f"  processor for a commit, pgbench, {at_once} at once",
            commit.each_us(commit.asking),
            " µs",
        ),
        Figure(
            f"  processor for a commit, PostgreSQL, {at_once} at once",
            commit.each_us(commit.server),
            " µs",
        ),
        Figure(
            f"  processor, a commit to an order, {at_once} at once", commit.all_us / order.all_us
        ),
    ]
