"""Asking for a statement, whoever asks."""

from callcenter.customers.statements.ports import StatementBook
from callcenter.domain.accounts import AccountId
from callcenter.domain.audit import Action, AuditEntry
from callcenter.domain.clock import Clock
from callcenter.domain.orders import Station
from callcenter.domain.periods import Period
from callcenter.domain.statements import Statement, StatementNumber, StatementState
from callcenter.domain.subscriptions import Delivery


class Statements:
    """Queues statements; the maker makes them in the background."""

    def __init__(self, book: StatementBook, clock: Clock) -> None:
        self._book = book
        self._clock = clock

    async def new_number(self) -> StatementNumber:
        """Return the number of the statement that is about to be read back."""
        return await self._book.next_number()

    async def ask_for(
        self,
        number: StatementNumber,
        account: AccountId,
        period: Period,
        delivery: Delivery,
        station: Station,
    ) -> Statement:
        """Queue the statement and return it; the same number again queues nothing."""
        statement = Statement(
            number=number,
            account=account,
            period=period,
            delivery=delivery,
            station=station,
            state=StatementState.QUEUED,
            created_at=self._clock.now(),
        )
        await self._book.queue(statement, self._entry(statement))
        return await self._book.find(number) or statement

    async def find(self, number: StatementNumber) -> Statement | None:
        return await self._book.find(number)

    def _entry(self, statement: Statement) -> AuditEntry:
        period, delivery = statement.period, statement.delivery
        return AuditEntry(
            at=statement.created_at,
            station=statement.station,
            account=statement.account,
            action=Action.STATEMENT,
            outcome="queued",
            details={
                "number": statement.number,
                "first_day": period.first.isoformat(),
                "last_day": period.last.isoformat(),
                "channel": delivery.channel.value,
                "fax_number": delivery.number or "",
            },
        )
