"""A statement on its whole way: asked for, made of real books, saved with its event."""

from decimal import Decimal

from sqlalchemy import select

from callcenter.customers.statements.maker import StatementMaker
from callcenter.customers.statements.service import Statements
from callcenter.documents.statement import PdfStatements
from callcenter.domain.accounts import AccountId
from callcenter.domain.calls import CallerNumber
from callcenter.domain.periods import this_month
from callcenter.domain.statements import StatementState
from callcenter.domain.subscriptions import Channel, Delivery
from callcenter.gateways.paper import PaperCounter, seed_demo
from callcenter.storage.database import Database
from callcenter.storage.statements import PostgresAccountRecords, PostgresStatementBook
from callcenter.storage.tables import outbox
from callcenter.storage.transfers import PostgresTransferBook
from tests import make
from tests.fakes.store import AlwaysNoon

ACCOUNT = AccountId("10000001")
FAX = Delivery(channel=Channel.FAX, number=CallerNumber("+862161208888"))


async def test_a_statement_is_made_once_of_what_is_in_the_books(
    dsn: str, database: Database
) -> None:
    await seed_demo(dsn, production=False, load_accounts=False)
    clock, counter = AlwaysNoon(), PaperCounter(dsn, AlwaysNoon())
    await counter.start()
    book = PostgresStatementBook(database)
    records = PostgresAccountRecords(database, clock)
    maker = StatementMaker(book, records, counter, PdfStatements(), clock, every_s=60)
    async with PostgresTransferBook(database, clock).transaction() as tx:
        await tx.add(make.transfer(amount=Decimal("12345.67")))
    asking = Statements(book, clock)
    number = await asking.new_number()

    for _ in range(2):
        period = this_month(make.NOON.date())
        await asking.ask_for(number, ACCOUNT, period, FAX, make.station())
        await maker.once()
    await counter.stop()

    made = await book.find(number)
    document = await book.document(number)
    assert made is not None
    assert document is not None
    assert (made.state, made.size) == (StatementState.MADE, len(document))
    assert document.startswith(b"%PDF-")
    async with database.at_once() as connection:
        [told] = await connection.execute(select(outbox.c.kind, outbox.c.payload))
    assert (told.kind, told.payload["fax_number"]) == ("StatementMade", FAX.number)
