"""Orders of the past under the rules of another day: which would be judged differently?"""

from dataclasses import dataclass
from datetime import date, datetime

from callcenter.domain.clock import BEIJING
from callcenter.domain.orders import Order
from callcenter.trading.rulebook.book import RuleBook
from callcenter.trading.rulebook.case import OrderFacts
from callcenter.trading.rulebook.stamp import Stamp
from callcenter.trading.rulebook.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """An order, how its own day judges it, and how the other day does."""

    order: Order
    then: Verdict
    now: Verdict
    knows_the_reference: bool  # else its price limits could not be judged

    @property
    def differs(self) -> bool:
        return self.then.refusal is not self.now.refusal

    @property
    def row(self) -> str:
        """The row that decides the difference, of whichever day refuses."""
        refusing = self.now if self.now.refusal is not None else self.then
        rows = [row.id for each in refusing.clauses if each.refused for row in each.rows]
        return ", ".join(rows)


def replay(rules: RuleBook, order: Order, as_of: date) -> Replayed:
    """
    Judge an order on its own day and on another, by what it says and by its stamp.

    Money, shares and hours are left out: they are not kept, and they are not what changed.
    """
    at = order.created_at.astimezone(BEIJING)
    stamp = Stamp.parse(order.rules)
    facts = _facts(order, stamp)
    then = rules.check(facts, at, by_the_clock=False)
    now = rules.check(facts, _on(as_of, at), by_the_clock=False)
    known = stamp.reference is not None
    return Replayed(order=order, then=then, now=now, knows_the_reference=known)


def _facts(order: Order, stamp: Stamp) -> OrderFacts:
    draft = order.draft
    return OrderFacts(
        security=draft.security,
        side=draft.side,
        price=draft.price,
        quantity=draft.quantity,
        kind=draft.kind,
        reference=stamp.reference,
        status=stamp.status,
    )


def _on(day: date, at: datetime) -> datetime:
    return datetime.combine(day, at.timetz())
