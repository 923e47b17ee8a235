"""
The transfers of the counter and the bank: book once, find, withdraw, finish.

Each function runs in a transaction. The request id is the primary key and settles every race, as
with orders. Money that has left one side and not reached the other is `in_transit`: so bank
accounts, cash and what is in transit are together always what they were.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final, NamedTuple

import asyncpg

from callcenter.domain.accounts import AccountId, AccountStatus
from callcenter.domain.clock import trade_date
from callcenter.domain.refusals import Refusal
from callcenter.domain.requests import RequestId
from callcenter.domain.transfers import (
    BankCode,
    Direction,
    PasswordKind,
    Transfer,
    TransferOutcome,
    TransferState,
)
from callcenter.gateways.paper import books
from callcenter.gateways.paper.bank_faults import BankFaults
from callcenter.gateways.paper.bank_terms import BankCase, is_open, judge_transfer
from callcenter.gateways.paper.bank_tries import Tries
from callcenter.gateways.paper.database import Connection
from callcenter.gateways.station import dialled_form
from callcenter.trading.transfers.ports import BankRecord

_ARRIVE: Final = """
    INSERT INTO paper.bank_transfers (request_id, state, arrived_at, trade_date, account, bank,
        direction, amount, station)
    VALUES ($1, 'arrived', $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (request_id) DO NOTHING RETURNING request_id
"""
_WITHDRAW: Final = """
    INSERT INTO paper.bank_transfers (request_id, state, arrived_at, trade_date)
    VALUES ($1, 'withdrawn', $2, $3) ON CONFLICT (request_id) DO NOTHING RETURNING request_id
"""
_FIND: Final = "SELECT * FROM paper.bank_transfers WHERE request_id = $1"
_OF_DAY: Final = """
    SELECT * FROM paper.bank_transfers WHERE trade_date = $1 AND state <> 'withdrawn'
    ORDER BY request_id
"""
# All banks of the account: one transfer at a time means one in all of them.
_LOCK: Final = "SELECT * FROM paper.bank_accounts WHERE account = $1 ORDER BY bank FOR UPDATE"
_CASE: Final = """
    SELECT c.status, c.bound_numbers, b.*,
        (SELECT count(*) FROM paper.bank_transfers t
         WHERE t.account = $1 AND t.state IN ('working', 'stuck')) AS others,
        (SELECT COALESCE(sum(t.amount), 0) FROM paper.bank_transfers t
         WHERE t.account = $1 AND t.bank = $2 AND t.direction = $3 AND t.trade_date = $4
           AND t.state IN ('working', 'stuck', 'done')) AS moved_today
    FROM paper.customers c JOIN paper.banks b ON b.code = $2 WHERE c.account = $1
"""
_REFUSE: Final = """
    UPDATE paper.bank_transfers SET state = 'rejected', reason = $2 WHERE request_id = $1
"""
_WORK: Final = """
    UPDATE paper.bank_transfers
    SET state = $2, due_at = $3, then_reversed = $4, in_transit = amount WHERE request_id = $1
"""
_FINISH: Final = """
    UPDATE paper.bank_transfers
    SET state = CASE WHEN then_reversed THEN 'reversed' ELSE 'done' END, in_transit = 0
    WHERE request_id = $1 AND state = 'working' AND due_at <= $2 RETURNING *
"""
_DUE: Final = """
    SELECT request_id FROM paper.bank_transfers WHERE state = 'working' AND due_at <= $1
      AND ($2::text IS NULL OR account = $2) ORDER BY request_id
"""
_BANK_DEBIT: Final = """
    UPDATE paper.bank_accounts SET balance = balance - $3
    WHERE account = $1 AND bank = $2 AND balance >= $3 RETURNING account
"""
_BANK_CREDIT: Final = """
    UPDATE paper.bank_accounts SET balance = balance + $3 WHERE account = $1 AND bank = $2
"""
_DONE: Final = """
    SELECT * FROM paper.bank_transfers WHERE request_id = $1 AND state = 'done' FOR UPDATE
"""
_REVERSE: Final = "UPDATE paper.bank_transfers SET state = 'reversed' WHERE request_id = $1"

_STATES: Final = {
    "arrived": TransferState.ACCEPTED,
    "working": TransferState.ACCEPTED,
    "stuck": TransferState.MANUAL,
    "done": TransferState.DONE,
    "rejected": TransferState.REJECTED,
    "reversed": TransferState.REVERSED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """When and how a transfer comes in."""

    at: datetime
    hours_count: bool
    trading_day: bool
    password: PasswordKind | None  # that the bank asks for
    right: bool
    faults: BankFaults


class _Leg(NamedTuple):
    """One side of a transfer: what is taken or paid, of whom."""

    request_id: str
    account: AccountId
    bank: str
    amount: Decimal


async def book(c: Connection, transfer: Transfer, visit: Visit) -> TransferOutcome:
    """
    Take the transfer on, or refuse it and keep the refusal.

    An id that was here before is given its first answer again, or what has become of it.
    """
    if not await _arrive(c, transfer, visit.at):
        return await _first_answer(c, transfer.request_id)
    reason = visit.faults.rejects or await _take(c, transfer, visit)
    if reason is not None:
        await c.execute(_REFUSE, transfer.request_id, reason)
        return TransferOutcome(state=TransferState.REJECTED, message=reason.value)
    faults = visit.faults
    state = "stuck" if faults.sticks else "working"
    due_at = visit.at + timedelta(seconds=faults.works_s)
    await c.execute(_WORK, transfer.request_id, state, due_at, faults.reverses)
    await finish(c, transfer.request_id, visit.at)
    return await _first_answer(c, transfer.request_id)


async def find(c: Connection, request_id: RequestId) -> TransferOutcome | None:
    """Return what became of a request; None if it never came, which a tombstone proves for ever."""
    row = await c.fetchrow(_FIND, request_id)
    return None if row is None or row["state"] == "withdrawn" else _outcome_of(row)


async def withdraw(c: Connection, request_id: RequestId, at: datetime) -> TransferOutcome | None:
    """Put a tombstone in the place of a request that has not come; else return what has."""
    if await c.fetchval(_WITHDRAW, request_id, at, trade_date(at)) is not None:
        return None
    return await find(c, request_id)


async def due(c: Connection, at: datetime, account: AccountId | None = None) -> Sequence[RequestId]:
    """Return the requests that the bank has worked on for long enough."""
    return [RequestId(row["request_id"]) for row in await c.fetch(_DUE, at, account)]


async def finish(c: Connection, request_id: RequestId, at: datetime) -> None:
    """Bring the money to the other side, or back, if it is time; once, whoever comes second."""
    row = await c.fetchrow(_FINISH, request_id, at)
    if row is None:
        return
    to_broker = (row["direction"] == Direction.IN) == (row["state"] == "done")
    await _pay(c, _leg_of(row), at, to_broker=to_broker)


async def take_back(c: Connection, request_id: RequestId, at: datetime) -> bool:
    """
    Reverse a transfer that was done (冲正).

    False, and nothing changed, if it is not done, or the money is not there any more.
    """
    row = await c.fetchrow(_DONE, request_id)
    if row is None:
        return False
    leg, came_in = _leg_of(row), row["direction"] == Direction.IN
    if await _collect(c, leg, at, from_bank=not came_in) is not None:
        return False
    await c.execute(_REVERSE, request_id)
    await _pay(c, leg, at, to_broker=not came_in)
    return True


async def records(c: Connection, day: date) -> Sequence[BankRecord]:
    return [_record_of(row) for row in await c.fetch(_OF_DAY, day)]


async def _arrive(c: Connection, transfer: Transfer, at: datetime) -> bool:
    draft = transfer.draft
    arrived = await c.fetchval(
        _ARRIVE,
        transfer.request_id,
        at,
        transfer.trade_date,
        draft.account,
        draft.bank,
        draft.direction,
        draft.amount,
        dialled_form(transfer.station.caller),
    )
    return arrived is not None


async def _first_answer(c: Connection, request_id: RequestId) -> TransferOutcome:
    """Return what was answered before; an id that was withdrawn is refused."""
    withdrawn = TransferOutcome(
        state=TransferState.REJECTED, message=Refusal.DUPLICATE_TRANSFER.value
    )
    return await find(c, request_id) or withdrawn


async def _take(c: Connection, transfer: Transfer, visit: Visit) -> Refusal | None:
    """Judge the transfer, and take its money from the side that pays; or say why not."""
    draft, day = transfer.draft, trade_date(visit.at)
    accounts = await c.fetch(_LOCK, draft.account)
    # Another statement: it must see what others did while the first waited for the lock.
    row = await c.fetchrow(_CASE, draft.account, draft.bank, draft.direction, day)
    held = [one for one in accounts if one["bank"] == draft.bank]
    if row is None or not held:
        return Refusal.NO_BANK
    tries = Tries(held[0], day)
    reason = judge_transfer(_case_of(row, transfer, visit, tries))
    if reason in (None, Refusal.WRONG_BANK_PASSWORD, Refusal.WRONG_FUND_PASSWORD):
        await tries.note(c, visit.password, right=reason is None)
    if reason is not None:
        return reason
    leg = _Leg(transfer.request_id, draft.account, draft.bank, draft.amount)
    return await _collect(c, leg, visit.at, from_bank=draft.direction is Direction.IN)


def _case_of(row: asyncpg.Record, transfer: Transfer, visit: Visit, tries: Tries) -> BankCase:
    draft = transfer.draft
    works = is_open(row["opens"], row["closes"], visit.at, trading_day=visit.trading_day)
    return BankCase(
        status=AccountStatus(row["status"]),
        bound_numbers=frozenset(row["bound_numbers"]),
        number=dialled_form(transfer.station.caller),
        direction=draft.direction,
        amount=draft.amount,
        single=row["single"],
        day=row["day"],
        moved_today=row["moved_today"],
        is_open=works or not visit.hours_count,
        others=row["others"],
        tries_left=tries.left(visit.password, row["wrong_passwords"]),
        password=visit.password,
        right=visit.right,
    )


async def _collect(c: Connection, leg: _Leg, at: datetime, *, from_bank: bool) -> Refusal | None:
    """Take the money from the side that pays; or say that there is not so much."""
    if from_bank:
        taken = await c.fetchval(_BANK_DEBIT, leg.account, leg.bank, leg.amount)
        return None if taken is not None else Refusal.BANK_MONEY_SHORT
    paid = await books.debit(c, leg.account, leg.amount, at, "transfer", leg.request_id)
    return None if paid else Refusal.NOT_WITHDRAWABLE


async def _pay(c: Connection, leg: _Leg, at: datetime, *, to_broker: bool) -> None:
    if to_broker:
        await books.credit(c, leg.account, leg.amount, at, "transfer", leg.request_id)
    else:
        await c.execute(_BANK_CREDIT, leg.account, leg.bank, leg.amount)


def _leg_of(row: asyncpg.Record) -> _Leg:
    return _Leg(row["request_id"], AccountId(row["account"]), row["bank"], row["amount"])


def _outcome_of(row: asyncpg.Record) -> TransferOutcome:
    return TransferOutcome(state=_STATES[row["state"]], message=row["reason"])


def _record_of(row: asyncpg.Record) -> BankRecord:
    return BankRecord(
        request_id=RequestId(row["request_id"]),
        account=AccountId(row["account"]),
        bank=BankCode(row["bank"]),
        direction=Direction(row["direction"]),
        amount=row["amount"],
        outcome=_outcome_of(row),
    )
