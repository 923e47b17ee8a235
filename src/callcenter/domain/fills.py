"""The vocabulary of a fill (成交): a part of an order that found its other side."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NewType

from callcenter.domain.orders import ClientOrderId
from callcenter.domain.securities import Market

FillNumber = NewType("FillNumber", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class FillKey:
    """What makes a fill one of a kind: counters number fills anew each day, in each market."""

    trade_date: date
    market: Market
    number: FillNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """So many shares at this price (yuan), for the order that was sent under `client_id`."""

    key: FillKey
    client_id: ClientOrderId
    quantity: int
    price: Decimal
    at: datetime

    def __post_init__(self) -> None:
        if self.quantity <= 0:
            raise ValueError(f"quantity must be positive, was {self.quantity}")
        if self.price <= 0:
            raise ValueError(f"price must be positive, was {self.price}")
