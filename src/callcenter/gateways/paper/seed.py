"""Open the demo's accounts and list its securities. Never in production."""

import asyncio
import os
from collections.abc import Iterable, Iterator

import asyncpg

from callcenter.gateways.paper import demo, passwords
from callcenter.gateways.paper.application_seed import seed_applications
from callcenter.gateways.paper.bank_seed import seed_banks
from callcenter.gateways.paper.database import Connection, counter_errors, plain
from callcenter.gateways.paper.initials import initials

_Passwords = tuple[str, str, str]


async def seed_demo(dsn: str, *, production: bool, load_accounts: bool = True) -> int:
    """
    Seed the demo's data where it is missing; return how many accounts were opened.

    Without `load_accounts` only the handful. What is there stays as it is, balances too, so every
    start may call this. Raise `RuntimeError` in production, where passwords that everybody knows
    must not open anything.
    """
    if production:
        raise RuntimeError("the demo's accounts have printed passwords: not in production")
    wanted = (*demo.ACCOUNTS, *(demo.load_accounts() if load_accounts else ()))
    with counter_errors():
        c = await asyncpg.connect(plain(dsn))
        try:
            return await _seed(c, wanted)
        finally:
            await c.close()


async def _seed(c: Connection, wanted: Iterable[demo.DemoAccount]) -> int:
    async with c.transaction():
        await _list_securities(c)
        there = {row["account"] for row in await c.fetch("SELECT account FROM paper.customers")}
        new = [account for account in wanted if account.account not in there]
        if new:
            await _open(c, new, await asyncio.to_thread(_hash_passwords, new))
        await seed_banks(c)
        await seed_applications(c)
        return len(new)


def _hash_passwords(accounts: Iterable[demo.DemoAccount]) -> list[_Passwords]:
    # The load accounts share their passwords, and for them the salt too: 3,000 hashes would take
    # fifteen seconds and protect nothing. Checking one costs a login what it always costs.
    shared = _hashed(os.urandom(passwords.SALT_BYTES))
    named = {account.account for account in demo.ACCOUNTS}
    return [_hashed() if account.account in named else shared for account in accounts]


def _hashed(salt: bytes | None = None) -> _Passwords:
    return (
        passwords.keep(demo.TRADE_PASSWORD, salt),
        passwords.keep(demo.FUND_PASSWORD, salt),
        passwords.keep(demo.BANK_PASSWORD, salt),
    )


async def _list_securities(c: Connection) -> None:
    there = {row["id"] for row in await c.fetch("SELECT id FROM paper.securities")}
    await c.executemany(
        """
        INSERT INTO paper.securities (id, market, code, name, name_en, board, suspended,
            last, previous_close, high, low, bid, ask, volume, initials)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        ON CONFLICT DO NOTHING
        """,
        [
            (
                listing.security.id,
                listing.security.market,
                listing.security.code,
                listing.security.name,
                listing.security.name_en,
                listing.security.board,
                listing.security.suspended,
                listing.last,
                listing.previous_close,
                listing.high,
                listing.low,
                listing.bid,
                listing.ask,
                listing.volume,
                [*initials(listing.security.name)],
            )
            for listing in demo.LISTINGS
            if listing.security.id not in there
        ],
    )


async def _open(
    c: Connection, accounts: Iterable[demo.DemoAccount], hashed: Iterable[_Passwords]
) -> None:
    accounts = list(accounts)
    await _add(
        c,
        "customers",
        "account, branch, name, status, permissions, bound_numbers, "
        "trade_password, fund_password, bank_password",
        [
            (a.account, a.branch, a.name, a.status, [*a.permissions], [*a.bound_numbers], *kept)
            for a, kept in zip(accounts, hashed, strict=True)
        ],
    )
    await _add(c, "money", "account, usable", [(a.account, a.cash) for a in accounts])
    await _add(c, "shareholders", "code, account, market", _codes(accounts))
    await _add(c, "shares", "account, security, total, sellable", _holdings(accounts))


async def _add(c: Connection, table: str, columns: str, rows: Iterable[tuple[object, ...]]) -> None:
    """Add rows but those that are there. Thousands of single rows would take ten times as long."""
    new = f"new_{table}"
    await c.execute(
        f"CREATE TEMP TABLE {new} ON COMMIT DROP AS "  # noqa: S608 - our own names
        f"SELECT {columns} FROM paper.{table} WITH NO DATA"
    )
    await c.copy_records_to_table(new, records=rows, columns=columns.split(", "))
    await c.execute(
        f"INSERT INTO paper.{table} ({columns}) SELECT {columns} FROM {new} ON CONFLICT DO NOTHING"  # noqa: S608 - our own names
    )


def _codes(accounts: Iterable[demo.DemoAccount]) -> Iterator[tuple[str, str, str]]:
    for account in accounts:
        for market, code in account.shareholder_codes.items():
            yield code, account.account, market


def _holdings(accounts: Iterable[demo.DemoAccount]) -> Iterator[tuple[str, str, int, int]]:
    for account in accounts:
        for security, held in account.holdings.items():
            yield account.account, security, held.total, held.sellable
