"""The rule book in use: it judges orders, prices them, and tells which rows it applied."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache, partial
from typing import Final

from callcenter.domain.accounts import Permission
from callcenter.domain.clock import BEIJING, trade_date
from callcenter.domain.errors import CalendarEnds, Fact
from callcenter.domain.orders import OrderKind, Side
from callcenter.domain.refusals import Refusal
from callcenter.domain.securities import Market, Security
from callcenter.trading.ports import TradingCalendar
from callcenter.trading.rulebook import fees, prices, quantities, sessions, standing
from callcenter.trading.rulebook.case import Case, OrderFacts, name_tells, status_of
from callcenter.trading.rulebook.rows import Rule
from callcenter.trading.rulebook.stamp import Stamp
from callcenter.trading.rulebook.tables import Choice, Tables, read
from callcenter.trading.rulebook.transfers import TransferFacts, check_transfer
from callcenter.trading.rulebook.values import CodeRange, Phase
from callcenter.trading.rulebook.verdict import Clause, Verdict, judged, refused
from callcenter.trading.rulebook.words import Status

_REMEMBERED: Final = 4096  # securities, as they are held by customers with the same permissions


class RuleBook:
    """
    All rules of all days, under the choices made.

    `version` tells one content from another; orders keep the one that passed them.
    """

    def __init__(
        self,
        tables: Tables,
        choices: Mapping[str, Choice],
        version: str,
        calendar: TradingCalendar,
    ) -> None:
        self.tables = tables
        self.choices = choices
        self.version = version
        self.calendar = calendar
        # What is asked for every order, and answered alike all day.
        self._standing = lru_cache(_REMEMBERED)(self._find_standing)
        self._statuses = lru_cache(_REMEMBERED)(partial(status_of, tables, calendar))
        self._fees = lru_cache(_REMEMBERED)(partial(fees.fees_of, tables))

    @classmethod
    def of(
        cls,
        files: Mapping[str, object],
        calendar: TradingCalendar,
        chosen: Mapping[str, str] | None = None,
    ) -> "RuleBook":
        """Read plain mappings by file name; raise `RuleBookError` with every fault in them."""
        return cls(*read(files, chosen), calendar)

    def check(self, order: OrderFacts, at: datetime, *, by_the_clock: bool = True) -> Verdict:
        """
        Judge an order at a moment: every clause, the most important first.

        Without `by_the_clock` the hours do not matter: an order is being prepared.
        """
        case = self._case_of(order, at)
        return self._verdict(at, self._clauses(case, by_the_clock))

    def check_cancel(
        self, security: Security, at: datetime, kind: OrderKind = OrderKind.LIMIT
    ) -> Verdict:
        """Judge the cancellation of an order that stands, by the phase of the session."""
        case = self._case(security, Side.BUY, at, kind=kind)
        return self._verdict(at, iter([sessions.check_cancel(case)]))

    def check_tradable(
        self, security: Security, side: Side, permissions: frozenset[Permission], at: datetime
    ) -> Verdict:
        """Judge what can be judged before price and quantity are known."""
        case = self._case(security, side, at, permissions=permissions)
        return self._verdict(at, self._standing_clauses(case, at_market=False))

    def check_price(
        self, security: Security, reference: Decimal | None, price: Decimal, at: datetime
    ) -> Verdict:
        """Judge a price: is it one, is it on a tick, is it inside the limits of the day."""
        case = self._case(security, Side.BUY, at, price=price, reference=reference)
        return self._verdict(at, self._price_clauses(case))

    def check_quantity(
        self, security: Security, side: Side, quantity: int, sellable: int, at: datetime
    ) -> Verdict:
        """Judge a quantity; `sellable` matters for sells only."""
        case = self._case(security, side, at, quantity=quantity, sellable=sellable)
        return self._verdict(at, self._quantity_clauses(case, at_market=False))

    def check_transfer(self, wanted: TransferFacts, at: datetime) -> Verdict:
        return self._verdict(at, check_transfer(self.tables, self.calendar, wanted, at))

    def phase(
        self, security: Security, at: datetime, kind: OrderKind = OrderKind.LIMIT
    ) -> Phase | None:
        """
        Return the phase of the trading day; None when the market is closed.

        Raise `CalendarEnds` if nobody knows whether that day is a trading day.
        """
        if not self.calendar.is_session(trade_date(at)):
            return None
        rule = sessions.phase_at(self.tables, security, kind, at)
        return None if rule is None else rule.values

    def has_closed(
        self, security: Security, at: datetime, kind: OrderKind = OrderKind.LIMIT
    ) -> bool:
        """Tell by the clock alone whether the last phase of that day has ended, or it has none."""
        return sessions.has_closed(self.tables, security, kind, at)

    def price_limits(self, security: Security, reference: Decimal, at: datetime) -> prices.Bounds:
        """Return the lowest and the highest price; None where there is no limit, or none known."""
        case = self._case(security, Side.BUY, at)
        try:
            limit, tick = case.limit, case.tick
        except CalendarEnds:
            return None, None
        if limit is None or tick is None:
            return None, None
        return prices.bounds(limit.values, reference, tick)

    def stamp(self, security: Security, reference: Decimal | None, at: datetime) -> str:
        """Return what an order of this security keeps of the rules that passed it."""
        try:
            status = self._statuses(security, trade_date(at))
        except CalendarEnds:
            status = None
        return str(Stamp(version=self.version, reference=reference, status=status))

    def tick(self, security: Security, at: datetime) -> Decimal:
        """Return the step of prices in yuan; raise LookupError if the book knows none."""
        rule = self.tables.ticks.find(trade_date(at), security.board)
        if rule is None:
            raise LookupError(f"no tick is known for {security.id} on {trade_date(at)}")
        return rule.values.tick

    def cost(
        self, security: Security, side: Side, price: Decimal, quantity: int, at: datetime
    ) -> Decimal:
        """Return what an order takes from the account if it is filled at its price."""
        charged = self.fee(security, side, price, quantity, at)
        return price * quantity + charged if side is Side.BUY else charged

    def fee(
        self, security: Security, side: Side, price: Decimal, quantity: int, at: datetime
    ) -> Decimal:
        """Return all fees of an order, each counted once, however many fills it gets."""
        of = self._fees(security.board, side, trade_date(at))
        return fees.total(of, price * quantity)

    def most_affordable(
        self, security: Security, money: Decimal, price: Decimal, at: datetime
    ) -> int:
        """Return the largest quantity of one buy that `money` pays for, fees included."""
        rule = self.tables.quantities.find(trade_date(at), security.market, security.board)
        if rule is None:
            return 0
        of = self._fees(security.board, Side.BUY, trade_date(at))
        return quantities.most_affordable(
            rule.values, money, lambda quantity: price * quantity + fees.total(of, price * quantity)
        )

    def most_sellable(self, security: Security, sellable: int, at: datetime) -> int:
        """Return the largest quantity that one sell of this holding may have."""
        rule = self.tables.quantities.find(trade_date(at), security.market, security.board)
        return 0 if rule is None else quantities.most_of_a_holding(rule.values, sellable)

    def listing(self, market: Market, code: str, at: datetime) -> Rule[CodeRange] | None:
        """Return what a code belongs to by its longest prefix that the book knows."""
        prefixes = (code[:length] for length in range(len(code), 0, -1))
        found = (self.tables.codes.find(trade_date(at), market, prefix) for prefix in prefixes)
        return next((rule for rule in found if rule is not None), None)

    def check_listing(self, security: Security, at: datetime) -> Verdict:
        """Compare the board that a list or a counter gives a security with the code ranges."""
        rule = self.listing(security.market, security.code, at)
        fine = rule is not None and rule.values.board == security.board
        rows = [] if rule is None else [rule.row]
        found = judged("listing", fine, Refusal.UNKNOWN_SECURITY, *rows, board=security.board)
        return self._verdict(at, iter([found]))

    def name_tells(self, name: str, at: datetime) -> str | None:
        """Return what the beginning of a name tells: st, ex-day, first day …"""
        return name_tells(name, trade_date(at), self.tables)

    def _clauses(self, case: Case, by_the_clock: bool) -> Iterator[Clause]:
        kind = sessions.kind_of(case)
        at_market = kind is not None and kind.values.at_market
        if by_the_clock:
            yield sessions.check_session(case)
        yield from self._standing_clauses(case, at_market=at_market)
        yield sessions.check_kind(case, by_the_clock=by_the_clock)
        yield from self._price_clauses(case)
        if cage := prices.check_cage(case, sessions.is_continuous(case) or not by_the_clock):
            yield cage
        bound = self.tables.auction_bounds.find(case.on, case.order.security.market)
        if waits := prices.check_auction_bound(case, bound):
            yield waits
        yield from self._quantity_clauses(case, at_market=at_market)
        yield from self._money_clauses(case)

    def _standing_clauses(self, case: Case, *, at_market: bool) -> Iterator[Clause]:
        of = case.order
        asked = (of.security, of.side, of.permissions, of.status, at_market, case.on)
        try:
            clauses: Iterable[Clause] = self._standing(*asked)
        except CalendarEnds:  # what can be said before that is said
            clauses = self._look_up_standing(case, at_market=at_market)
        yield from clauses

    def _find_standing(
        self,
        security: Security,
        side: Side,
        permissions: frozenset[Permission] | None,
        status: Status | None,
        at_market: bool,
        on: date,
    ) -> Sequence[Clause]:
        at = datetime.combine(on, time(), BEIJING)
        case = self._case(security, side, at, permissions=permissions, status=status)
        return tuple(self._look_up_standing(case, at_market=at_market))

    def _look_up_standing(self, case: Case, *, at_market: bool) -> Iterator[Clause]:
        yield from standing.check_states(case)
        yield from standing.check_permissions(case, at_market=at_market)

    def _price_clauses(self, case: Case) -> Iterator[Clause]:
        yield (price := prices.check_price(case))
        if not price.refused:
            yield prices.check_tick(case)
            yield prices.check_limits(case)

    def _quantity_clauses(self, case: Case, *, at_market: bool) -> Iterator[Clause]:
        if shares := standing.check_shares(case):
            yield shares
        if turnaround := standing.check_turnaround(case):
            yield turnaround
        yield quantities.check_quantity(case, at_market=at_market)

    def _money_clauses(self, case: Case) -> Iterator[Clause]:
        order = case.order
        if order.usable is None or order.side is Side.SELL or not order.price.is_finite():
            return
        cost = self.cost(order.security, order.side, order.price, order.quantity, case.at)
        most = self.most_affordable(order.security, order.usable, order.price, case.at)
        if money := standing.check_money(case, cost, most):
            yield money

    def _case(
        self,
        security: Security,
        side: Side,
        at: datetime,
        *,
        price: Decimal = Decimal(0),
        quantity: int = 0,
        kind: OrderKind = OrderKind.LIMIT,
        reference: Decimal | None = None,
        sellable: int | None = None,
        permissions: frozenset[Permission] | None = None,
        status: Status | None = None,
    ) -> Case:
        order = OrderFacts(
            security=security,
            side=side,
            price=price,
            quantity=quantity,
            kind=kind,
            reference=reference,
            sellable=sellable,
            permissions=permissions,
            status=status,
        )
        return self._case_of(order, at)

    def _case_of(self, order: OrderFacts, at: datetime) -> Case:
        tables, calendar, statuses = self.tables, self.calendar, self._statuses
        return Case(order=order, at=at, tables=tables, statuses=statuses, calendar=calendar)

    def _verdict(self, at: datetime, clauses: Iterator[Clause]) -> Verdict:
        found: list[Clause] = []
        try:
            found.extend(clauses)
        except CalendarEnds as end:
            used: dict[str, Fact] = {"why": str(end)}
            found.append(refused("calendar", Refusal.CALENDAR_UNKNOWN, used=used))
        return Verdict(version=self.version, at=at, clauses=tuple(found))
