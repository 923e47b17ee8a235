"""
Codes of a Hundsun (恒生) counter: states of orders (entrust_status), and how a login ends.

Source: the periphery protocol as quoted in public plug-ins; CITIC's sample for function 333101 has
the same states.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from callcenter.domain.orders import OrderState
from callcenter.domain.refusals import Refusal

# The filled quantity of an order in '5' may come later than its state: ask again for it.
STATES: Final[Mapping[str, OrderState]] = MappingProxyType(
    {
        "0": OrderState.ACCEPTED,  # 未报: the counter has it, the exchange does not yet
        "1": OrderState.ACCEPTED,  # 待报
        "2": OrderState.ACCEPTED,  # 已报
        "3": OrderState.CANCELLING,  # 已报待撤
        "4": OrderState.CANCELLING,  # 部成待撤
        "5": OrderState.PARTIALLY_CANCELLED,  # 部撤
        "6": OrderState.CANCELLED,  # 已撤
        "7": OrderState.PARTIALLY_FILLED,  # 部成
        "8": OrderState.FILLED,  # 已成
        "9": OrderState.REJECTED,  # 废单
    }
)
# 只有 entrust_status 为 2 或 7 时才能撤单.
CANCELLABLE: Final = frozenset("27")


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """How a login ended. Whoever is admitted with a reason hears it as a warning."""

    admitted: bool
    reason: Refusal | None


_LOGINS: Final[Mapping[int, Login]] = MappingProxyType(
    {
        0: Login(admitted=True, reason=None),
        -41: Login(admitted=True, reason=Refusal.FUND_PASSWORD_EXPIRED),
        -42: Login(admitted=True, reason=Refusal.TRADE_PASSWORD_EXPIRED),
        # It is never said which of the two was wrong: -51 no such account, -63 wrong password.
        -51: Login(admitted=False, reason=Refusal.LOGIN_FAILED),
        -63: Login(admitted=False, reason=Refusal.LOGIN_FAILED),
        # "Failed", and no word on why: not the caller's fault until somebody says so.
        -61: Login(admitted=False, reason=Refusal.COUNTER_REFUSED),
        -64: Login(admitted=False, reason=Refusal.NO_TELEPHONE_PERMISSION),
        -66: Login(admitted=False, reason=Refusal.ACCOUNT_STATE_ABNORMAL),
    }
)
_UNKNOWN_LOGIN: Final = Login(admitted=False, reason=Refusal.COUNTER_REFUSED)


def state(code: str) -> OrderState:
    """Return our state; UNKNOWN for a code that the table does not have."""
    return STATES.get(code, OrderState.UNKNOWN)


def login(error: int) -> Login:
    """Return how the login ended, 0 being a success; an error that nobody knows admits nobody."""
    return _LOGINS.get(error, _UNKNOWN_LOGIN)
