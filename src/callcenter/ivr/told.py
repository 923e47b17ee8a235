"""What a caller has told of an order so far, question by question."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from callcenter.domain.accounts import AccountId
from callcenter.domain.orders import Draft, OrderNumber
from callcenter.trading.offers import Offer

Value = TypeVar("Value")


@dataclass(slots=True, kw_only=True)
class Told:
    """Filled in the order of the questions; asking for more than was told is a defect."""

    offer_: Offer | None = None
    reserved_for: date | None = None  # the market is closed: what is ordered waits for that day
    price_: Decimal | None = None
    quantity_: int | None = None
    number_: OrderNumber | None = None

    @property
    def offer(self) -> Offer:
        return _given(self.offer_)

    @property
    def price(self) -> Decimal:
        return _given(self.price_)

    @property
    def steps(self) -> int:
        """How many questions have been answered."""
        answers = (self.offer_, self.price_, self.quantity_)
        return next((at for at, answer in enumerate(answers) if answer is None), len(answers))

    def draft(self, account: AccountId) -> Draft:
        """Return the order that everything told makes."""
        return Draft(
            number=_given(self.number_),
            account=account,
            side=self.offer.side,
            security=self.offer.security,
            price=self.price,
            quantity=_given(self.quantity_),
        )


def _given(value: Value | None) -> Value:
    if value is None:
        raise RuntimeError("not told yet")
    return value
