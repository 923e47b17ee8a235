"""Orders that callers confirmed against orders that were written down: each once, and as keyed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from callcenter.domain.orders import Order, Side
from callcenter.load.model import Orders
from callcenter.load.person import Placed
from callcenter.load.run import Calls

_Terms = tuple[str, str, str, int]


def counted(calls: Calls) -> Orders:
    """Count what the telephones know, without a look at the record."""
    return Orders(placed=len(calls.placed), found=None, heard=calls.heard, left=calls.left)


def compared(calls: Calls, found: Sequence[Order]) -> Orders:
    """`found`: every order of the callers' accounts that was written down since the run began."""
    keyed = Counter(_keyed(one) for one in calls.placed)
    written = Counter(_written(order) for order in found)
    by_call = Counter(order.station.call for order in found)
    return replace(
        counted(calls),
        found=len(found),
        found_twice=by_call.total() - len(by_call),
        wrong=(written - keyed).total(),
    )


def _keyed(order: Placed) -> _Terms:
    return order.account, order.code, f"{order.price:.2f}", order.quantity


def _written(order: Order) -> _Terms:
    draft = order.draft
    # A caller buys, so an order to sell has terms that nobody keyed.
    code = draft.security.code if draft.side is Side.BUY else f"{draft.side} {draft.security.code}"
    return draft.account, code, f"{draft.price:.2f}", draft.quantity
