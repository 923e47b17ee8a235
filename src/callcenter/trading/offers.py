"""What a customer may order of one security at this moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_UP, Decimal
from typing import Final

from callcenter.domain.errors import Fact, Refused
from callcenter.domain.orders import Side
from callcenter.domain.refusals import Refusal
from callcenter.domain.securities import Quote, Security
from callcenter.trading.rulebook import instead
from callcenter.trading.rulebook.book import RuleBook

_FEW: Final = 6  # as many as a caller remembers
_FEN: Final = Decimal("0.01")
_OF_A_LOT: Final = frozenset(
    {
        Refusal.WRONG_LOT,
        Refusal.WRONG_ODD_LOT,
        Refusal.QUANTITY_TOO_SMALL,
        Refusal.NOT_ENOUGH_SHARES,
    }
)


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
        try:
            self.rules.check_price(self.security, reference, price, self.at).require()
        except Refused as refused:
            if refused.reason is not Refusal.WRONG_TICK:
                raise
            around = instead.nearest_prices(self.rules, self.security, reference, price, self.at)
            raise Refused(refused.reason, **refused.facts, prices=tuple(around)) from None

    def check_affordable(self, price: Decimal) -> None:
        """Raise `Refused` if there is not even money for the least quantity at this price."""
        if self.side is Side.SELL or self.most(price):
            return
        least = instead.least_quantity(self.rules, self.security, self.at)
        needed = self.rules.cost(self.security, self.side, price, least, self.at)
        if least and needed > self.usable:
            raise Refused(Refusal.NOT_ENOUGH_MONEY, usable=self.usable, needed=_up_to_fen(needed))

    def most(self, price: Decimal) -> int:
        """Return the largest quantity that may be ordered at this price; 0 if none."""
        if self.side is Side.SELL:
            return self.rules.most_sellable(self.security, self.sellable, self.at)
        return self.rules.most_affordable(self.security, self.usable, price, self.at)

    def check_quantity(self, price: Decimal, quantity: int) -> None:
        """Raise `Refused` with what would be allowed."""
        rules, at = self.rules, self.at
        try:
            rules.check_quantity(self.security, self.side, quantity, self.sellable, at).require()
        except Refused as refused:
            if refused.reason not in _OF_A_LOT:
                raise
            facts = {**refused.facts, **self._instead(price, quantity)}
            raise Refused(refused.reason, **facts) from None
        if self.side is Side.SELL:
            return
        if rules.cost(self.security, self.side, price, quantity, at) > self.usable:
            raise Refused(Refusal.NOT_ENOUGH_MONEY, most=self.most(price))

    def _instead(self, price: Decimal, quantity: int) -> Mapping[str, Fact]:
        """Return all quantities that are allowed if they are few, else those next to this one."""
        rules, security, at = self.rules, self.security, self.at
        is_sell = self.side is Side.SELL
        most = self.sellable if is_sell else self.most(price)
        facts: dict[str, Fact] = {"may_sell": self.sellable} if is_sell else {}
        if allowed := instead.allowed_quantities(rules, security, self.side, most, at, few=_FEW):
            return {**facts, "allowed": tuple(allowed)}
        return {"nearest": tuple(instead.nearest_quantities(rules, security, quantity, most, at))}


def _up_to_fen(amount: Decimal) -> Decimal:
    return amount.quantize(_FEN, rounding=ROUND_UP)
