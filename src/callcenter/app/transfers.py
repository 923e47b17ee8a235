"""The parts of the daemon that move money between accounts and banks."""

from collections.abc import Coroutine, Sequence
from datetime import timedelta

from callcenter.app.address import database_address
from callcenter.domain.clock import Clock
from callcenter.gateways.paper.bank import PaperBank
from callcenter.gateways.paper.counter import PaperCounter
from callcenter.gateways.paper.sessions import ClockMode
from callcenter.settings import Settings
from callcenter.storage.database import Database
from callcenter.storage.transfers import PostgresTransferBook
from callcenter.trading.ports import TradingCalendar
from callcenter.trading.requests.engine import Requests
from callcenter.trading.requests.reconciliation import RequestReconciliation
from callcenter.trading.rulebook.book import RuleBook
from callcenter.trading.service import Trading
from callcenter.trading.transfers.comparison import TransferComparison
from callcenter.trading.transfers.matter import TRANSFER
from callcenter.trading.transfers.service import House, Transfers
from callcenter.trading.transfers.terms import BookedTerms


def paper_bank(settings: Settings, clock: Clock, calendar: TradingCalendar) -> PaperBank:
    return PaperBank(
        database_address(settings),
        clock,
        answer_within_s=settings.bank_answer_within_s,
        mode=ClockMode(settings.paper_clock),
        is_trading_day=calendar.is_session,
    )


class TransferParts:
    """Transfers for the calls (`service`), and what looks after them in the background."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        database: Database,
        counter: PaperCounter,
        trading: Trading,
        rules: RuleBook,
    ) -> None:
        s = settings
        book = PostgresTransferBook(database, clock)
        self.bank = paper_bank(s, clock, rules.calendar)
        requests = Requests(
            TRANSFER,
            self.bank,
            book,
            clock,
            promise=timedelta(seconds=s.transfer_promise_s),
            patience=timedelta(seconds=s.transfer_manual_after_s),
        )
        house = House(
            admit=trading.admit,
            money=counter.money,
            is_trading_day=rules.calendar.is_session,
            terms=BookedTerms(rules.tables, always_open=s.paper_clock == "always-open"),
        )
        self.service = Transfers(self.bank, book, clock, requests, house)
        self._reconciliation = RequestReconciliation(
            TRANSFER, book, requests, every_s=s.reconcile_transfers_every_s
        )
        self._comparison = TransferComparison(
            self.bank,
            book,
            clock,
            requests,
            at=s.compare_transfers_at,
            look_every_s=s.reconcile_transfers_every_s,
        )

    def background(self) -> Sequence[Coroutine[None, None, None]]:
        """Return what runs as long as the daemon does."""
        return (self._reconciliation.run(), self._comparison.run())
