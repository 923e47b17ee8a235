"""
The order book of the counter: book once, find, withdraw. Each function runs in a transaction.

The client order id is the primary key and settles every race: whoever inserts it first, an order
or the tombstone of a withdrawn one, decides; all others wait for him and read what he wrote.
"""

import json
from datetime import datetime
from decimal import Decimal
from typing import Final, NamedTuple

from callcenter.domain.accounts import AccountStatus, Permission
from callcenter.domain.orders import ClientOrderId, Draft, Order, Side
from callcenter.domain.refusals import Refusal
from callcenter.gateways.paper.database import Connection
from callcenter.gateways.paper.queries import security_of
from callcenter.gateways.paper.terms import Case, judge, to_freeze
from callcenter.gateways.station import dialled_form
from callcenter.trading.ports import CounterOrder

_ARRIVE: Final = """
    INSERT INTO paper.orders (client_id, state, arrived_at, account, security, side, price,
        quantity, station, branch, call_id, facts)
    VALUES ($1, 'arrived', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    ON CONFLICT (client_id) DO NOTHING RETURNING contract
"""
_WITHDRAW: Final = """
    INSERT INTO paper.orders (client_id, state, arrived_at) VALUES ($1, 'withdrawn', $2)
    ON CONFLICT (client_id) DO NOTHING RETURNING contract
"""
_FIND: Final = "SELECT state, reason, filled FROM paper.orders WHERE client_id = $1"
_LOCK: Final = "SELECT usable FROM paper.money WHERE account = $1 FOR UPDATE"
_CASE: Final = """
    SELECT c.status, c.permissions, c.bound_numbers,
           COALESCE(h.sellable, 0) AS sellable, s.*
    FROM paper.customers c
    LEFT JOIN paper.securities s ON s.id = $2
    LEFT JOIN paper.shares h ON h.account = c.account AND h.security = s.id
    WHERE c.account = $1
"""
_ANSWER: Final = """
    UPDATE paper.orders SET state = $2, reason = $3, frozen_money = $4, frozen_shares = $5
    WHERE client_id = $1
"""
_FREEZE_MONEY: Final = """
    UPDATE paper.money SET usable = usable - $2, frozen = frozen + $2 WHERE account = $1
"""
_FREEZE_SHARES: Final = """
    UPDATE paper.shares SET sellable = sellable - $3, frozen = frozen + $3
    WHERE account = $1 AND security = $2
"""


class _Frozen(NamedTuple):
    money: Decimal = Decimal(0)
    shares: int = 0


_NOTHING: Final = _Frozen()


async def book(
    c: Connection, order: Order, at: datetime, rejects: Refusal | None = None
) -> CounterOrder:
    """
    Book `order`, or refuse it and keep the refusal; `rejects` refuses it whatever it is.

    An id that was here before is given its first answer again.
    """
    if not await _arrive(c, order, at):
        return await _first_answer(c, order.client_id)
    outcome = rejects or await _judge_and_freeze(c, order)
    reason = outcome if isinstance(outcome, Refusal) else None
    frozen = _NOTHING if isinstance(outcome, Refusal) else outcome
    state = "accepted" if reason is None else "rejected"
    await c.execute(_ANSWER, order.client_id, state, reason, frozen.money, frozen.shares)
    return CounterOrder(client_id=order.client_id, accepted=reason is None, reason=reason)


async def find(c: Connection, client_id: ClientOrderId) -> CounterOrder | None:
    """Return the order; None if it never came, which a tombstone proves for ever."""
    row = await c.fetchrow(_FIND, client_id)
    if row is None or row["state"] == "withdrawn":
        return None
    return CounterOrder(
        client_id=client_id,
        accepted=row["state"] == "accepted",
        reason=None if row["reason"] is None else Refusal(row["reason"]),
        filled=row["filled"],
    )


async def withdraw(c: Connection, client_id: ClientOrderId, at: datetime) -> CounterOrder | None:
    """Put a tombstone in the place of an order that has not come; else return what has."""
    if await c.fetchval(_WITHDRAW, client_id, at) is not None:
        return None
    return await find(c, client_id)


async def _arrive(c: Connection, order: Order, at: datetime) -> bool:
    draft, station = order.draft, order.station
    contract = await c.fetchval(
        _ARRIVE,
        order.client_id,
        at,
        draft.account,
        draft.security.id,
        draft.side,
        draft.price,
        draft.quantity,
        dialled_form(station.caller),
        station.branch,
        station.call,
        _facts(order),
    )
    return contract is not None


def _facts(order: Order) -> str:
    """Return what came with the order as it came, for whoever has to look into it later."""
    return json.dumps(
        {
            "number": order.draft.number,
            "trade_date": order.trade_date.isoformat(),
            "created_at": order.created_at.isoformat(),
            "caller": order.station.caller,
            "did": order.station.did,
        }
    )


async def _first_answer(c: Connection, client_id: ClientOrderId) -> CounterOrder:
    """Return what was answered before; an id that was withdrawn is refused."""
    found = await find(c, client_id)
    if found is not None:
        return found
    return CounterOrder(client_id=client_id, accepted=False, reason=Refusal.DUPLICATE_ORDER)


async def _judge_and_freeze(c: Connection, order: Order) -> Refusal | _Frozen:
    case = await _case(c, order)
    if isinstance(case, Refusal):
        return case
    return judge(order.draft, case) or await _freeze(c, order.draft, case)


async def _case(c: Connection, order: Order) -> Refusal | Case:
    """
    Lock the account and read what the order is judged by.

    Two statements: the second must see what others did while the first waited for the lock.
    """
    draft = order.draft
    usable = await c.fetchval(_LOCK, draft.account)
    row = await c.fetchrow(_CASE, draft.account, draft.security.id)
    if row is None or usable is None:
        return Refusal.LOGIN_FAILED
    if row["id"] is None:
        return Refusal.UNKNOWN_SECURITY
    return Case(
        status=AccountStatus(row["status"]),
        permissions=frozenset(map(Permission, row["permissions"])),
        bound_numbers=frozenset(row["bound_numbers"]),
        number=dialled_form(order.station.caller),
        usable=usable,
        sellable=row["sellable"],
        security=security_of(row),
        previous_close=row["previous_close"],
    )


async def _freeze(c: Connection, draft: Draft, case: Case) -> _Frozen:
    if draft.side is Side.SELL:
        await c.execute(_FREEZE_SHARES, draft.account, draft.security.id, draft.quantity)
        return _Frozen(shares=draft.quantity)
    money = to_freeze(draft, case)
    await c.execute(_FREEZE_MONEY, draft.account, money)
    return _Frozen(money=money)
