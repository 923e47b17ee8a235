"""Facts that happened, in the past tense. Written with the fact, read by `notify`."""

from dataclasses import dataclass

from callcenter.domain.accounts import AccountId
from callcenter.domain.orders import OrderNumber, OrderState


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderMoved:
    """An order came into a state; the first one is PENDING."""

    number: OrderNumber
    account: AccountId
    state: OrderState
    message: int | None = None
