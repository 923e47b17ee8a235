"""When the exchanges take orders, by the rule book, and when the broker keeps them for later."""

from datetime import date, datetime

from callcenter.domain.clock import trade_date
from callcenter.domain.errors import CalendarEnds, Refused
from callcenter.domain.orders import OrderKind
from callcenter.domain.refusals import Refusal
from callcenter.domain.securities import Security
from callcenter.trading.ports import MarketHours
from callcenter.trading.rulebook.applications import check_reservation
from callcenter.trading.rulebook.book import RuleBook
from callcenter.trading.rulebook.verdict import Verdict


class ExchangeHours(MarketHours):
    """
    The hours of the rule book.

    From the first auction to the close the counter takes orders, and holds what the exchange does
    not take at that minute. Outside of that an order waits for the next trading day, if it is
    given while the broker takes reservations (预约委托).
    """

    def __init__(self, rules: RuleBook) -> None:
        self._rules = rules

    def reserved_for(self, security: Security, at: datetime) -> date | None:
        try:
            if self._rules.phase(security, at) is not None:
                return None
            day = self._rules.calendar.next_session(trade_date(at))
        except CalendarEnds:
            raise Refused(Refusal.CALENDAR_UNKNOWN) from None
        self._require_reservations(security, at)
        return day

    def _require_reservations(self, security: Security, at: datetime) -> None:
        rule = self._rules.tables.reservations.find(trade_date(at), security.market)
        if rule is None:
            raise Refused(Refusal.MARKET_CLOSED)
        clauses = tuple(check_reservation(rule, OrderKind.LIMIT, at))
        Verdict(version=self._rules.version, at=at, clauses=clauses).require()
