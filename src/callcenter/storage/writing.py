"""
The two statements of an order's usual life: it is written down, and its first answer is.

Each writes the order, its event, its audit row and the outbox, in one round trip and one commit,
and for as many orders at a time as there are.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from sqlalchemy import TextClause, text

from callcenter.domain.audit import AuditEntry
from callcenter.domain.events import OrderEvent, OrderMoved
from callcenter.domain.fills import FillKey
from callcenter.storage import audit
from callcenter.storage.database import Database

_CAME: Final = """
    WITH came AS (
        SELECT * FROM jsonb_to_recordset(CAST(:came AS jsonb)) AS came (
            place integer, row jsonb, kind text, payload jsonb, at timestamptz, call_id text,
            caller text, did text, branch text, account text, action text, outcome text,
            details jsonb)
    )
"""
# What comes with an order that is not in `kept` is not written.
_RECORDED: Final = """
    ), audited AS (
        INSERT INTO audit_trail
            (at, call_id, caller, did, branch, account, action, outcome, details)
        SELECT at, call_id, caller, did, branch, account, action, outcome, details
        FROM came JOIN kept ON kept.number = came.row->>'number' ORDER BY place
    ), published AS (
        INSERT INTO outbox (kind, payload)
        SELECT kind, payload FROM came JOIN kept ON kept.number = came.row->>'number'
        ORDER BY place
    )
    SELECT number FROM kept
"""
_WRITE_DOWN: Final = text(
    _CAME  # noqa: S608  all of it is written here
    + """
    , kept AS (
        INSERT INTO orders
        SELECT made.* FROM came, jsonb_populate_record(NULL::orders, came.row) AS made
        ORDER BY came.place
        ON CONFLICT DO NOTHING RETURNING number, created_at, state, message
    ), moved AS (
        INSERT INTO order_events (order_number, at, to_state, message, applied)
        SELECT number, created_at, state, message, true FROM kept
    """
    + _RECORDED
)
# Only while nothing else is known of the order: what follows from more than one word is reckoned
# by the domain, not here.
_WRITE_ANSWERS: Final = text(
    _CAME  # noqa: S608  all of it is written here
    + """
    , kept AS (
        UPDATE orders
        SET state = came.row->>'state', message = CAST(came.row->>'message' AS integer),
            updated_at = came.at, revision = revision + 1
        FROM came
        WHERE orders.number = came.row->>'number' AND orders.state = 'pending'
          AND filled = 0 AND told_filled = 0 AND cancelled = 0 AND cancel_asked = 0
        RETURNING orders.number, updated_at, state, message
    ), moved AS (
        INSERT INTO order_events (order_number, at, from_state, to_state, message, applied)
        SELECT number, updated_at, 'pending', state, message, true FROM kept
    """
    + _RECORDED
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """
    What is written of one order, and what with it.

    `row` is a whole row of the table `orders`, or the number, state and message of an answer.
    """

    row: Mapping[str, object]
    entry: AuditEntry
    event: OrderMoved


async def write_down(database: Database, came: Sequence[Writing]) -> list[bool]:
    """Write new orders down; tell of each whether it was new. All is kept, or none."""
    return await _write(database, _WRITE_DOWN, came)


async def write_answers(database: Database, came: Sequence[Writing]) -> list[bool]:
    """
    Write the first answers to orders; all is kept, or none.

    False, and nothing written, of an order of which something is known already.
    """
    return await _write(database, _WRITE_ANSWERS, came)


async def _write(database: Database, how: TextClause, came: Sequence[Writing]) -> list[bool]:
    first = _first_of_each(came)
    async with database.at_once() as connection:
        found = await connection.execute(
            how, {"came": json.dumps([_told(*one) for one in first], default=plain)}
        )
        kept = set(found.scalars())
    done = {place for place, order in first if order.row["number"] in kept}
    return [place in done for place in range(len(came))]


def payload_of(event: OrderEvent) -> dict[str, object]:
    """Return the facts of an event as the outbox has them."""
    facts = {name: getattr(event, name) for name in event.__slots__}
    return {name: _key(fact) if isinstance(fact, FillKey) else fact for name, fact in facts.items()}


def _key(key: FillKey) -> dict[str, object]:
    return {"trade_date": key.trade_date, "market": key.market, "number": key.number}


def _first_of_each(came: Sequence[Writing]) -> list[tuple[int, Writing]]:
    """Leave out a number that came before, in the same group: it is the same order again."""
    first: dict[object, tuple[int, Writing]] = {}
    for place, order in enumerate(came):
        first.setdefault(order.row["number"], (place, order))
    return list(first.values())


def _told(place: int, order: Writing) -> dict[str, object]:
    return {
        "place": place,
        "row": order.row,
        "kind": type(order.event).__name__,
        "payload": payload_of(order.event),
        **audit.row_of(order.entry),
    }


def plain(value: object) -> str:
    """Return what JSON has no word for, as PostgreSQL reads it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in a row")
