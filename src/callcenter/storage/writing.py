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
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import Column
from sqlalchemy.engine import make_url

from callcenter.domain.audit import AuditEntry
from callcenter.domain.events import OrderEvent, OrderMoved
from callcenter.domain.fills import FillKey
from callcenter.storage.line import Line
from callcenter.storage.tables import orders

_NEW: Final = tuple(orders.columns)
_ANSWER: Final = (orders.c.number, orders.c.state, orders.c.message)
_BESIDES: Final = {
    "entry_at": "timestamptz",
    "entry_call_id": "text",
    "entry_caller": "text",
    "entry_did": "text",
    "entry_branch": "text",
    "entry_account": "text",
    "action": "text",
    "outcome": "text",
    "details": "text",
    "event": "text",
    "payload": "text",
}


_POSTGRESQL: Final = make_url("postgresql+asyncpg://").get_dialect()()


def _came(columns: Sequence[Column[Any]]) -> str:
    """Return what came as rows, one array for each column: they go over as they are in memory."""
    types = {column.name: column.type.compile(_POSTGRESQL) for column in columns} | _BESIDES
    arrays = ", ".join(f"${n}::{type_}[]" for n, type_ in enumerate(types.values(), start=1))
    return f"""
    WITH came AS (
        SELECT * FROM unnest({arrays}) WITH ORDINALITY AS came ({", ".join(types)}, place)
    )
    """  # noqa: S608  (the names are columns of ours)


_COLUMNS: Final = ", ".join(column.name for column in _NEW)
# What comes with an order that is not in `kept` is not written.
_RECORDED: Final = """
    ), audited AS (
        INSERT INTO audit_trail
            (at, call_id, caller, did, branch, account, action, outcome, details)
        SELECT entry_at, entry_call_id, entry_caller, entry_did, entry_branch, entry_account,
            action, outcome, details::jsonb
        FROM came JOIN kept USING (number) ORDER BY place
    ), published AS (
        INSERT INTO outbox (kind, payload) SELECT event, payload::jsonb
        FROM came JOIN kept USING (number) ORDER BY place
    )
    SELECT number FROM kept
"""
_WRITE_DOWN: Final = (
    _came(_NEW)  # noqa: S608  (all of it is written here)
    + f"""
    , kept AS (
        INSERT INTO orders ({_COLUMNS}) SELECT {_COLUMNS} FROM came ORDER BY place
        ON CONFLICT DO NOTHING RETURNING number, created_at, state, message
    ), moved AS (
        INSERT INTO order_events (order_number, at, to_state, message, applied)
        SELECT number, created_at, state, message, true FROM kept
    """  # noqa: S608  (as above)
    + _RECORDED
)
# Only while nothing else is known of the order: what follows from more than one word is reckoned
# by the domain, not here. The condition is put so that no plan looks for all that are pending.
_WRITE_ANSWERS: Final = (
    _came(_ANSWER)  # noqa: S608  (all of it is written here)
    + """
    , kept AS (
        UPDATE orders
        SET state = came.state, message = came.message, updated_at = entry_at,
            revision = revision + 1
        FROM came
        WHERE orders.number = came.number
          AND (orders.state, filled, told_filled, cancelled, cancel_asked)
            IS NOT DISTINCT FROM ('pending', 0, 0, 0, 0)
        RETURNING orders.number, orders.updated_at, orders.state, orders.message
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


async def write_down(line: Line, came: Sequence[Writing]) -> list[bool]:
    """Write new orders down; tell of each whether it was new. All is kept, or none."""
    return await _write(line, _WRITE_DOWN, _NEW, came)


async def write_answers(line: Line, came: Sequence[Writing]) -> list[bool]:
    """
    Write the first answers to orders; all is kept, or none.

    False, and nothing written, of an order of which something is known already.
    """
    return await _write(line, _WRITE_ANSWERS, _ANSWER, came)


async def _write(
    line: Line, how: str, columns: Sequence[Column[Any]], came: Sequence[Writing]
) -> list[bool]:
    first = _first_of_each(came)
    row_of = itemgetter(*(column.name for column in columns))
    rows = [(*row_of(order.row), *_besides(order)) for _, order in first]
    found = await line.fetch(how, *map(list, zip(*rows, strict=True)))
    kept = {row["number"] for row in found}
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


def _besides(order: Writing) -> tuple[object, ...]:
    entry, event = order.entry, order.event
    station = entry.station
    return (
        entry.at,
        station.call,
        station.caller,
        station.did,
        station.branch,
        entry.account,
        entry.action,
        entry.outcome,
        to_json(dict(entry.details)),
        type(event).__name__,
        to_json(payload_of(event)),
    )


def plain(value: object) -> str:
    """Return what JSON has no word for, as PostgreSQL reads it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in a row")


to_json: Final = json.JSONEncoder(default=plain).encode
