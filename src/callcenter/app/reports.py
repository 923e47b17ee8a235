"""What the command line reads: our own records, and the counter's."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from callcenter.app.address import database_address
from callcenter.app.parts import paper_counter
from callcenter.domain.applications import ApplicationOutcome
from callcenter.domain.clock import Clock, SystemClock
from callcenter.domain.requests import RequestNumber
from callcenter.domain.transfers import TransferOutcome
from callcenter.gateways.paper.counter import PaperCounter
from callcenter.settings import Settings
from callcenter.storage.applications import PostgresApplicationBook
from callcenter.storage.database import Database
from callcenter.storage.orders import PostgresOrderBook
from callcenter.storage.queries import Queries
from callcenter.storage.seal import Anchor, anchor
from callcenter.storage.statements import PostgresStatementBook
from callcenter.storage.subscriptions import PostgresSubscriptionBook
from callcenter.storage.tickets import PostgresTicketBook
from callcenter.storage.transfers import PostgresTransferBook
from callcenter.storage.verify import AuditReport, verify
from callcenter.tickets.service import Tickets
from callcenter.trading.applications.matter import APPLICATION
from callcenter.trading.orders import differences
from callcenter.trading.requests.tasks import RequestTasks
from callcenter.trading.transfers.matter import TRANSFER


@dataclass(frozen=True, slots=True)
class Reports:
    """What the command line reads: our own records, and the counter's."""

    queries: Queries
    counter: PaperCounter
    database: Database
    order_book: PostgresOrderBook
    transfers: PostgresTransferBook
    applications: PostgresApplicationBook
    subscriptions: PostgresSubscriptionBook
    statements: PostgresStatementBook
    ticket_book: PostgresTicketBook
    clock: Clock

    @property
    def tickets(self) -> Tickets:
        return Tickets(self.ticket_book, self.clock)

    async def verify_audit(self, known: str | None) -> AuditReport:
        """Recompute the seals of the audit trail; `known` is an anchor from earlier."""
        return await verify(self.database, anchor=Anchor.parse(known) if known else None)

    async def resolve_transfer(
        self, number: RequestNumber, outcome: TransferOutcome, *, by: str, why: str
    ) -> bool:
        """Settle a transfer that is a task for a person; False if it is none."""
        tasks = RequestTasks(TRANSFER, self.transfers, self.clock)
        return await tasks.resolve(number, outcome, by=by, why=why)

    async def resolve_application(
        self, number: RequestNumber, outcome: ApplicationOutcome, *, by: str, why: str
    ) -> bool:
        """Settle an application that is a task for a person; False if it is none."""
        tasks = RequestTasks(APPLICATION, self.applications, self.clock)
        return await tasks.resolve(number, outcome, by=by, why=why)

    async def resolve_difference(self, difference: int, *, by: str, why: str) -> bool:
        """Write down who resolved what did not agree; False if it is not open."""
        return await differences.resolve(self.order_book, self.clock, difference, by=by, why=why)

    async def audit_anchor(self) -> Anchor:
        return await anchor(self.database)


@asynccontextmanager
async def open_reports(settings: Settings) -> AsyncIterator[Reports]:
    """Connect for as long as it takes to read."""
    database = Database(database_address(settings), pool_size=1)
    clock = SystemClock()
    counter = paper_counter(settings, clock)
    await counter.start()
    try:
        yield Reports(
            queries=Queries(database),
            counter=counter,
            database=database,
            order_book=PostgresOrderBook(database, clock),
            transfers=PostgresTransferBook(database, clock),
            applications=PostgresApplicationBook(database, clock),
            subscriptions=PostgresSubscriptionBook(database),
            statements=PostgresStatementBook(database),
            ticket_book=PostgresTicketBook(database),
            clock=clock,
        )
    finally:
        await counter.stop()
        await database.close()
