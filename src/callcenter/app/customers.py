"""The parts of the daemon that know customers: passwords, bound numbers, wishes."""

from collections.abc import Coroutine, Sequence
from datetime import timedelta

from callcenter.customers.bindings import Bindings
from callcenter.customers.service import Customers, LockOut
from callcenter.customers.statements.maker import StatementMaker
from callcenter.customers.statements.service import Statements
from callcenter.customers.subscriptions.service import SubscriptionLimits, Subscriptions
from callcenter.documents.statement import PdfStatements
from callcenter.domain.clock import Clock
from callcenter.gateways.paper.counter import PaperCounter
from callcenter.gateways.paper.numbers import PaperNumberDesk
from callcenter.gateways.paper.password_desk import PaperPasswordDesk
from callcenter.settings import Settings
from callcenter.storage.audit import PostgresAuditLog
from callcenter.storage.database import Database
from callcenter.storage.logins import PostgresLoginLog
from callcenter.storage.passwords import PostgresPasswordBook
from callcenter.storage.statements import PostgresAccountRecords, PostgresStatementBook
from callcenter.storage.subscriptions import PostgresSubscriptionBook
from callcenter.trading.passwords.matter import PASSWORD_CHANGE
from callcenter.trading.passwords.service import Passwords
from callcenter.trading.requests.engine import Requests
from callcenter.trading.requests.reconciliation import RequestReconciliation


class CustomerParts:
    """
    Logins, passwords, bound numbers, subscriptions and statements for the calls.

    A counter that speaks FIX changes neither passwords nor bound numbers: FIX has no words for it.
    """

    def __init__(
        self, settings: Settings, clock: Clock, database: Database, counter: PaperCounter
    ) -> None:
        s, by_paper = settings, settings.gateway == "paper"
        lock_out = LockOut(
            per_account=s.failed_logins_per_account,
            per_caller=s.failed_logins_per_caller,
            within=s.failed_logins_within,
        )
        self.service = Customers(counter, PostgresLoginLog(database), clock, lock_out)
        self.desk = PaperPasswordDesk(
            counter.database, clock, answer_within_s=s.counter_answer_within_s
        )
        book = PostgresPasswordBook(database, clock)
        # Without patience: only the counter knows the outcome, however long that takes.
        promise = timedelta(seconds=s.order_promise_s)
        requests = Requests(
            PASSWORD_CHANGE, self.desk, book, clock, promise=promise, patience=promise
        )
        self._reconciliation = RequestReconciliation(
            PASSWORD_CHANGE, book, requests, every_s=s.reconcile_transfers_every_s
        )
        self.passwords = Passwords(self.desk if by_paper else None, book, clock, requests)
        self.bindings = Bindings(
            PaperNumberDesk(counter.database) if by_paper else None,
            counter,
            PostgresAuditLog(database),
            clock,
        )
        self.subscriptions = Subscriptions(
            PostgresSubscriptionBook(database),
            clock,
            SubscriptionLimits(per_kind=s.subscriptions_per_kind, alert_days=s.price_alert_days),
        )

        statements = PostgresStatementBook(database)
        self.statements = Statements(statements, clock)
        self._maker = StatementMaker(
            statements,
            PostgresAccountRecords(database, clock),
            counter,
            PdfStatements(settings.statement_font_file),
            clock,
            every_s=s.make_statements_every_s,
        )

    def background(self) -> Sequence[Coroutine[None, None, None]]:
        """Return what runs as long as the daemon does."""
        return (self._reconciliation.run(), self._maker.run())
