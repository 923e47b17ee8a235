"""
Bench `order`: what an order costs the processor, against a row that pgbench commits.

Daemon and PostgreSQL are counted together, as are pgbench and PostgreSQL. `orders` takes longer and
tells how many there are in a second.
"""

from typing import Final

from tests.bench.bare.commits import commits_a_second
from tests.bench.desk import open_desk
from tests.bench.processor import each_us
from tests.bench.report import Figure, duration
from tests.bench.server import Server
from tests.bench.turns import taking_turns

AT_ONCE: Final = 32
ROUND_S: Final = 1.0
ROUNDS: Final = 3
_ACCOUNTS: Final = 10_000


async def bench(server: Server) -> list[Figure]:
    async with open_desk(server, at_once=AT_ONCE, accounts=_ACCOUNTS) as desk:

        async def orders() -> float:
            return len(await desk.trade(AT_ONCE, ROUND_S))

        async def commits() -> float:
            return ROUND_S * await commits_a_second(server, at_once=AT_ONCE, seconds=ROUND_S)

        ours, bare = await taking_turns(
            lambda: each_us(server, orders), lambda: each_us(server, commits), rounds=ROUNDS
        )
    return [duration(f"processor for an order, {AT_ONCE} at once", ours, bare, " µs")]
