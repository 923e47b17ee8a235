"""The parts of the daemon that take applications for issues and open-end funds."""

from collections.abc import Coroutine, Sequence
from datetime import timedelta

from callcenter.app.address import database_address
from callcenter.domain.clock import Clock
from callcenter.gateways.paper.applications import PaperApplications
from callcenter.gateways.paper.counter import PaperCounter
from callcenter.gateways.paper.sessions import ClockMode
from callcenter.settings import Settings
from callcenter.storage.applications import PostgresApplicationBook
from callcenter.storage.database import Database
from callcenter.trading.applications.matter import APPLICATION
from callcenter.trading.applications.rules import ApplicationRules
from callcenter.trading.applications.service import ApplicationHouse, Applications
from callcenter.trading.ports import TradingCalendar
from callcenter.trading.requests.engine import Requests
from callcenter.trading.requests.reconciliation import RequestReconciliation
from callcenter.trading.rulebook.book import RuleBook
from callcenter.trading.service import Trading


def paper_applications(
    settings: Settings, clock: Clock, calendar: TradingCalendar
) -> PaperApplications:
    return PaperApplications(
        database_address(settings),
        clock,
        answer_within_s=settings.counter_answer_within_s,
        mode=ClockMode(settings.paper_clock),
        is_trading_day=calendar.is_session,
    )


class ApplicationParts:
    """Applications for the calls (`service`), and what looks after them in the background."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        database: Database,
        counter: PaperCounter,
        trading: Trading,
        rules: RuleBook,
    ) -> None:
        book = PostgresApplicationBook(database, clock)
        self.desk = paper_applications(settings, clock, rules.calendar)
        requests = Requests(
            APPLICATION,
            self.desk,
            book,
            clock,
            promise=timedelta(seconds=settings.order_promise_s),
            patience=timedelta(seconds=settings.transfer_manual_after_s),
        )
        house = ApplicationHouse(
            admit=trading.admit, money=counter.money, rules=ApplicationRules(rules.tables)
        )
        self.service = Applications(self.desk, book, clock, requests, house)
        self._reconciliation = RequestReconciliation(
            APPLICATION, book, requests, every_s=settings.reconcile_applications_every_s
        )

    def background(self) -> Sequence[Coroutine[None, None, None]]:
        """Return what runs as long as the daemon does."""
        return (self._reconciliation.run(),)
