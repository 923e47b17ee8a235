"""Resolves, by a person, what the counter and our books do not agree on."""

from typing import Final

from callcenter.domain.audit import Action, AuditEntry
from callcenter.domain.calls import CallerNumber, CallId, Did
from callcenter.domain.clock import Clock
from callcenter.domain.orders import Order, Station
from callcenter.trading.orders.ports import OrderBook, SeenDifference

# Of a difference in no order of ours: nobody called.
_NOBODY: Final = Station(call=CallId(""), caller=CallerNumber(""), did=Did(""), branch=None)


async def resolve(book: OrderBook, clock: Clock, difference: int, *, by: str, why: str) -> bool:
    """Write down once who resolved a difference and why; False if it is not open."""
    seen = next((one for one in await book.differences() if one.id == difference), None)
    if seen is None:
        return False
    number = seen.difference.number
    order = None if number is None else await book.find(number)
    return await book.resolve(difference, by, why, _entry(seen, order, by, why, clock))


def _entry(
    seen: SeenDifference, order: Order | None, by: str, why: str, clock: Clock
) -> AuditEntry:
    return AuditEntry(
        at=clock.now(),
        station=_NOBODY if order is None else order.station,
        account=None if order is None else order.draft.account,
        action=Action.DIFFERENCE_RESOLVED,
        outcome="resolved",
        details={"difference": str(seen.id), "what": seen.difference.what, "by": by, "why": why},
    )
