"""What would be allowed instead of what was refused, by the rows of the book."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from callcenter.domain.clock import trade_date
from callcenter.domain.orders import Side
from callcenter.domain.securities import Security
from callcenter.trading.rulebook import prices, quantities
from callcenter.trading.rulebook.book import RuleBook
from callcenter.trading.rulebook.values import Quantity


def allowed_quantities(
    book: RuleBook, security: Security, side: Side, most: int, at: datetime, *, few: int
) -> Sequence[int]:
    """Return all quantities up to `most` that an order may have, if they are few; else nothing."""
    rule = _quantity(book, security, at)
    return () if rule is None else quantities.allowed_quantities(rule, side, most, few)


def nearest_quantities(
    book: RuleBook, security: Security, quantity: int, most: int, at: datetime
) -> Sequence[int]:
    """Return the whole quantities up to `most` next to this one."""
    rule = _quantity(book, security, at)
    return () if rule is None else quantities.nearest_quantities(rule, quantity, most)


def least_quantity(book: RuleBook, security: Security, at: datetime) -> int:
    """Return the smallest quantity of a buy; 0 if the book knows none."""
    rule = _quantity(book, security, at)
    return 0 if rule is None else rule.least


def nearest_prices(
    book: RuleBook, security: Security, reference: Decimal | None, price: Decimal, at: datetime
) -> Sequence[Decimal]:
    """Return the prices next to this one that an order may have, by all that is known."""
    rule = book.tables.ticks.find(trade_date(at), security.board)
    limits = (None, None) if reference is None else book.price_limits(security, reference, at)
    return () if rule is None else prices.nearest_prices(price, rule.values.tick, limits)


def _quantity(book: RuleBook, security: Security, at: datetime) -> Quantity | None:
    rule = book.tables.quantities.find(trade_date(at), security.market, security.board)
    return None if rule is None else rule.values
