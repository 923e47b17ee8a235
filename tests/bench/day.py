"""
A day of 300,000 orders in the paper counter: taken, filled, settled, and reconciled to the fen.

Orders are loaded through the counter's bulk path (`gateways/paper/bulk.py`: by the very
statement that books a single one, a thousand at a time), filled by its clerk as the market moves,
and settled and audited by the functions that an operator calls. What it says of orders and fills
is then added up again by arithmetic of our own, and compared with every balance.
"""

import asyncio
import resource
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

from callcenter.domain.accounts import AccountId
from callcenter.domain.orders import ClientOrderId, Order, Side
from callcenter.gateways.paper import demo, seed_demo
from callcenter.gateways.paper.audit import audit
from callcenter.gateways.paper.bulk import book_all
from callcenter.gateways.paper.clerk import AT_ONCE, Clerk
from callcenter.gateways.paper.counter import PaperCounter
from callcenter.gateways.paper.database import Connection
from callcenter.storage import migrate
from callcenter.storage.embedded import EmbeddedPostgres
from tests import make
from tests.bench.report import Figure
from tests.fakes.store import AlwaysNoon
from tests.integration.paper_model import fees_of, to_fen

ORDERS: Final = 300_000
_DEEP: Final = 1000  # a market that takes a day of 300,000 orders
_A_STATEMENT: Final = 1000  # one of each account, so that none sells twice in it
_RICH: Final = Decimal(100_000_000)
_TRADED: Final = [  # shares alone: the arithmetic here knows the fees of shares
    listing
    for listing in demo.LISTINGS
    if listing.security.board in {"sh-main", "sz-main", "chinext", "bse"}
    and not listing.security.suspended
]
_MOVE: Final = """
    UPDATE paper.securities SET bid = last - 0.01 * $1, ask = last - 0.01 * $1 + 0.01
    WHERE board <> 'index' AND board <> 'fund'
"""


class Day(NamedTuple):
    """What was sent, by the id under which the counter has it."""

    side: Side
    account: AccountId
    quantity: int


async def bench() -> list[Figure]:
    async with _counter() as counter:
        clerk = Clerk(counter.database, counter.hours, most_lots=_DEEP)
        async with counter.database.long_work() as c:
            before = await _cash(c)
            began = time.perf_counter()
            sent, filling_s = await _trade(c, counter, clerk)
            loading_s = time.perf_counter() - began - filling_s
            orders = len(sent)
            began = time.perf_counter()
            expired = await clerk.settle(make.NOON.date())
            settling_s = time.perf_counter() - began
            began = time.perf_counter()
            findings = await audit(c)
            auditing_s = time.perf_counter() - began
            began = time.perf_counter()
            fills, wrong = await _reconcile(c, counter, sent, before)
            reconciling_s = time.perf_counter() - began
            megabytes = await c.fetchval("SELECT pg_database_size(current_database())") / 2**20
    ours = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        Figure("orders", orders, bar=ORDERS, at_least=True),
        Figure("fills", fills),
        Figure("orders that expired", float(expired or 0)),
        Figure("loading", loading_s, " s"),
        Figure("filling", filling_s, " s"),
        Figure("settlement", settling_s, " s"),
        Figure("audit", auditing_s, " s"),
        Figure("reconciliation from what it told", reconciling_s, " s"),
        Figure("findings of the audit", len(findings), bar=0),
        Figure("accounts that differ by a fen or more", wrong, bar=0),
        Figure("peak memory of this process", ours, " MB"),
        Figure("size of the database", megabytes, " MB"),
    ]


async def _trade(
    c: Connection, counter: PaperCounter, clerk: Clerk
) -> tuple[dict[str, Day], float]:
    sent: dict[str, Day] = {}
    filling_s = 0.0
    for number, orders in enumerate(_day(make.NOON.date())):
        await book_all(c, orders, counter.hours)
        for order in orders:
            draft = order.draft
            sent[order.client_id] = Day(draft.side, draft.account, draft.quantity)
        began = time.perf_counter()
        await c.execute(_MOVE, number % 7 - 3)
        while (await clerk.work()).fills >= AT_ONCE // 2:
            pass
        filling_s += time.perf_counter() - began
    return sent, filling_s


def _day(day: date) -> Iterator[list[Order]]:
    """Yield the orders of the day, one of each account at a time; the same ones each time."""
    random = Random("a day")  # noqa: S311
    for batch in range(ORDERS // _A_STATEMENT):
        yield [_order(random, day, batch, account) for account in range(1, _A_STATEMENT + 1)]


def _order(random: Random, day: date, batch: int, account: int) -> Order:
    sells = random.random() < 0.4
    listing = demo.LISTINGS[1] if sells else random.choice(_TRADED)  # what they all hold
    return make.order(
        client_id=ClientOrderId(f"{day:%Y%m%d}{batch * _A_STATEMENT + account:08}"),
        trade_date=day,
        account=AccountId(f"2{account:07}"),
        side=Side.SELL if sells else Side.BUY,
        security=listing.security,
        price=listing.last + Decimal(random.randint(-2, 2)) / 100,
        quantity=random.randint(1, 3 if sells else 20) * 100,
    )


async def _cash(c: Connection) -> dict[str, Decimal]:
    """Return what every account has, frozen or not."""
    rows = await c.fetch("SELECT account, usable + frozen AS cash FROM paper.money")
    return {row["account"]: row["cash"] for row in rows}


async def _reconcile(
    c: Connection, counter: PaperCounter, sent: dict[str, Day], before: dict[str, Decimal]
) -> tuple[int, int]:
    """Add up what the counter told; return the number of fills, and of accounts that differ."""
    filled: defaultdict[str, int] = defaultdict(int)
    turnover: defaultdict[str, Decimal] = defaultdict(Decimal)
    fills = 0
    async for fill in counter.fills(make.NOON.date()):
        fills += 1
        filled[fill.client_id] += fill.quantity
        turnover[fill.client_id] += fill.price * fill.quantity
    wrong: set[str] = set()
    async for order in counter.orders(make.NOON.date()):
        of = sent.pop(order.client_id)
        left = of.quantity - order.filled if order.accepted else None
        if order.filled != filled[order.client_id] or order.cancelled != left:
            wrong.add(of.account)
        traded = turnover[order.client_id]
        sign = -1 if of.side is Side.BUY else 1
        before[of.account] += sign * to_fen(traded) - fees_of(of.side, traded)
    after = await _cash(c)
    wrong |= {account for account, cash in after.items() if cash != before[account]}
    return fills, len(wrong) + len(sent)  # an order that was not told is one too many


@asynccontextmanager
async def _counter() -> AsyncIterator[PaperCounter]:
    """Start the embedded server as the product does, with a thousand rich accounts."""
    with tempfile.TemporaryDirectory(prefix="callcenter-bench-") as name:
        server = EmbeddedPostgres(Path(name) / "data", sockets=Path(name) / "run")
        await asyncio.to_thread(server.start)
        counter = PaperCounter(server.dsn, AlwaysNoon())
        try:
            await migrate.upgrade(server.dsn)
            await seed_demo(server.dsn, production=False)
            await counter.start()
            async with counter.database.long_work() as c:
                await _make_rich(c)
            yield counter
        finally:
            await counter.stop()
            await asyncio.to_thread(server.stop)


async def _make_rich(c: Connection) -> None:
    """Give the accounts enough for a day of 300 orders each, and enter it in the journal."""
    await c.execute("UPDATE paper.money SET usable = usable + $1", _RICH)
    await c.execute(
        "INSERT INTO paper.entries (account, what, amount)"
        " SELECT account, 'transfer', $1 FROM paper.money",
        _RICH,
    )
    await c.execute("UPDATE paper.shares SET total = total + 90000, sellable = sellable + 90000")
    await c.execute(
        "INSERT INTO paper.entries (account, what, security, shares)"
        " SELECT account, 'transfer', security, 90000 FROM paper.shares"
    )
