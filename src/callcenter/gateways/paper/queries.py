"""What the counter can be asked. Every query may be asked again at will."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

import asyncpg

from callcenter.domain.accounts import (
    AccountId,
    AccountStatus,
    BranchCode,
    Customer,
    Money,
    Permission,
    Position,
)
from callcenter.domain.calls import e164
from callcenter.domain.clock import Clock
from callcenter.domain.securities import Board, Market, Quote, Security, SecurityCode, SecurityKind
from callcenter.gateways.paper.database import Connection

_LOGINS: Final = """
    SELECT asked.login, c.*
    FROM unnest($1::text[]) AS asked(login)
    CROSS JOIN LATERAL (
        SELECT asked.login AS account
        UNION SELECT s.account FROM paper.shareholders s WHERE s.code = asked.login
        UNION SELECT s.account FROM paper.shareholders s WHERE s.keyed = asked.login
    ) named
    JOIN paper.customers c USING (account)
"""
_CUSTOMERS: Final = "SELECT * FROM paper.customers WHERE account = ANY($1)"
_MONEY: Final = """
    SELECT m.account, m.usable, m.frozen, m.unsettled, COALESCE(
        (SELECT sum(h.total * s.last) FROM paper.shares h
         JOIN paper.securities s ON s.id = h.security WHERE h.account = m.account), 0) AS shares
    FROM paper.money m WHERE m.account = ANY($1)
"""
_POSITIONS: Final = """
    SELECT s.*, h.total, h.sellable, h.frozen
    FROM paper.shares h JOIN paper.securities s ON s.id = h.security
    WHERE h.account = $1 AND h.total > 0
    ORDER BY array_position(ARRAY['SH', 'SZ', 'BJ'], s.market), s.code
"""
_SECURITIES: Final = """
    SELECT * FROM paper.securities WHERE code = ANY($1)
    ORDER BY array_position(ARRAY['SH', 'SZ', 'BJ'], market)
"""
_QUOTES: Final = "SELECT * FROM paper.securities WHERE id = ANY($1)"


async def logins(c: Connection, names: Sequence[str]) -> Sequence[asyncpg.Record | None]:
    """Return who logs in by each name: an account, or a shareholder code with its letter or not."""
    found = {row["login"]: row for row in await c.fetch(_LOGINS, names)}
    return [found.get(name) for name in names]


async def customers(c: Connection, accounts: Sequence[AccountId]) -> Sequence[Customer | None]:
    found = {row["account"]: customer_of(row) for row in await c.fetch(_CUSTOMERS, accounts)}
    return [found.get(account) for account in accounts]


async def moneys(c: Connection, accounts: Sequence[AccountId]) -> Sequence[Money | None]:
    """
    Return the balances; the total is 总资产: cash, frozen or not, and shares at their last price.

    What was sold for today is usable at once, and withdrawable from the next trading day on.
    None for an account that does not exist.
    """
    found = {row["account"]: _money_of(row) for row in await c.fetch(_MONEY, accounts)}
    return [found.get(account) for account in accounts]


def _money_of(row: asyncpg.Record) -> Money:
    usable, frozen, shares = row["usable"], row["frozen"], row["shares"]
    return Money(
        usable=usable,
        withdrawable=max(usable - row["unsettled"], Decimal(0)),
        frozen=frozen,
        total=(usable + frozen + shares).quantize(Decimal("0.01")),
    )


async def positions(c: Connection, account: AccountId) -> Sequence[Position]:
    return [
        Position(
            security=security_of(row),
            total=row["total"],
            sellable=row["sellable"],
            frozen=row["frozen"],
        )
        for row in await c.fetch(_POSITIONS, account)
    ]


async def securities(c: Connection, codes: Sequence[SecurityCode]) -> Sequence[Sequence[Security]]:
    """Return, for each code, what is listed by it, on one exchange or several."""
    found = [security_of(row) for row in await c.fetch(_SECURITIES, codes)]
    return [[one for one in found if one.code == code] for code in codes]


async def quotes(
    c: Connection, wanted: Sequence[Security], *, clock: Clock
) -> Sequence[Quote | None]:
    """Return the quotes as they are now; None for what is not listed."""
    rows = await c.fetch(_QUOTES, list({security.id for security in wanted}))
    found = {row["id"]: _quote_of(row, clock.now()) for row in rows}
    return [found.get(security.id) for security in wanted]


def _quote_of(row: asyncpg.Record, at: datetime) -> Quote:
    return Quote(
        security=security_of(row),
        last=row["last"],
        previous_close=row["previous_close"],
        high=row["high"],
        low=row["low"],
        bid=row["bid"] or None,
        ask=row["ask"] or None,
        volume=row["volume"],
        at=at,
    )


def customer_of(row: asyncpg.Record) -> Customer:
    return Customer(
        account=AccountId(row["account"]),
        branch=BranchCode(row["branch"]),
        status=AccountStatus(row["status"]),
        permissions=frozenset(map(Permission, row["permissions"])),
        bound_numbers=frozenset(map(e164, row["bound_numbers"])),
    )


def security_of(row: asyncpg.Record) -> Security:
    return Security(
        market=Market(row["market"]),
        code=SecurityCode(row["code"]),
        name=row["name"],
        name_en=row["name_en"],
        board=Board(row["board"]),
        suspended=row["suspended"],
        suspended_by_broker=row["suspended_by_broker"],
        st=row["st"],
        t0=row["t0"],
        listed_on=row["listed_on"],
        delisting_from=row["delisting_from"],
        kind=SecurityKind(row["kind"]),
    )
