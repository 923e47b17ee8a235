"""
Codes of XunTou's QMT (迅投): states of orders.

They are Hundsun's characters as numbers, '0' being 48, and are made from that table: whoever counts
them off by hand is one off sooner or later, and tells a filled order (56) as a rejected one.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from callcenter.domain.orders import OrderState
from callcenter.gateways.codes import hundsun

# 委托状态已经在 CANCELED 或以上，但是成交数额还不够: over, but fills are still to come.
WAIT_END: Final = 0

STATES: Final[Mapping[int, OrderState]] = MappingProxyType(
    {
        WAIT_END: OrderState.FILLS_OUTSTANDING,
        **{ord(code): state for code, state in hundsun.STATES.items()},
    }
)
CANCELLABLE: Final = frozenset(ord(code) for code in hundsun.CANCELLABLE)


def state(code: int) -> OrderState:
    """Return our state; UNKNOWN for a number that the table does not have, as QMT's own 255."""
    return STATES.get(code, OrderState.UNKNOWN)
