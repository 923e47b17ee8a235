"""The statement that writes what orders have become, with all that belongs to it."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from callcenter.domain.fills import Fill
from callcenter.domain.orders import Order, OrderNumber
from callcenter.storage import audit
from callcenter.storage.database import Database
from callcenter.storage.tables import fills
from callcenter.storage.writing import payload_of, plain
from callcenter.trading.orders.ports import Change, Difference, StreamMark

# One statement, so one round trip and one commit, however many orders. An order that is no more
# as it was read is left alone with all that belongs to it: the row is locked before its revision
# is looked at, and what others did meanwhile is seen.
_WRITE: Final = text(
    """
    WITH said AS (SELECT CAST(:said AS jsonb) AS said
    ), came AS (
        SELECT came.* FROM said, jsonb_to_recordset(said->'orders') AS came (
            number text, seen integer, state text, message integer, filled bigint,
            told_filled bigint, cancelled bigint, expired boolean, cancel_asked integer,
            cancel_refused integer, counter_number text, created_at timestamptz,
            updated_at timestamptz, from_state text, revision integer)
    ), same AS (
        SELECT orders.number FROM orders JOIN came USING (number)
        WHERE orders.revision = came.seen ORDER BY orders.number FOR UPDATE OF orders
    ), changed AS (
        UPDATE orders SET state = came.state, message = came.message, filled = came.filled,
            told_filled = came.told_filled, cancelled = came.cancelled, expired = came.expired,
            cancel_asked = came.cancel_asked, cancel_refused = came.cancel_refused,
            counter_number = came.counter_number, created_at = came.created_at,
            updated_at = came.updated_at, revision = came.revision
        FROM came JOIN same USING (number)
        WHERE orders.number = came.number AND came.revision > came.seen
    ), heard AS (
        INSERT INTO order_events (order_number, at, from_state, to_state, message, applied, heard)
        SELECT came.number, at, came.from_state, h.state, h.message, h.applied, h.heard
        FROM said, jsonb_to_recordset(said->'heard') AS h (
            place integer, number text, at timestamptz, state text, message integer,
            applied boolean, heard jsonb)
        JOIN same USING (number) JOIN came USING (number) ORDER BY h.place
    ), filled AS (
        INSERT INTO fills
            (trade_date, market, number, client_id, order_number, quantity, price, at)
        SELECT f.trade_date, f.market, f.fill, f.client_id, number, f.quantity, f.price, f.at
        FROM said, jsonb_to_recordset(said->'fills') AS f (
            trade_date date, market text, fill text, client_id text, number text,
            quantity bigint, price numeric, at timestamptz)
        JOIN same USING (number)
    ), audited AS (
        INSERT INTO audit_trail
            (at, call_id, caller, did, branch, account, action, outcome, details)
        SELECT at, call_id, caller, did, branch, account, action, outcome, details
        FROM said, jsonb_to_recordset(said->'entries') AS e (
            place integer, number text, at timestamptz, call_id text, caller text, did text,
            branch text, account text, action text, outcome text, details jsonb)
        JOIN same USING (number) ORDER BY e.place
    ), published AS (
        INSERT INTO outbox (kind, payload) SELECT kind, payload
        FROM said, jsonb_to_recordset(said->'events') AS p (
            place integer, number text, kind text, payload jsonb)
        JOIN same USING (number) ORDER BY p.place
    ), differ AS (
        INSERT INTO differences (key, seen_at, what, client_id, order_number)
        SELECT key, seen_at, what, client_id, number
        FROM said, jsonb_to_recordset(said->'differences') AS d (
            place integer, key text, seen_at timestamptz, what text, client_id text, number text)
        ORDER BY d.place
        ON CONFLICT (key) DO NOTHING
    ), marked AS (
        INSERT INTO stream_positions (gateway, position, at)
        SELECT gateway, position, at
        FROM said, jsonb_to_recordset(said->'marks') AS m (
            gateway text, position text, at timestamptz)
        WHERE (SELECT count(*) FROM same) = (SELECT count(*) FROM came)
        ON CONFLICT (gateway) DO UPDATE SET position = excluded.position, at = excluded.at
    )
    SELECT number FROM same
    """
)


async def write_changes(
    database: Database,
    changes: Sequence[Change],
    differences: Sequence[Difference],
    mark: StreamMark | None,
    at: Any,
) -> Collection[OrderNumber]:
    """Write what can be written; return the numbers of orders that have changed meanwhile."""
    numbers = [change.before.draft.number for change in changes]
    said = {
        "orders": [_order(change) for change in changes],
        "heard": list(_placed(row for change in changes for row in _heard(change, at))),
        "fills": [_fill(change.before, fill) for change in changes for fill in change.fills],
        "entries": list(_placed(row for change in changes for row in _entries(change))),
        "events": list(_placed(row for change in changes for row in _events(change))),
        "differences": list(_placed({**asdict(one), "seen_at": at} for one in differences)),
        "marks": [{**asdict(mark), "at": at}] if mark else [],
    }
    try:
        async with database.at_once() as connection:
            found = await connection.execute(_WRITE, {"said": json.dumps(said, default=plain)})
            written = set(found.scalars())
    except IntegrityError as error:
        if not _is_known_fill(error):
            raise
        # Somebody else wrote one of these fills down first: read again.
        return set(numbers)
    return {number for number in numbers if number not in written}


def _is_known_fill(error: IntegrityError) -> bool:
    """Tell whether it says that there is such a fill; the driver's own error names the key."""
    cause = error.orig and error.orig.__cause__
    return getattr(cause, "constraint_name", None) == fills.primary_key.name


def _order(change: Change) -> Mapping[str, object]:
    after = change.after
    return {
        "number": after.draft.number,
        "seen": change.before.revision,
        "revision": after.revision,
        "from_state": change.before.state,
        "state": after.state,
        "message": after.message,
        "filled": after.filled,
        "told_filled": after.told_filled,
        "cancelled": after.cancelled,
        "expired": after.expired,
        "cancel_asked": after.cancel_asked,
        "cancel_refused": after.cancel_refused,
        "counter_number": after.counter_number,
        "created_at": after.created_at,
        "updated_at": after.updated_at,
    }


def _heard(change: Change, at: object) -> Iterator[dict[str, object]]:
    for heard in change.heard:
        yield {
            "number": change.before.draft.number,
            "at": at,
            "state": heard.to,
            "message": heard.message,
            "applied": heard.applied,
            "heard": dict(heard.what),
        }


def _fill(order: Order, fill: Fill) -> Mapping[str, object]:
    return {
        "trade_date": fill.key.trade_date,
        "market": fill.key.market,
        "fill": fill.key.number,
        "client_id": fill.client_id,
        "number": order.draft.number,
        "quantity": fill.quantity,
        "price": fill.price,
        "at": fill.at,
    }


def _entries(change: Change) -> Iterator[dict[str, object]]:
    for entry in change.entries:
        yield {"number": change.before.draft.number, **audit.row_of(entry)}


def _events(change: Change) -> Iterator[dict[str, object]]:
    for event in change.events:
        yield {
            "number": change.before.draft.number,
            "kind": type(event).__name__,
            "payload": payload_of(event),
        }


def _placed(rows: Iterator[dict[str, object]]) -> Iterator[dict[str, object]]:
    """Number the rows, so that they are kept in their order."""
    return ({"place": place, **row} for place, row in enumerate(rows))
