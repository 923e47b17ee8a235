"""Turns what is heard of orders into what is written down, with its audit rows and events."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from callcenter.domain.audit import Action, AuditEntry
from callcenter.domain.clock import Clock
from callcenter.domain.events import FillHappened, OrderEvent, OrderMoved
from callcenter.domain.fills import Fill
from callcenter.domain.orders import Order, OrderState, Station
from callcenter.domain.progress import Contradiction, Word, add_fill, answer_of, learn
from callcenter.trading.orders.ports import Change, Difference, Heard
from callcenter.trading.ports import CounterOrder

_SILENCE: Final = Word()
_NO_ANSWER: Final = frozenset({OrderState.RESERVED, OrderState.PENDING})


def word_of(told: CounterOrder) -> Word:
    """Return what the counter says of an order as a word about it."""
    return Word(
        answer=OrderState.ACCEPTED if told.accepted else OrderState.REJECTED,
        message=None if told.reason is None else told.reason.value,
        filled=told.filled,
        cancelled=told.cancelled,
        expired=told.expired,
        counter_number=told.number,
    )


@dataclass(slots=True)
class Hearing:
    """One order while it is told one or more things that are then written down together."""

    before: Order
    clock: Clock
    after: Order = field(init=False)
    _heard: list[Heard] = field(default_factory=list)
    _fills: list[Fill] = field(default_factory=list)
    _events: list[OrderEvent] = field(default_factory=list)
    _entries: list[AuditEntry] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.after = self.before

    def word(self, word: Word, *, keep_repeats: bool = True) -> Difference | None:
        """Add a word; return the difference if it cannot be true. Repeats are recorded as such."""
        try:
            after = learn(self.after, word)
        except Contradiction as contradiction:
            return self._contradicted(contradiction, _said(word))
        if after is not self.after or keep_repeats:
            self.become(after, _said(word))
        return None

    def fill(self, fill: Fill) -> Difference | None:
        """Add a fill that was not known before; return the difference if it cannot be true."""
        what = {"fill": fill.key.number, "quantity": str(fill.quantity), "price": str(fill.price)}
        try:
            after = add_fill(self.after, fill.quantity)
        except Contradiction as contradiction:
            return self._contradicted(contradiction, what)
        self._fills.append(fill)
        self._events.append(_happened(after, fill))
        self.become(after, what)
        return None

    def repeat(self, fill: Fill) -> None:
        """Record a fill that was known before."""
        self._record({"fill": fill.key.number}, applied=False)

    def become(self, after: Order, what: Mapping[str, str]) -> None:
        """Take over what an order has become, with the events and audit rows that go with it."""
        before, self.after = self.after, after
        self._record(what, applied=after is not before)
        if answer_of(after) is not answer_of(before) and answer_of(after) not in _NO_ANSWER:
            self.audit(Action.ORDER_ANSWER, answer_of(after).value)
        if after.state is not before.state:
            self._events.append(moved(after))

    def audit(self, action: Action, outcome: str, station: Station | None = None) -> None:
        """Add an audit row; it comes from where the order came from, if not from elsewhere."""
        entry = audit_entry(self.after, action, outcome, self.clock)
        self._entries.append(replace(entry, station=station or entry.station))

    @property
    def written(self) -> Order:
        """The order as it is once all of this has been written."""
        if self.after is self.before:
            return self.before
        revision = self.before.revision + 1
        return replace(self.after, updated_at=self.clock.now(), revision=revision)

    def change(self) -> Change | None:
        """Return all of it, to be written; None if there is nothing to write."""
        if not self._heard and not self._entries:
            return None
        return Change(
            before=self.before,
            after=self.written,
            heard=tuple(self._heard),
            fills=tuple(self._fills),
            events=tuple(self._events),
            entries=tuple(self._entries),
        )

    def _record(self, what: Mapping[str, str], *, applied: bool) -> None:
        after = self.after
        self._heard.append(Heard(to=after.state, message=after.message, applied=applied, what=what))

    def _contradicted(self, contradiction: Contradiction, what: Mapping[str, str]) -> Difference:
        self._record({**what, "contradiction": str(contradiction)}, applied=False)
        order = self.after
        return Difference(
            key=f"order {order.draft.number}: {contradiction} {dict(what)}",
            what=str(contradiction),
            client_id=order.client_id,
            number=order.draft.number,
        )


def moved(order: Order) -> OrderMoved:
    return OrderMoved(
        number=order.draft.number,
        account=order.draft.account,
        state=order.state,
        message=order.message,
    )


def audit_entry(order: Order, action: Action, outcome: str, clock: Clock) -> AuditEntry:
    """Return the audit row of something that was done with an order."""
    draft = order.draft
    return AuditEntry(
        at=clock.now(),
        station=order.station,
        account=draft.account,
        action=action,
        outcome=outcome,
        details={
            "number": draft.number,
            "client_id": order.client_id,
            "side": draft.side.value,
            "security": draft.security.id,
            "price": str(draft.price),
            "quantity": str(draft.quantity),
        },
    )


def _happened(order: Order, fill: Fill) -> FillHappened:
    return FillHappened(
        number=order.draft.number,
        account=order.draft.account,
        fill=fill.key,
        quantity=fill.quantity,
        price=fill.price,
        filled=order.filled,
        at=fill.at,
    )


def _said(word: Word) -> Mapping[str, str]:
    """Return what a word says, and not what it leaves out."""
    said = ((name, getattr(word, name)) for name in Word.__slots__)
    return {name: str(value) for name, value in said if value != getattr(_SILENCE, name)}
