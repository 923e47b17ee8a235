"""What a customer may order of one security at this moment."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from callcenter.domain.errors import Refused
from callcenter.domain.orders import Side
from callcenter.domain.refusals import Refusal
from callcenter.domain.securities import Quote, Security
from callcenter.trading.rulebook.book import RuleBook


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """
    A snapshot: the counter has the last word. `usable` is in yuan, `sellable` in shares.

    Without a quote of today nobody here knows today's limits: the caller's price is then checked
    for its tick alone, and the counter checks the rest. `rules` are those of the day of `at`.
    """

    side: Side
    security: Security
    quote: Quote | None
    usable: Decimal
    sellable: int
    rules: RuleBook
    at: datetime
    quote_is_of_today: bool = True

    def check_price(self, price: Decimal) -> None:
        """Raise `Refused` with what would be allowed."""
        known = self.quote if self.quote_is_of_today else None
        reference = None if known is None else known.previous_close
        self.rules.check_price(self.security, reference, price, self.at).require()

    def most(self, price: Decimal) -> int:
        """Return the largest quantity that may be ordered at this price; 0 if none."""
        if self.side is Side.SELL:
            return self.rules.most_sellable(self.security, self.sellable, self.at)
        return self.rules.most_affordable(self.security, self.usable, price, self.at)

    def check_quantity(self, price: Decimal, quantity: int) -> None:
        """Raise `Refused` with what would be allowed."""
        rules, at = self.rules, self.at
        rules.check_quantity(self.security, self.side, quantity, self.sellable, at).require()
        if self.side is Side.SELL:
            return
        if rules.cost(self.security, self.side, price, quantity, at) > self.usable:
            raise Refused(Refusal.NOT_ENOUGH_MONEY, most=self.most(price))
