"""What an order asks before it is written down: a number, and whether it was placed just now."""

from collections.abc import Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Final, NamedTuple

from callcenter.domain.orders import CAME_TO_NOTHING, Draft, Order, OrderNumber
from callcenter.storage.line import Line, columns
from callcenter.storage.order_rows import order_of

_NEXT_NUMBERS: Final = "SELECT nextval('order_numbers')::text FROM generate_series(1, $1)"
# By the terms of `domain.orders.is_twin`.
_TWINS: Final = """
    SELECT asked.place, twin.*
    FROM unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[],
        $7::numeric[], $8::bigint[], $9::text[]) WITH ORDINALITY
        AS asked (account, since, number, side, market, code, price, quantity, kind, place)
    CROSS JOIN LATERAL (
        SELECT * FROM orders o
        WHERE o.account = asked.account AND o.created_at > asked.since
            AND o.number <> asked.number AND o.side = asked.side AND o.market = asked.market
            AND o.code = asked.code AND o.price = asked.price AND o.quantity = asked.quantity
            AND o.kind = asked.kind AND o.state <> ALL($10::text[])
        ORDER BY o.created_at DESC, o.number DESC LIMIT 1
    ) twin
"""


class Asked(NamedTuple):
    draft: Draft
    since: datetime


async def next_numbers(line: Line, callers: Sequence[None]) -> Sequence[OrderNumber]:
    return [OrderNumber(row[0]) for row in await line.fetch(_NEXT_NUMBERS, len(callers))]


async def twins(line: Line, asked: Sequence[Asked]) -> Sequence[Order | None]:
    """Return for each draft the newest order of the same terms since then, if there is one."""
    found = await line.fetch(_TWINS, *columns(map(_values_of, asked)), [*CAME_TO_NOTHING])
    orders = {row["place"]: order_of(SimpleNamespace(**row)) for row in found}
    return [orders.get(place) for place in range(1, len(asked) + 1)]


def _values_of(asked: Asked) -> tuple[object, ...]:
    draft, since = asked
    return (
        draft.account,
        since,
        draft.number,
        draft.side,
        draft.security.market,
        draft.security.code,
        draft.price,
        draft.quantity,
        draft.kind,
    )
