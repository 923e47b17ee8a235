"""
The registrar of the practice market: lots are drawn, funds confirmed, winners pay.

It speaks of an application when it is its day: funds and rights on the next trading day, new shares
on the second one, whose afternoon at 16:00 is when winners must have paid.
"""

from datetime import date, time
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from hashlib import sha256
from typing import Final

import asyncpg

from callcenter.domain.applications import ApplicationKind
from callcenter.gateways.paper import application_books as books
from callcenter.gateways.paper.database import Connection
from callcenter.gateways.paper.sessions import Hours, Moment

_WAITING: Final = """
    SELECT * FROM paper.applications
    WHERE request_id = $1 AND state IN ('accepted', 'allotted', 'payment-due') FOR UPDATE
"""
_FUND: Final = "SELECT net_value FROM paper.open_funds WHERE code = $1"
_LOTS: Final = "SELECT lots_per_thousand FROM paper.issues WHERE market = $1 AND code = $2"
_SPEAK: Final = """
    UPDATE paper.applications SET state = $2, shares = $3, amount = $4, price = COALESCE($5, price),
        held = 0, held_shares = 0
    WHERE request_id = $1
"""
_USABLE: Final = "SELECT usable FROM paper.money WHERE account = $1 FOR UPDATE"

_PAY_BY: Final = time(16, 0)
_LOT: Final = 500
_FEN: Final = Decimal("0.01")


async def speak(c: Connection, request_id: str, now: Moment, hours: Hours) -> None:
    """Bring an application on, if it is its day; once, whoever asks first."""
    row = await c.fetchrow(_WAITING, request_id)
    if row is None:
        return
    if row["kind"] == ApplicationKind.IPO:
        await _draw(c, row, now, hours)
    elif now.day >= hours.next_day(row["trade_date"], now):
        await _confirm(c, row)


async def _confirm(c: Connection, row: asyncpg.Record) -> None:
    match ApplicationKind(row["kind"]):
        case ApplicationKind.RIGHTS:
            said = (row["quantity"], row["held"], row["price"])
        case ApplicationKind.FUND_SUBSCRIBE:
            value = await c.fetchval(_FUND, row["code"])
            shares = (row["held"] / value).quantize(_FEN, ROUND_DOWN)
            await books.give_shares(c, row["account"], row["code"], shares)
            said = (shares, row["held"], value)
        case _:
            value = await c.fetchval(_FUND, row["code"])
            amount = (row["held_shares"] * value).quantize(_FEN, ROUND_HALF_UP)
            await books.pay(c, row["account"], amount, row["request_id"])
            said = (row["held_shares"], amount, value)
    await c.execute(_SPEAK, row["request_id"], "confirmed", *said)


async def _draw(c: Connection, row: asyncpg.Record, now: Moment, hours: Hours) -> None:
    drawn_on = _second_day_after(row["trade_date"], now, hours)
    if now.day < drawn_on:
        return
    won = row["shares"] if row["shares"] is not None else await _lots(c, row)
    if not won:
        await c.execute(_SPEAK, row["request_id"], "not-allotted", None, None, None)
        return
    amount = won * row["price"]
    too_late = now.day > drawn_on or now.at.time() >= _PAY_BY
    usable = await c.fetchval(_USABLE, row["account"])
    if not too_late:
        state = "allotted" if usable >= amount else "payment-due"
    else:
        paid = await books.take(c, row["account"], amount, row["request_id"])
        state = "paid" if paid else "forfeited"
    if _goes_on(row["state"], state):
        await c.execute(_SPEAK, row["request_id"], state, Decimal(won), amount, None)


def _goes_on(before: str, then: str) -> bool:
    """Whoever was told that payment is due is not told again that there is enough."""
    return (before, then) not in {
        ("allotted", "allotted"),
        ("payment-due", "payment-due"),
        ("payment-due", "allotted"),
    }


async def _lots(c: Connection, row: asyncpg.Record) -> int:
    """Return the shares that were won: each unit of 500 has a number, and chance is the same."""
    per_thousand = await c.fetchval(_LOTS, row["market"], row["code"]) or 0
    units = int(row["quantity"]) // _LOT
    numbers = (sha256(f"{row['request_id']}:{unit}".encode()).digest() for unit in range(units))
    won = sum(int.from_bytes(number[:4]) % 1000 < per_thousand for number in numbers)
    return won * _LOT


def _second_day_after(day: date, now: Moment, hours: Hours) -> date:
    return hours.next_day(hours.next_day(day, now), now)
