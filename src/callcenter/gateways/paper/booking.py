"""
How orders come into the book: judged by what was seen, and booked in groups, once each.

Orders of the same moment are one statement and one commit, as an exchange takes them from its
gateways. Each is answered for itself: nobody's order fails because of another in its group.
"""

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from callcenter.domain.orders import Draft, Order, Side
from callcenter.domain.refusals import Refusal
from callcenter.gateways.paper.books import Seen, first_answer
from callcenter.gateways.paper.database import Connection
from callcenter.gateways.paper.terms import Case, judge, to_freeze
from callcenter.gateways.station import dialled_form
from callcenter.trading.ports import CounterOrder

# Every statement that touches orders in being locks their accounts first, in one order. What
# others did meanwhile is seen under the lock: money that is gone refuses the order (5001), and an
# order whose shares have changed is left out. The snapshot is older than the lock, so an id that
# somebody else books at this moment is left out as well. What is written to money and shares comes
# from the rows that were locked: an UPDATE checks its constraints on the row of the snapshot first,
# and would fail on what has long been put right.
_WAITING: Final = """
    WITH came AS (
        SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::date[], $4::text[], $5::text[],
            $6::text[], $7::text[], $8::numeric[], $9::numeric[], $10::text[], $11::text[],
            $12::text[], $13::text[], $14::integer[], $15::numeric[], $16::bigint[])
            WITH ORDINALITY AS came (client_id, at, day, account, security, side, kind, price,
                quantity, station, branch, call_id, facts, verdict, freezes, seen, place)
    ), money AS MATERIALIZED (
        SELECT account, usable, frozen FROM paper.money
        WHERE account IN (SELECT account FROM came WHERE verdict IS NULL)
        ORDER BY account FOR UPDATE
    ), shares AS MATERIALIZED (
        SELECT h.account, h.security, h.total, h.sellable, h.frozen
        FROM came JOIN money USING (account) JOIN paper.shares h USING (account, security)
        WHERE came.verdict IS NULL AND came.side = 'sell' FOR UPDATE OF h
    ), judged AS (
        SELECT came.*, CASE WHEN verdict IS NULL AND side = 'buy' AND usable < freezes
            THEN 5001 ELSE verdict END AS reason
        FROM came LEFT JOIN money USING (account) LEFT JOIN shares USING (account, security)
        WHERE verdict IS NOT NULL
            OR CASE side WHEN 'buy' THEN usable IS NOT NULL ELSE sellable = seen END
    ), kept AS (
        INSERT INTO paper.orders (client_id, state, reason, arrived_at, trade_date, account,
            security, side, kind, price, works_at, quantity, station, branch, call_id, facts,
            frozen_money, frozen_shares)
        SELECT client_id, CASE WHEN reason IS NULL THEN 'accepted' ELSE 'rejected' END, reason,
            at, day, account, security, side, kind, price,
            CASE WHEN kind IN ('limit', 'after-hours') THEN price END, quantity, station, branch,
            call_id, facts::jsonb,
            CASE WHEN reason IS NULL AND side = 'buy' THEN freezes ELSE 0 END,
            CASE WHEN reason IS NULL AND side = 'sell' THEN quantity ELSE 0 END
        FROM judged ORDER BY place
        ON CONFLICT (client_id) DO NOTHING
        RETURNING client_id, contract, state, reason, arrived_at, trade_date, account, security,
            frozen_money, frozen_shares
    ), paid AS (
        UPDATE paper.money m
        SET usable = money.usable - frozen_money, frozen = money.frozen + frozen_money
        FROM kept JOIN money USING (account)
        WHERE m.account = kept.account AND frozen_money > 0
    ), held AS (
        UPDATE paper.shares h
        SET total = shares.total, sellable = shares.sellable - frozen_shares,
            frozen = shares.frozen + frozen_shares
        FROM kept JOIN shares USING (account, security)
        WHERE h.account = kept.account AND h.security = kept.security AND frozen_shares > 0
    ), told AS (
        INSERT INTO paper.events (trade_date, at, account, client_id, accepted, reason, filled)
        SELECT trade_date, arrived_at, account, client_id, state = 'accepted', reason, 0
        FROM kept ORDER BY contract
    )
    SELECT client_id, state, reason, 0::bigint AS filled, NULL::bigint AS cancelled,
        false AS expired
    FROM kept
    UNION ALL
    SELECT client_id, state, reason, filled, cancelled, expired
    FROM paper.orders WHERE client_id = ANY($1)
"""
# A group waits for nobody: who shares an account with a clerk or a transfer is left out.
_HURRYING: Final = _WAITING.replace("FOR UPDATE\n", "FOR UPDATE SKIP LOCKED\n", 1)


class Booking(NamedTuple):
    """An order with what it is judged by; `rejects` refuses it whatever it is."""

    order: Order
    seen: Seen
    rejects: Refusal | None = None


async def book(
    c: Connection, bookings: Sequence[Booking], *, waits: bool = True
) -> list[CounterOrder | None]:
    """
    Book orders, at most one of an account, or refuse them and keep the refusal. All or nothing.

    An id that was here before is given its first answer again. None for one that must be looked
    at again: what it was judged by has changed, or its id came at the same moment by another way,
    or somebody else has its account at this moment and nobody `waits`.
    """
    statement = _WAITING if waits else _HURRYING
    rows = await c.fetch(statement, *map(list, zip(*map(_values_of, bookings), strict=True)))
    answers = {row["client_id"]: row for row in rows}
    return [
        first_answer(order.client_id, answers[order.client_id])
        if order.client_id in answers
        else None
        for order, _, _ in bookings
    ]


def _values_of(booking: Booking) -> tuple[object, ...]:
    order, seen, rejects = booking
    draft, case = order.draft, seen.case
    verdict = rejects or (case if isinstance(case, Refusal) else judge(draft, case))
    stands = verdict is None and isinstance(case, Case)
    return (
        order.client_id,
        seen.moment.at,
        order.trade_date,
        draft.account,
        draft.security.id,
        draft.side,
        draft.kind,
        draft.price,
        draft.quantity,
        dialled_form(order.station.caller),
        order.station.branch,
        order.station.call,
        _facts(order),
        None if verdict is None else verdict.value,
        _freezes(draft, case) if stands else Decimal(0),
        case.sellable if isinstance(case, Case) else 0,
    )


def _freezes(draft: Draft, case: Refusal | Case) -> Decimal:
    if isinstance(case, Refusal) or draft.side is Side.SELL:
        return Decimal(0)
    return to_freeze(draft, case)


def _facts(order: Order) -> str:
    """Return what came with the order as it came, for whoever has to look into it later."""
    return json.dumps(
        {
            "number": order.draft.number,
            "created_at": order.created_at.isoformat(),
            "caller": order.station.caller,
            "did": order.station.did,
        }
    )
