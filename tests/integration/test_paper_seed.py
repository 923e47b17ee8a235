"""Opening the demo's accounts."""

import asyncio
from decimal import Decimal

import asyncpg
import pytest

from callcenter.domain.errors import CounterUnavailable
from callcenter.gateways.paper import seed_demo
from callcenter.gateways.paper.database import plain


async def ask(dsn: str, sql: str) -> object:
    c = await asyncpg.connect(plain(dsn))
    try:
        return await c.fetchval(sql)
    finally:
        await c.close()


async def test_a_thousand_and_five_accounts_are_opened_once(dsn: str) -> None:
    opened = [await seed_demo(dsn, production=False) for _ in range(2)]

    assert opened == [1005, 0]
    assert await ask(dsn, "SELECT count(*) FROM paper.customers") == 1005
    assert await ask(dsn, "SELECT count(*) FROM paper.shareholders") == 2010
    assert await ask(dsn, "SELECT sum(usable) FROM paper.money") == Decimal("1091893888.88")


async def test_two_daemons_that_seed_at_once_open_every_account_once(dsn: str) -> None:
    await asyncio.gather(*(seed_demo(dsn, production=False) for _ in range(2)))

    assert await ask(dsn, "SELECT count(*) FROM paper.customers") == 1005


async def test_seeding_again_leaves_balances_alone(dsn: str) -> None:
    await seed_demo(dsn, production=False, load_accounts=False)
    await ask(dsn, "UPDATE paper.money SET usable = 1 WHERE account = '10000001'")

    await seed_demo(dsn, production=False)

    assert await ask(dsn, "SELECT usable FROM paper.money WHERE account = '10000001'") == 1


async def test_production_has_no_demo_accounts(dsn: str) -> None:
    with pytest.raises(RuntimeError, match="not in production"):
        await seed_demo(dsn, production=True)

    assert await ask(dsn, "SELECT count(*) FROM paper.customers") == 0
    assert await ask(dsn, "SELECT count(*) FROM paper.securities") == 0


async def test_no_password_lies_about_in_clear(dsn: str) -> None:
    await seed_demo(dsn, production=False)

    everything = await ask(dsn, "SELECT string_agg(c::text, ' ') FROM paper.customers c")

    assert isinstance(everything, str)
    assert not [p for p in ("246810", "135790", "112358") if p in everything]


async def test_seeding_an_unreachable_server_says_so() -> None:
    with pytest.raises(CounterUnavailable):
        await seed_demo("postgresql://nobody@127.0.0.1:1/nothing", production=False)
