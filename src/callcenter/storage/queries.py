"""What operations read back: calls with their turns, orders, the audit trail, and counts."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Row, Select, func, select

from callcenter.domain.accounts import AccountId
from callcenter.domain.audit import Action, AuditEntry
from callcenter.domain.calls import Call, CallEnd, CallId, Turn, e164
from callcenter.domain.clock import BEIJING
from callcenter.domain.orders import Order, OrderState, Station
from callcenter.storage.database import Database
from callcenter.storage.order_rows import order_fill_of, order_of
from callcenter.storage.tables import audit_trail, calls, fills, orders, turns
from callcenter.trading.orders.ports import OrderFill

_PAGE: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord:
    """A call, and what has become of it."""

    call: Call
    account: AccountId | None
    ended_at: datetime | None
    end: CallEnd | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    record: CallRecord
    turns: Sequence[Turn]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRecord:
    id: int
    entry: AuditEntry


class Queries:
    """Reads only. Numbers of callers may be given as people write them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def calls(
        self, *, last: int = 100, caller: str | None = None, account: AccountId | None = None
    ) -> Sequence[CallRecord]:
        """Return the newest calls, the newest first."""
        wanted = select(calls).order_by(calls.c.answered_at.desc(), calls.c.id.desc()).limit(last)
        if caller is not None:
            wanted = wanted.where(calls.c.caller == e164(caller))
        if account is not None:
            wanted = wanted.where(calls.c.account == account)
        return [_call_of(row) for row in await self._rows(wanted)]

    async def transcript(self, call: CallId) -> Transcript | None:
        """Return a call with all its turns, or None if there was no such call."""
        found = await self._rows(select(calls).where(calls.c.id == call))
        if not found:
            return None
        said = await self._rows(select(turns).where(turns.c.call_id == call).order_by(turns.c.id))
        return Transcript(record=_call_of(found[0]), turns=[_turn_of(row) for row in said])

    async def orders(
        self, *, last: int = 1_000, account: AccountId | None = None, call: CallId | None = None
    ) -> Sequence[Order]:
        """Return the newest orders, the newest first."""
        wanted = select(orders).order_by(orders.c.created_at.desc(), orders.c.number.desc())
        if account is not None:
            wanted = wanted.where(orders.c.account == account)
        if call is not None:
            wanted = wanted.where(orders.c.call_id == call)
        return [order_of(row) for row in await self._rows(wanted.limit(last))]

    async def orders_of(self, first: date, last: date) -> AsyncIterator[Order]:
        """Yield the orders of these trade dates, both included, by number, page by page."""
        wanted = select(orders).where(orders.c.trade_date.between(first, last))
        after = ""
        while page := await self._rows(
            wanted.where(orders.c.number > after).order_by(orders.c.number).limit(_PAGE)
        ):
            for row in page:
                yield order_of(row)
            after = page[-1].number

    async def fills(
        self, *, last: int = 1_000, account: AccountId | None = None
    ) -> Sequence[OrderFill]:
        """Return the newest fills with their orders, the newest first."""
        wanted = select(fills, orders).join(orders, orders.c.number == fills.c.order_number)
        if account is not None:
            wanted = wanted.where(orders.c.account == account)
        newest = wanted.order_by(fills.c.at.desc(), fills.c.number.desc()).limit(last)
        return [order_fill_of(row) for row in await self._rows(newest)]

    async def audit(
        self,
        *,
        caller: str | None = None,
        account: AccountId | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> AsyncIterator[AuditRecord]:
        """Yield the rows of the trail from the oldest on, `until` not included, page by page."""
        wanted = select(audit_trail).order_by(audit_trail.c.id).limit(_PAGE)
        if caller is not None:
            wanted = wanted.where(audit_trail.c.caller == e164(caller))
        if account is not None:
            wanted = wanted.where(audit_trail.c.account == account)
        if since is not None:
            wanted = wanted.where(audit_trail.c.at >= since)
        if until is not None:
            wanted = wanted.where(audit_trail.c.at < until)
        after = 0
        while page := await self._rows(wanted.where(audit_trail.c.id > after)):
            for row in page:
                yield _audit_of(row)
            after = page[-1].id

    async def orders_by_state(self, day: date) -> Mapping[OrderState, int]:
        """Count the orders of a trade date, with a 0 for a state that none is in."""
        counted = await self._rows(
            select(orders.c.state, func.count().label("orders"))
            .where(orders.c.trade_date == day)
            .group_by(orders.c.state)
        )
        return dict.fromkeys(OrderState, 0) | {OrderState(row.state): row.orders for row in counted}

    async def _rows(self, wanted: Select[*tuple[Any, ...]]) -> Sequence[Row[*tuple[Any, ...]]]:
        async with self._database.at_once() as connection:
            return (await connection.execute(wanted)).all()


def _call_of(row: Row[Any]) -> CallRecord:
    return CallRecord(
        call=Call(
            id=row.id,
            caller=row.caller,
            did=row.did,
            branch=row.branch,
            answered_at=row.answered_at.astimezone(BEIJING),
            recording=row.recording,
        ),
        account=row.account,
        ended_at=row.ended_at and row.ended_at.astimezone(BEIJING),
        end=row.ended_how and CallEnd(row.ended_how),
    )


def _turn_of(row: Row[Any]) -> Turn:
    return Turn(
        at=row.at.astimezone(BEIJING),
        prompts=tuple(row.prompts),
        words=row.words,
        keys=row.keys,
        outcome=row.outcome,
    )


def _audit_of(row: Row[Any]) -> AuditRecord:
    station = Station(call=row.call_id, caller=row.caller, did=row.did, branch=row.branch)
    entry = AuditEntry(
        at=row.at.astimezone(BEIJING),
        station=station,
        account=row.account,
        action=Action(row.action),
        outcome=row.outcome,
        details=row.details,
    )
    return AuditRecord(id=row.id, entry=entry)
