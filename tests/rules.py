"""The rules that ship, as they are on the day of `make.NOON`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Final

import yaml

from callcenter.domain.accounts import Customer
from callcenter.domain.orders import Side
from callcenter.domain.securities import Board, Quote, Security
from callcenter.trading.calendar import HolidayCalendar
from callcenter.trading.rulebook.book import RuleBook
from tests import make

# The boards of the demo: what the other judges in the tests know.
BOARDS: Final = (
    Board.BSE,
    Board.CHINEXT,
    Board.FUND,
    Board.SH_MAIN,
    Board.STAR,
    Board.SZ_MAIN,
)


@cache
def files() -> Mapping[str, Any]:
    """Return the plain content of the files of rules, by name."""
    folder = resources.files("callcenter.trading.rulebook") / "data"
    texts = {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir()}
    return MappingProxyType({name: yaml.safe_load(texts[name]) for name in sorted(texts)})


@cache
def calendar() -> HolidayCalendar:
    file = resources.files("callcenter.trading").joinpath("calendar.yaml")
    return HolidayCalendar.of(yaml.safe_load(file.read_text(encoding="utf-8")))


@cache
def _book(chosen: tuple[tuple[str, str], ...]) -> RuleBook:
    return RuleBook.of(files(), calendar(), dict(chosen))


def book(**chosen: str) -> RuleBook:
    """Return the rules that ship; a choice is named with underscores."""
    named = ((name.replace("_", "-"), option) for name, option in chosen.items())
    return _book(tuple(sorted(named)))


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRule:
    least: int
    step: int
    most: int
    tick: Decimal


def rule_of(security: Security, at: datetime = make.NOON) -> BoardRule:
    rule = book().tables.quantities.find(at.date(), security.market, security.board)
    assert rule is not None
    asked, tick = rule.values, book().tick(security, at)
    return BoardRule(least=asked.least, step=asked.step, most=asked.most, tick=tick)


def price_limits(security: Security, close: Decimal) -> tuple[Decimal, Decimal]:
    low, high = book().price_limits(security, close, make.NOON)
    assert low is not None
    assert high is not None
    return low, high


def check_tradable(security: Security) -> None:
    everything = make.customer().permissions
    book().check_tradable(security, Side.BUY, everything, make.NOON).require()


def check_permission(customer: Customer, security: Security) -> None:
    book().check_tradable(security, Side.BUY, customer.permissions, make.NOON).require()


def check_price(security: Security, quote: Quote | None, price: Decimal) -> None:
    reference = None if quote is None else quote.previous_close
    book().check_price(security, reference, price, make.NOON).require()


def check_quantity(security: Security, side: Side, quantity: int, sellable: int) -> None:
    book().check_quantity(security, side, quantity, sellable, make.NOON).require()


def most_affordable(money: Decimal, price: Decimal, security: Security) -> int:
    return book().most_affordable(security, money, price, make.NOON)


def cost(side: Side, price: Decimal, quantity: int, *, board: Board = Board.SH_MAIN) -> Decimal:
    return book().cost(make.security(board=board), side, price, quantity, make.NOON)


def fee(side: Side, price: Decimal, quantity: int, *, board: Board = Board.SH_MAIN) -> Decimal:
    return book().fee(make.security(board=board), side, price, quantity, make.NOON)
