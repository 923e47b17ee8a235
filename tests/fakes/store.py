"""Stores in memory. They keep nothing of a transaction that fails, and can be gone."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import takewhile
from typing import Final

from callcenter.customers.ports import Failures, LoginLog
from callcenter.domain.accounts import AccountId
from callcenter.domain.audit import AuditEntry
from callcenter.domain.calls import Call, CallEnd, CallerNumber, CallId, Place, Turn
from callcenter.domain.clock import Clock
from callcenter.domain.errors import StoreUnavailable
from callcenter.domain.events import OrderMoved
from callcenter.domain.orders import Order, OrderNumber, OrderState, may_become
from callcenter.ivr.ports import CallBook
from callcenter.trading.ports import OrderBook, OrderTransaction
from tests import make

_UNSETTLED: Final = frozenset({OrderState.PENDING, OrderState.UNKNOWN})


class AlwaysNoon(Clock):
    def now(self) -> datetime:
        return make.NOON


class Gone:
    """A store whose server can be switched off: `store.gone = True`."""

    gone = False

    def _answer(self) -> None:
        if self.gone:
            raise StoreUnavailable("switched off by the test")


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """An event of an order: every wish to move it, granted or not."""

    number: OrderNumber
    to: OrderState
    message: int | None
    applied: bool


class FakeOrderBook(Gone, OrderBook, OrderTransaction):
    """
    Remembers orders (`kept`), their `moves`, the `outbox` and the audit `trail`.

    `breaks_after=1` keeps one transaction and is gone from then on. Transactions take turns, so
    one that fails takes nothing of another with it.
    """

    def __init__(self, clock: Clock | None = None, *, breaks_after: int | None = None) -> None:
        self.kept: dict[OrderNumber, Order] = {}
        self.moves: list[Move] = []
        self.outbox: list[OrderMoved] = []
        self.trail: list[AuditEntry] = []
        self._clock = clock or AlwaysNoon()
        self._left = breaks_after
        self.gone = breaks_after == 0
        self._last_number = 60000000
        self._turn = asyncio.Lock()

    async def next_number(self) -> OrderNumber:
        self._answer()
        self._last_number += 1
        return OrderNumber(str(self._last_number))

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[OrderTransaction]:
        async with self._turn:
            self._answer()
            before = (dict(self.kept), list(self.moves), list(self.outbox), list(self.trail))
            try:
                yield self
                self._commit()
            except BaseException:
                self.kept, self.moves, self.outbox, self.trail = before
                raise

    async def write_down(self, order: Order, entry: AuditEntry, event: OrderMoved) -> bool:
        async with self.transaction() as tx:
            is_new = await tx.add(order)
            if is_new:
                await tx.audit(entry)
                await tx.publish(event)
        return is_new

    async def write_answer(self, entry: AuditEntry, event: OrderMoved) -> bool:
        async with self.transaction() as tx:
            is_first = self.kept[event.number].state is OrderState.PENDING
            if is_first:
                await tx.move(event.number, event.state, event.message)
                await tx.audit(entry)
                await tx.publish(event)
        return is_first

    async def find(self, number: OrderNumber) -> Order | None:
        self._answer()
        return self.kept.get(number)

    async def orders(self, account: AccountId, day: date) -> Sequence[Order]:
        self._answer()
        found = [
            o for o in self.kept.values() if o.draft.account == account and o.trade_date == day
        ]
        return sorted(found, key=_age, reverse=True)

    async def unsettled(self) -> Sequence[Order]:
        self._answer()
        return sorted((o for o in self.kept.values() if o.state in _UNSETTLED), key=_age)

    async def add(self, order: Order) -> bool:
        self._answer()
        if order.draft.number in self.kept or _name(order) in map(_name, self.kept.values()):
            return False
        self.kept[order.draft.number] = order
        self._record(order.draft.number, order.state, order.message, applied=True)
        return True

    async def move(self, number: OrderNumber, to: OrderState, message: int | None) -> bool:
        self._answer()
        if number not in self.kept:
            raise LookupError(f"there is no order {number}")
        applied = may_become(self.kept[number].state, to)
        self._record(number, to, message, applied=applied)
        if applied:
            self.kept[number] = replace(
                self.kept[number], state=to, message=message, updated_at=self._clock.now()
            )
        return applied

    async def publish(self, event: OrderMoved) -> None:
        self._answer()
        self.outbox.append(event)

    async def audit(self, entry: AuditEntry) -> None:
        self._answer()
        self.trail.append(entry)

    def _record(
        self, number: OrderNumber, to: OrderState, message: int | None, *, applied: bool
    ) -> None:
        self.moves.append(Move(number=number, to=to, message=message, applied=applied))

    def _commit(self) -> None:
        self._answer()
        if self._left is not None:
            self._left -= 1
            self.gone = self._left <= 0


class FakeCallBook(Gone, CallBook):
    """Remembers `calls`, their `places`, `turns` and `ends`."""

    def __init__(self) -> None:
        self.calls: dict[CallId, Call] = {}
        self.places: dict[CallId, Place] = {}
        self.turns: dict[CallId, list[Turn]] = {}
        self.ends: dict[CallId, tuple[CallEnd, datetime]] = {}

    async def open(self, call: Call) -> Place | None:
        self._answer()
        if call.id in self.calls:
            return self.places.get(call.id, Place())
        self.calls[call.id] = call
        return None

    async def keep_place(self, call: CallId, place: Place) -> None:
        self._answer()
        if call in self.calls:
            self.places[call] = place

    def write_turn(self, call: CallId, turn: Turn) -> None:
        self.turns.setdefault(call, []).append(turn)

    async def close(self, call: CallId, end: CallEnd, at: datetime) -> None:
        self._answer()
        self.ends.setdefault(call, (end, at))

    async def open_calls(self, prefix: str, before: datetime) -> Sequence[CallId]:
        self._answer()
        found = [c for c in self.calls.values() if c.id not in self.ends and c.answered_at < before]
        by_age = sorted(found, key=lambda c: c.answered_at)
        return [c.id for c in by_age if c.id.startswith(prefix)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    login: str
    caller: CallerNumber
    at: datetime
    succeeded: bool


class FakeLoginLog(Gone, LoginLog):
    """Remembers `attempts` and the audit `trail`."""

    def __init__(self) -> None:
        self.attempts: list[Attempt] = []
        self.trail: list[AuditEntry] = []

    async def failures(self, login: str, caller: CallerNumber, since: datetime) -> Failures:
        self._answer()
        recent = [a for a in self.attempts if a.at >= since]
        own = (a for a in reversed(recent) if a.login == login)
        return Failures(
            by_account=sum(1 for _ in takewhile(lambda a: not a.succeeded, own)),
            by_caller=sum(a.caller == caller and not a.succeeded for a in recent),
        )

    async def write(self, login: str, succeeded: bool, entry: AuditEntry) -> None:
        self._answer()
        caller = entry.station.caller
        self.attempts.append(Attempt(login=login, caller=caller, at=entry.at, succeeded=succeeded))
        self.trail.append(entry)

    async def write_unheard(self, entry: AuditEntry) -> None:
        self._answer()
        self.trail.append(entry)


def _age(order: Order) -> tuple[datetime, OrderNumber]:
    return order.created_at, order.draft.number


def _name(order: Order) -> tuple[AccountId, date, str]:
    return order.draft.account, order.trade_date, order.client_id
