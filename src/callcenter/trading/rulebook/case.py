"""What is known when an order is judged, and what the book makes of the security that day."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from callcenter.domain.accounts import Permission
from callcenter.domain.clock import trade_date
from callcenter.domain.orders import OrderKind, Side
from callcenter.domain.securities import Security, SecurityKind
from callcenter.trading.ports import TradingCalendar
from callcenter.trading.rulebook.rows import Rule
from callcenter.trading.rulebook.tables import Tables
from callcenter.trading.rulebook.values import PriceLimit
from callcenter.trading.rulebook.words import Status

_LONGEST_PREFIX = 3
_LONG_LISTED = 30  # days; no status of a first day lasts longer


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveBook:
    """The best prices at this very moment; None where that side is empty."""

    bid: Decimal | None = None
    ask: Decimal | None = None
    last: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFacts:
    """An order and what is known around it. What is None was not told and is not judged."""

    security: Security
    side: Side
    price: Decimal
    quantity: int
    kind: OrderKind = OrderKind.LIMIT
    reference: Decimal | None = None  # previous close; on an ex-day the ex-right reference
    usable: Decimal | None = None
    sellable: int | None = None
    held: int | None = None  # with what was bought today
    bought_today: int = 0
    permissions: frozenset[Permission] | None = None
    status: Status | None = None  # else it follows from the security
    live: LiveBook | None = None
    issue_price: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Case:
    """An order under the book on a day. What follows from that is reckoned once."""

    order: OrderFacts
    at: datetime
    tables: Tables
    statuses: Callable[[Security, date], Status]  # see `status_of`
    calendar: TradingCalendar

    @cached_property
    def on(self) -> date:
        return trade_date(self.at)

    @cached_property
    def status(self) -> Status:
        return self.order.status or self.statuses(self.order.security, self.on)

    @cached_property
    def limit(self) -> Rule[PriceLimit] | None:
        return limit_of(self.order.security, self.status, self.on, self.tables)

    @cached_property
    def tick(self) -> Decimal | None:
        rule = self.tables.ticks.find(self.on, self.order.security.board)
        return None if rule is None else rule.values.tick


def limit_of(
    security: Security, status: Status, on: date, tables: Tables
) -> Rule[PriceLimit] | None:
    """Return the price limit that holds; a status that a board does not know is the normal one."""
    board = security.board
    known = status if tables.limits.knows(board, status) else Status.NORMAL
    return tables.limits.find(on, board, known)


def status_of(tables: Tables, calendar: TradingCalendar, security: Security, on: date) -> Status:
    """Return what a security is on a day; raise `CalendarEnds` where the calendar must know."""
    if security.delisting_from is not None and security.delisting_from <= on:
        is_first = security.delisting_from == on
        return Status.DELISTING_FIRST_DAY if is_first else Status.DELISTING
    if _is_in_first_days(security, on, tables, calendar):
        return Status.FIRST_DAYS
    if is_st(security, on, tables):
        return Status.ST
    return Status.WIDE_FUND if security.kind is SecurityKind.WIDE_FUND else Status.NORMAL


def _is_in_first_days(
    security: Security, on: date, tables: Tables, calendar: TradingCalendar
) -> bool:
    listed = security.listed_on
    if listed is None or not 0 <= (on - listed).days <= _LONG_LISTED:
        return False
    rule = tables.limits.find(listed, security.board, Status.FIRST_DAYS)
    return rule is not None and calendar.sessions(listed, on) <= rule.values.days


def is_st(security: Security, on: date, tables: Tables) -> bool:
    """Tell whether it is ST or *ST: by its flag, or by its name, where the exchanges put it."""
    return security.st or name_tells(security.name, on, tables) == "st"


def name_tells(name: str, on: date, tables: Tables) -> str | None:
    """Return what the beginning of a Chinese name tells: st, ex-day, first day …"""
    for length in range(min(_LONGEST_PREFIX, len(name)), 0, -1):
        rule = tables.names.find(on, name[:length].upper())
        if rule is not None and not name[length:].strip()[:1].isascii():
            return rule.values.meaning
    return None
