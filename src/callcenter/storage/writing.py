"""The statement that writes new orders down, with their events, their audit rows and the outbox."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from sqlalchemy import text

from callcenter.domain.audit import AuditEntry
from callcenter.domain.events import OrderMoved
from callcenter.storage.database import Database

# One statement, so one round trip and one commit, however many orders. What comes with an order
# that was there before is not written.
_WRITE_DOWN: Final = text(
    """
    WITH came AS (
        SELECT * FROM jsonb_to_recordset(CAST(:came AS jsonb)) AS came (
            place integer, row jsonb, kind text, payload jsonb, at timestamptz, call_id text,
            caller text, did text, branch text, account text, action text, outcome text,
            details jsonb)
    ), kept AS (
        INSERT INTO orders
        SELECT made.* FROM came, jsonb_populate_record(NULL::orders, came.row) AS made
        ORDER BY came.place
        ON CONFLICT DO NOTHING RETURNING number, created_at, state, message
    ), new AS (
        SELECT came.*, kept.* FROM came JOIN kept ON kept.number = came.row->>'number'
    ), moved AS (
        INSERT INTO order_events (order_number, at, to_state, message, applied)
        SELECT number, created_at, state, message, true FROM kept
    ), audited AS (
        INSERT INTO audit_trail
            (at, call_id, caller, did, branch, account, action, outcome, details)
        SELECT at, call_id, caller, did, branch, account, action, outcome, details
        FROM new ORDER BY place
    ), published AS (
        INSERT INTO outbox (kind, payload) SELECT kind, payload FROM new ORDER BY place
    )
    SELECT number FROM kept
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """An order as a row of the table `orders`, and what is written with it."""

    row: Mapping[str, object]
    entry: AuditEntry
    event: OrderMoved


async def write_down(database: Database, came: Sequence[NewOrder]) -> list[bool]:
    """Write the orders down; tell of each whether it was new. All is kept, or none."""
    first = _first_of_each(came)
    async with database.at_once() as connection:
        found = await connection.execute(
            _WRITE_DOWN, {"came": json.dumps([_told(*one) for one in first], default=_plain)}
        )
        kept = set(found.scalars())
    new = {place for place, order in first if order.row["number"] in kept}
    return [place in new for place in range(len(came))]


def payload_of(event: OrderMoved) -> dict[str, object]:
    """Return the facts of an event as the outbox has them."""
    return {
        "number": event.number,
        "account": event.account,
        "state": event.state,
        "message": event.message,
    }


def _first_of_each(came: Sequence[NewOrder]) -> list[tuple[int, NewOrder]]:
    """Leave out a number that came before, in the same group: it is the same order again."""
    first: dict[object, tuple[int, NewOrder]] = {}
    for place, order in enumerate(came):
        first.setdefault(order.row["number"], (place, order))
    return list(first.values())


def _told(place: int, order: NewOrder) -> dict[str, object]:
    entry = order.entry
    return {
        "place": place,
        "row": order.row,
        "kind": type(order.event).__name__,
        "payload": payload_of(order.event),
        "at": entry.at,
        "call_id": entry.station.call,
        "caller": entry.station.caller,
        "did": entry.station.did,
        "branch": entry.station.branch,
        "account": entry.account,
        "action": entry.action,
        "outcome": entry.outcome,
        "details": dict(entry.details),
    }


def _plain(value: object) -> str:
    """Return what JSON has no word for, as PostgreSQL reads it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in a row")
