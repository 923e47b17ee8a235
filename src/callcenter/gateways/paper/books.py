"""
The order book of the counter: look, find, withdraw, cancel; and the money of transfers.

The client order id is the primary key and settles every race: whoever inserts it first, an order
or the tombstone of a withdrawn one, decides; all others wait for him and read what he wrote.
How an order comes into the book is in `booking.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal

import asyncpg

from callcenter.domain.accounts import AccountId, AccountStatus, Permission
from callcenter.domain.orders import ClientOrderId, Order
from callcenter.domain.refusals import Refusal
from callcenter.gateways.paper.database import Connection
from callcenter.gateways.paper.faults import COLUMNS, Faults, faults_of
from callcenter.gateways.paper.queries import security_of
from callcenter.gateways.paper.sessions import Hours, Moment
from callcenter.gateways.paper.terms import Case, Listed, is_free
from callcenter.gateways.station import dialled_form
from callcenter.trading.ports import CounterOrder

CancelOutcome = Literal["done", "kept", "filled", "refused", "unknown"]

_LOOK: Final = f"""
    SELECT c.account AS customer, c.status, c.permissions, c.bound_numbers, m.usable,
           COALESCE(h.sellable, 0) AS sellable, s.*, k.mode, k.stands_at,
           f.account AS faulty, {", ".join(f"f.{name}" for name in COLUMNS)}
    FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS asked (account, security, place)
    LEFT JOIN paper.customers c ON c.account = asked.account
    LEFT JOIN paper.money m ON m.account = c.account
    LEFT JOIN paper.securities s ON s.id = asked.security
    LEFT JOIN paper.shares h ON h.account = c.account AND h.security = s.id
    LEFT JOIN paper.clock k ON true
    LEFT JOIN LATERAL (SELECT * FROM paper.faults WHERE account IN (asked.account, '*')
                       ORDER BY account = '*' LIMIT 1) f ON true
    ORDER BY asked.place
"""  # noqa: S608  (the names are fields of ours)
_CLOCK: Final = "SELECT mode, stands_at FROM paper.clock"
_WITHDRAW: Final = """
    INSERT INTO paper.orders (client_id, state, arrived_at) VALUES ($1, 'withdrawn', $2)
    ON CONFLICT (client_id) DO NOTHING RETURNING contract
"""
_FIND: Final = """
    SELECT state, reason, filled, cancelled, expired FROM paper.orders WHERE client_id = $1
"""
_CANCEL: Final = "SELECT paper.cancel($1, $2, $3)"
_CREDIT: Final = """
    WITH paid AS (
        UPDATE paper.money SET usable = usable + $2 WHERE account = $1 RETURNING account
    )
    INSERT INTO paper.entries (account, at, what, reference, amount)
    SELECT account, $3, $4, $5, $2 FROM paid RETURNING id
"""
_DEBIT: Final = """
    WITH paid AS (
        UPDATE paper.money SET usable = usable - $2
        WHERE account = $1 AND usable - unsettled >= $2 RETURNING account
    )
    INSERT INTO paper.entries (account, at, what, reference, amount)
    SELECT account, $3, $4, $5, -$2 FROM paid RETURNING id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the books say as an order comes in."""

    case: Refusal | Case
    faults: Faults | None
    moment: Moment


async def moment(c: Connection, hours: Hours) -> Moment:
    """Return the counter's own time."""
    row = await c.fetchrow(_CLOCK)
    return hours.moment(*(row or (None, None)))


async def look(c: Connection, orders: Sequence[Order], *, hours: Hours) -> Sequence[Seen]:
    """Read, without a lock, what orders are judged by, and what shall go wrong with them."""
    accounts = [order.draft.account for order in orders]
    rows = await c.fetch(_LOOK, accounts, [order.draft.security.id for order in orders])
    now = hours.moment(rows[0]["mode"], rows[0]["stands_at"])
    return [_seen(row, order, now, hours) for row, order in zip(rows, orders, strict=True)]


def _seen(row: asyncpg.Record, order: Order, now: Moment, hours: Hours) -> Seen:
    return Seen(
        case=_case(row, order, now, hours),
        faults=None if row["faulty"] is None else faults_of(row),
        moment=now,
    )


def _case(row: asyncpg.Record, order: Order, now: Moment, hours: Hours) -> Refusal | Case:
    if row["customer"] is None or row["usable"] is None:
        return Refusal.LOGIN_FAILED
    if row["id"] is None:
        return Refusal.UNKNOWN_SECURITY
    security = security_of(row)
    listed = Listed(security.listed_on, security.delisting_from)
    return Case(
        status=AccountStatus(row["status"]),
        permissions=frozenset(map(Permission, row["permissions"])),
        bound_numbers=frozenset(row["bound_numbers"]),
        number=dialled_form(order.station.caller),
        usable=row["usable"],
        sellable=row["sellable"],
        security=security,
        previous_close=row["previous_close"],
        phase=now.phase,
        free=is_free(security.board, listed, now.day, hours.trades_on),
    )


def first_answer(client_id: ClientOrderId, row: asyncpg.Record) -> CounterOrder:
    """Return what was answered first; an id that was withdrawn is refused."""
    if row["state"] == "withdrawn":
        return CounterOrder(client_id=client_id, accepted=False, reason=Refusal.DUPLICATE_ORDER)
    return counter_order(client_id, row)


def counter_order(client_id: ClientOrderId, row: asyncpg.Record) -> CounterOrder:
    return CounterOrder(
        client_id=client_id,
        accepted=row["state"] == "accepted",
        reason=None if row["reason"] is None else Refusal(row["reason"]),
        filled=row["filled"],
        cancelled=row["cancelled"],
        expired=row["expired"],
    )


async def find(c: Connection, client_id: ClientOrderId) -> CounterOrder | None:
    """Return the order; None if it never came, which a tombstone proves for ever."""
    row = await c.fetchrow(_FIND, client_id)
    if row is None or row["state"] == "withdrawn":
        return None
    return counter_order(client_id, row)


async def withdraw(c: Connection, client_id: ClientOrderId, at: datetime) -> CounterOrder | None:
    """Put a tombstone in the place of an order that has not come; else return what has."""
    if await c.fetchval(_WITHDRAW, client_id, at) is not None:
        return None
    return await find(c, client_id)


async def cancel(
    c: Connection, client_id: ClientOrderId, at: datetime, due: datetime | None = None
) -> CancelOutcome:
    """Cancel the rest of an order, or keep the wish until it is `due`."""
    outcome: CancelOutcome = await c.fetchval(_CANCEL, client_id, at, due)
    return outcome


async def credit(
    c: Connection, account: AccountId, amount: Decimal, at: datetime, what: str, reference: str
) -> bool:
    """Add money to what is usable and withdrawable; False if there is no such account."""
    return await c.fetchval(_CREDIT, account, amount, at, what, reference) is not None


async def debit(
    c: Connection, account: AccountId, amount: Decimal, at: datetime, what: str, reference: str
) -> bool:
    """Take money that is withdrawable; False, and nothing taken, if there is not so much."""
    return await c.fetchval(_DEBIT, account, amount, at, what, reference) is not None
