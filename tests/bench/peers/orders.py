"""The orders that contestants took, to be compared with those that callers placed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from callcenter.load.person import Placed


def booked(order: Mapping[str, Any]) -> Placed:
    """Return an order of the hotline, as `callcenter orders --json` prints it."""
    return Placed(
        account=order["account"],
        code=order["security"][2:],
        price=Decimal(order["price"]),
        quantity=order["quantity"],
    )


def noted(line: str) -> Placed | None:
    """Return an order of a peer, which ends a line of its log; None if that is none."""
    try:
        account, code, price, quantity = line.split()[-4:]
        return Placed(
            account=account,
            code=code,
            price=Decimal(price.replace("*", ".")),
            quantity=int(quantity),
        )
    except (ValueError, InvalidOperation):
        return None


def as_placed(taken: Sequence[Placed | None], placed: Sequence[Placed]) -> int:
    """Return how many of the orders that callers placed were taken as they are."""
    return (Counter(taken) & Counter(placed)).total()
