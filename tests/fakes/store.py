"""Stores in memory. They keep nothing of a transaction that fails, and can be gone."""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import takewhile

from callcenter.customers.ports import AuditLog, Failures, LoginLog
from callcenter.domain.accounts import AccountId
from callcenter.domain.audit import AuditEntry
from callcenter.domain.calls import (
    DROPPED,
    Call,
    CallEnd,
    CallerNumber,
    CallId,
    LeftOff,
    Place,
    Turn,
)
from callcenter.domain.clock import Clock
from callcenter.domain.errors import StoreUnavailable
from callcenter.domain.events import OrderEvent, OrderMoved
from callcenter.domain.fills import Fill, FillKey
from callcenter.domain.orders import (
    CANCELLABLE,
    OVER,
    UNANSWERED,
    ClientOrderId,
    Draft,
    Order,
    OrderNumber,
    OrderState,
    is_twin,
)
from callcenter.ivr.ports import CallBook
from callcenter.trading.orders.ports import (
    Change,
    Difference,
    OrderBook,
    OrderFill,
    SeenDifference,
    StreamMark,
)
from callcenter.trading.ports import StreamPosition
from tests import make


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
    """An event of an order: every word about it, whether it changed anything or not."""

    number: OrderNumber
    to: OrderState
    message: int | None
    applied: bool


class FakeOrderBook(Gone, OrderBook):
    """
    Remembers orders (`kept`), their `moves` and `filled`, the `outbox` and the audit `trail`.

    `breaks_after=1` keeps one transaction and is gone from then on.
    """

    def __init__(self, clock: Clock | None = None, *, breaks_after: int | None = None) -> None:
        self.kept: dict[OrderNumber, Order] = {}
        self.moves: list[Move] = []
        self.filled: dict[FillKey, Fill] = {}
        self.outbox: list[OrderEvent] = []
        self.trail: list[AuditEntry] = []
        self.seen: list[SeenDifference] = []
        self.marks: dict[str, StreamPosition] = {}
        self._clock = clock or AlwaysNoon()
        self._left = breaks_after
        self.gone = breaks_after == 0
        self._last_number = 60000000

    async def next_number(self) -> OrderNumber:
        self._answer()
        self._last_number += 1
        return OrderNumber(str(self._last_number))

    async def write_down(self, order: Order, entry: AuditEntry, event: OrderMoved) -> bool:
        self._answer()
        if order.draft.number in self.kept or _name(order) in map(_name, self.kept.values()):
            return False
        self.kept[order.draft.number] = order
        self.moves.append(
            Move(number=order.draft.number, to=order.state, message=order.message, applied=True)
        )
        self.trail.append(entry)
        self.outbox.append(event)
        self._committed()
        return True

    async def write_answer(self, entry: AuditEntry, event: OrderMoved) -> bool:
        self._answer()
        order = self.kept.get(event.number)
        if order is None or replace(order, revision=0) != _as_written_down(order):
            return False
        self.kept[event.number] = replace(
            order, state=event.state, message=event.message, updated_at=entry.at, revision=1
        )
        self.moves.append(
            Move(number=event.number, to=event.state, message=event.message, applied=True)
        )
        self.trail.append(entry)
        self.outbox.append(event)
        self._committed()
        return True

    async def write(
        self,
        changes: Sequence[Change],
        *,
        differences: Sequence[Difference] = (),
        mark: StreamMark | None = None,
    ) -> Collection[OrderNumber]:
        self._answer()
        late = {change.before.draft.number for change in changes if self._is_late(change)}
        for change in changes:
            if change.before.draft.number not in late:
                self._keep(change)
        for difference in differences:
            self._see(difference)
        if mark is not None and not late:
            self.marks[mark.gateway] = mark.position
        self._committed()
        return late

    async def find(self, number: OrderNumber) -> Order | None:
        self._answer()
        return self.kept.get(number)

    async def by_client_id(
        self, client_ids: Collection[ClientOrderId]
    ) -> Mapping[ClientOrderId, Order]:
        self._answer()
        return {o.client_id: o for o in self.kept.values() if o.client_id in client_ids}

    async def orders(self, account: AccountId, day: date) -> Sequence[Order]:
        return self._newest_first(lambda o: _is_of(o, account) and o.trade_date == day)

    async def unsettled(self) -> Sequence[Order]:
        return self._newest_first(lambda o: o.state in UNANSWERED)[::-1]

    async def open_orders(self, account: AccountId, since: date) -> Sequence[Order]:
        return self._newest_first(
            lambda o: _is_of(o, account) and o.trade_date >= since and o.state in CANCELLABLE
        )

    async def twin(self, draft: Draft, since: datetime) -> Order | None:
        found = self._newest_first(lambda o: o.created_at > since and is_twin(o, draft))
        return found[0] if found else None

    async def reserved(self, day: date) -> Sequence[Order]:
        return self._newest_first(
            lambda o: (
                o.state is OrderState.RESERVED
                and o.reserved_for is not None
                and o.reserved_for <= day
            )
        )[::-1]

    async def standing(self, day: date, before: datetime) -> AsyncIterator[Sequence[Order]]:
        never_sent = {*UNANSWERED, OrderState.RESERVED, OrderState.REJECTED, OrderState.WITHDRAWN}
        found = self._newest_first(
            lambda o: (
                o.trade_date == day
                and o.created_at < before
                and o.state not in never_sent
                and not (o.reserved_for is not None and o.state is OrderState.CANCELLED)
            )
        )
        if found:
            yield found

    async def unfinished_days(self, before: date) -> Sequence[date]:
        self._answer()
        not_live = {*OVER, *UNANSWERED, OrderState.RESERVED}
        found = {o.trade_date for o in self.kept.values() if o.state not in not_live}
        return sorted(day for day in found if timedelta() < before - day <= timedelta(days=14))

    async def fills(self, account: AccountId, first: date, last: date) -> Sequence[OrderFill]:
        self._answer()
        ours = {o.client_id: o for o in self.kept.values() if _is_of(o, account)}
        found = [
            OrderFill(order=ours[fill.client_id], fill=fill)
            for fill in self.filled.values()
            if fill.client_id in ours and first <= ours[fill.client_id].trade_date <= last
        ]
        return sorted(found, key=lambda one: (one.fill.at, one.fill.key.number), reverse=True)

    async def known_fills(self, keys: Collection[FillKey]) -> Mapping[FillKey, Fill]:
        self._answer()
        return {key: fill for key, fill in self.filled.items() if key in keys}

    async def position(self, gateway: str) -> StreamPosition | None:
        self._answer()
        return self.marks.get(gateway)

    async def differences(self, *, resolved: bool = False) -> Sequence[SeenDifference]:
        self._answer()
        return [one for one in self.seen if (one.resolved_at is not None) == resolved]

    async def resolve(self, difference: int, by: str, why: str, entry: AuditEntry) -> bool:
        self._answer()
        for at, one in enumerate(self.seen):
            if one.id == difference and one.resolved_at is None:
                self.seen[at] = replace(one, resolved_at=entry.at, resolved_by=by, resolved_why=why)
                self.trail.append(entry)
                return True
        return False

    def _newest_first(self, wanted: Callable[[Order], bool]) -> list[Order]:
        self._answer()
        return sorted(filter(wanted, self.kept.values()), key=_age, reverse=True)

    def _is_late(self, change: Change) -> bool:
        now = self.kept.get(change.before.draft.number)
        return now is None or now.revision != change.before.revision

    def _keep(self, change: Change) -> None:
        number = change.after.draft.number
        self.kept[number] = change.after
        self.filled |= {fill.key: fill for fill in change.fills}
        self.outbox.extend(change.events)
        self.trail.extend(change.entries)
        for heard in change.heard:
            self.moves.append(
                Move(number=number, to=heard.to, message=heard.message, applied=heard.applied)
            )

    def _see(self, difference: Difference) -> None:
        if difference.key not in {one.difference.key for one in self.seen}:
            number, now = len(self.seen) + 1, self._clock.now()
            self.seen.append(SeenDifference(id=number, difference=difference, seen_at=now))

    def _committed(self) -> None:
        if self._left is not None:
            self._left -= 1
            self.gone = self._left <= 0


class FakeCallBook(Gone, CallBook):
    """Remembers `calls`, their `places`, `turns` and `ends`."""

    def __init__(self) -> None:
        self.calls: dict[CallId, Call] = {}
        self.menus: dict[CallId, int | None] = {}
        self.places: dict[CallId, Place] = {}
        self.turns: dict[CallId, list[Turn]] = {}
        self.ends: dict[CallId, tuple[CallEnd, datetime]] = {}

    async def open(self, call: Call, menu: int | None = None) -> Place | None:
        self._answer()
        if call.id in self.calls:
            return self.places.get(call.id, Place(menu=self.menus.get(call.id)))
        self.calls[call.id] = call
        self.menus[call.id] = menu
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

    async def left_off(self, call: Call, account: AccountId, since: datetime) -> LeftOff | None:
        self._answer()
        others = [
            one
            for one in self.calls.values()
            if one.id != call.id
            and one.caller == call.caller
            and self.places.get(one.id, Place()).account == account
        ]
        last = max(others, key=lambda one: (one.answered_at, one.id), default=None)
        if last is None or last.id not in self.ends:
            return None
        (how, at), place = self.ends[last.id], self.places[last.id]
        if how not in DROPPED or at < since or not place.draft:
            return None
        return LeftOff(call=last.id, place=place)

    async def take_over(self, call: CallId) -> bool:
        self._answer()
        place = self.places.get(call, Place())
        self.places[call] = replace(place, draft={})
        return bool(place.draft)

    async def last_seen(self, call: CallId) -> tuple[Call, Place] | None:
        self._answer()
        if call not in self.calls:
            return None
        return self.calls[call], self.places.get(call, Place(menu=self.menus[call]))

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


class FakeAuditLog(Gone, AuditLog):
    """Remembers the audit `trail`."""

    def __init__(self) -> None:
        self.trail: list[AuditEntry] = []

    async def write(self, entry: AuditEntry) -> None:
        self._answer()
        self.trail.append(entry)


def _age(order: Order) -> tuple[datetime, OrderNumber]:
    return order.created_at, order.draft.number


def _name(order: Order) -> tuple[AccountId, date, str]:
    return order.draft.account, order.trade_date, order.client_id


def _is_of(order: Order, account: AccountId) -> bool:
    return order.draft.account == account


def _as_written_down(order: Order) -> Order:
    """Return the order with nothing known of it yet."""
    return replace(
        order,
        state=OrderState.PENDING,
        filled=0,
        told_filled=0,
        cancelled=0,
        cancel_asked=0,
        revision=0,
    )
