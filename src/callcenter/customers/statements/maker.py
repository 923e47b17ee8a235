"""Makes the documents of statements in the background, in any number of daemons."""

import asyncio

import structlog

from callcenter.customers.statements.ports import (
    AccountBalances,
    AccountRecords,
    StatementBook,
    StatementPrinter,
)
from callcenter.domain.clock import Clock
from callcenter.domain.errors import CallcenterError
from callcenter.domain.events import StatementMade
from callcenter.domain.statements import Contents, Statement

log = structlog.get_logger()


class StatementMaker:
    """Two daemons may make one statement at once; the first document is kept, and delivered."""

    def __init__(
        self,
        book: StatementBook,
        records: AccountRecords,
        balances: AccountBalances,
        printer: StatementPrinter,
        clock: Clock,
        *,
        every_s: float,
    ) -> None:
        self._book = book
        self._records = records
        self._balances = balances
        self._printer = printer
        self._clock = clock
        self._every_s = every_s

    async def run(self) -> None:
        """Make what is queued, again and again, until cancelled."""
        while True:
            await self.once()
            await asyncio.sleep(self._every_s)

    async def once(self) -> None:
        """Make what can be made. What fails is in nobody's way, and tried again the next time."""
        try:
            for statement in await self._book.queued():
                await self._try(statement)
        except CallcenterError as error:
            log.warning("statements.not_made", error=str(error))

    async def _try(self, statement: Statement) -> None:
        try:
            await self._make(statement)
        except CallcenterError:
            raise
        except Exception:
            log.exception("statement.failed", number=statement.number)

    async def _make(self, statement: Statement) -> None:
        contents = await self._contents(statement)
        document = await asyncio.to_thread(self._printer.print_statement, contents)
        event = StatementMade(
            number=statement.number,
            account=statement.account,
            channel=statement.delivery.channel,
            fax_number=statement.delivery.number,
        )
        if await self._book.keep(statement.number, document, self._clock.now(), event):
            log.info("statement.made", number=statement.number, bytes=len(document))

    async def _contents(self, statement: Statement) -> Contents:
        account = statement.account
        return Contents(
            account=account,
            period=statement.period,
            at=self._clock.now(),
            records=await self._records.of_period(account, statement.period),
            money=await self._balances.money(account),
            positions=await self._balances.positions(account),
        )
