"""Many orders at once: judged and booked as `place` does it, in fewer statements."""

from collections.abc import Sequence
from typing import Final

import asyncpg

from callcenter.domain.orders import Order
from callcenter.gateways.paper import books
from callcenter.gateways.paper.database import Connection
from callcenter.gateways.paper.sessions import Hours

# The same function as for one order, called for each row in turn.
_BOOK_ALL: Final = """
    SELECT a.client_id, b.state
    FROM unnest($1::text[], $2::timestamptz[], $3::date[], $4::text[], $5::text[], $6::text[],
        $7::text[], $8::numeric[], $9::numeric[], $10::text[], $11::text[], $12::text[],
        $13::jsonb[], $14::integer[], $15::numeric[], $16::bigint[])
        AS a (client_id, at, day, account, security, side, kind, price, quantity, station, branch,
              call, facts, verdict, freezes, seen)
    CROSS JOIN LATERAL paper.book(a.client_id, a.at, a.day, a.account, a.security, a.side, a.kind,
        a.price, a.quantity, a.station, a.branch, a.call, a.facts, a.verdict, a.freezes, a.seen) b
"""


async def book_all(c: Connection, orders: Sequence[Order], hours: Hours) -> int:
    """
    Book orders in one transaction, sorted by account; return how many were accepted.

    Raise ValueError if an account sells one security in two of them: what the second is judged by
    would depend on the first.
    """
    orders = sorted(orders, key=lambda order: order.draft.account)
    seen = await books.look(c, orders, hours=hours)
    rows = [books.values_of(order, judged) for order, judged in zip(orders, seen, strict=True)]
    try:
        answers = await c.fetch(_BOOK_ALL, *map(list, zip(*rows, strict=True)))
    except asyncpg.SerializationError as e:
        raise ValueError("an account sells a security twice in one batch") from e
    return sum(answer["state"] == "accepted" for answer in answers)
