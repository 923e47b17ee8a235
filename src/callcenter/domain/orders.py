"""The vocabulary of an order (委托): what a caller may ask for, and what became of it."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final, NewType

from callcenter.domain.accounts import AccountId, BranchCode
from callcenter.domain.calls import CallerNumber, CallId, Did
from callcenter.domain.securities import Security

OrderNumber = NewType("OrderNumber", str)
ClientOrderId = NewType("ClientOrderId", str)


class Side(StrEnum):
    BUY = "buy"
    SELL = "sell"


class OrderKind(StrEnum):
    """How the price of an order is meant (OES header; trading rules of SSE and SZSE)."""

    LIMIT = "limit"
    OTHER_SIDE_BEST = "other-side-best"  # 对手方最优
    OWN_SIDE_BEST = "own-side-best"  # 本方最优
    FIVE_BEST_THEN_LIMIT = "five-best-then-limit"  # 最优五档即时成交剩余转限价
    FIVE_BEST_THEN_CANCEL = "five-best-then-cancel"  # 最优五档即时成交剩余撤销
    FILL_AND_KILL = "fill-and-kill"  # 即时成交剩余撤销
    FILL_OR_KILL = "fill-or-kill"  # 全额成交或撤销
    AFTER_HOURS = "after-hours"  # 盘后定价, at the close


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """Where an instruction came from (终端信息): it travels with the order to the counter."""

    call: CallId
    caller: CallerNumber
    did: Did
    branch: BranchCode | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An order that the caller has dictated and nobody has placed yet."""

    number: OrderNumber  # exists from the read-back on, so that placing twice places once
    account: AccountId
    side: Side
    security: Security
    price: Decimal  # of an order without a limit, the worst one that the customer accepts
    quantity: int
    kind: OrderKind = OrderKind.LIMIT

    def __post_init__(self) -> None:
        if self.quantity <= 0:
            raise ValueError(f"quantity must be positive, was {self.quantity}")
        if self.price <= 0:
            raise ValueError(f"price must be positive, was {self.price}")


class OrderState(StrEnum):
    """Where an order is. It follows from what is known of the order: see `domain.progress`."""

    RESERVED = "reserved"  # 预约: kept until its trade date, not sent yet
    PENDING = "pending"  # written down; the counter has not answered yet
    UNKNOWN = "unknown"  # no answer: reconciled, never sent again, never called failed
    ACCEPTED = "accepted"  # 已报
    CANCELLING = "cancelling"  # 已报待撤, 部成待撤
    PARTIALLY_FILLED = "partially-filled"  # 部成
    FILLED = "filled"  # 已成
    CANCELLED = "cancelled"  # 已撤
    PARTIALLY_CANCELLED = "partially-cancelled"  # 部撤
    FILLS_OUTSTANDING = "fills-outstanding"  # the counter is done with it, fills are missing
    EXPIRED = "expired"  # its day was over before all of it was filled
    REJECTED = "rejected"  # 废单: the counter said no
    WITHDRAWN = "withdrawn"  # never reached the counter within its promise; it never will


UNANSWERED: Final = frozenset({OrderState.PENDING, OrderState.UNKNOWN})
# What a customer may cancel. A wish may be repeated; one without an answer may not be cancelled
# (恒生: 只有 2 已报 or 7 部成 can be).
CANCELLABLE: Final = frozenset(
    {
        OrderState.RESERVED,
        OrderState.ACCEPTED,
        OrderState.PARTIALLY_FILLED,
        OrderState.CANCELLING,
    }
)
# Nothing more will come of these.
OVER: Final = frozenset(
    {
        OrderState.FILLED,
        OrderState.CANCELLED,
        OrderState.PARTIALLY_CANCELLED,
        OrderState.EXPIRED,
        OrderState.REJECTED,
        OrderState.WITHDRAWN,
    }
)
# Certainly nothing was bought or sold.
CAME_TO_NOTHING: Final = frozenset(
    {OrderState.REJECTED, OrderState.WITHDRAWN, OrderState.CANCELLED}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order that was written down, with where it came from and what became of it."""

    draft: Draft
    client_id: ClientOrderId
    trade_date: date
    station: Station
    state: OrderState
    message: int | None  # the message number (消息号) of a refusal
    filled: int  # shares, the sum of the fills (成交) that we have
    created_at: datetime
    updated_at: datetime
    told_filled: int = 0  # shares that the counter says are filled; it may lead or lag its fills
    cancelled: int = 0  # shares that will never be filled
    expired: bool = False  # those were not cancelled by anyone: the day was over
    cancel_asked: int = 0  # how many wishes to cancel there were, and
    cancel_refused: int = 0  # which of them the counter refused last; a wish stands if it is newer
    counter_number: str | None = None  # 合同号, if known
    reserved_for: date | None = None
    rules: str = ""  # the version of the rule book that passed it, and what it was told
    revision: int = 0  # how often it has changed: whoever writes says what they have seen

    @property
    def open_quantity(self) -> int:
        """How many shares may still be filled, by all that is known."""
        return self.draft.quantity - self.cancelled - max(self.filled, self.told_filled)


def is_twin(order: Order, draft: Draft) -> bool:
    """Tell whether an order that may stand has the terms of a draft with another number."""
    same_terms = replace(draft, number=order.draft.number, security=order.draft.security)
    return (
        order.draft.number != draft.number
        and order.draft.security.id == draft.security.id
        and order.draft == same_terms
        and order.state not in CAME_TO_NOTHING
    )


def client_order_id(day: date, number: OrderNumber) -> ClientOrderId:
    """Name an order towards the counter. Counters number anew each day, so the day is in it."""
    return ClientOrderId(f"{day.isoformat().replace('-', '')}{number}")


def is_named_on(day: date, client_id: ClientOrderId) -> bool:
    """Tell whether an order got its name on that day."""
    return client_id.startswith(f"{day:%Y%m%d}")
