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
from callcenter.domain.errors import Refused
from callcenter.domain.refusals import Refusal
from callcenter.domain.securities import Board, Market, Quote, Security, SecurityCode, SecurityKind
from callcenter.gateways.paper.database import Connection

_LOGIN: Final = """
    SELECT c.* FROM paper.customers c
    WHERE c.account = $1
       OR c.account IN (SELECT s.account FROM paper.shareholders s WHERE $1 IN (s.keyed, s.code))
"""
_CUSTOMER: Final = "SELECT * FROM paper.customers WHERE account = $1"
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
    SELECT * FROM paper.securities WHERE code = $1
    ORDER BY array_position(ARRAY['SH', 'SZ', 'BJ'], market)
"""
_QUOTES: Final = "SELECT * FROM paper.securities WHERE id = ANY($1)"


async def find_login(c: Connection, login: str) -> asyncpg.Record | None:
    """Return who logs in as `login`: an account, or a shareholder code with its letter or not."""
    return await c.fetchrow(_LOGIN, login)


async def customer(c: Connection, account: AccountId) -> Customer:
    row = await c.fetchrow(_CUSTOMER, account)
    if row is None:
        raise Refused(Refusal.LOGIN_FAILED)
    return customer_of(row)


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


async def securities(c: Connection, code: SecurityCode) -> Sequence[Security]:
    return [security_of(row) for row in await c.fetch(_SECURITIES, code)]


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
