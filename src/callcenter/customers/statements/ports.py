"""What statements need of the world. `storage`, `documents` and the counter provide it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from callcenter.domain.accounts import AccountId, Money, Position
from callcenter.domain.audit import AuditEntry
from callcenter.domain.events import StatementMade
from callcenter.domain.periods import Period
from callcenter.domain.statements import Contents, Records, Statement, StatementNumber


class StatementBook(Protocol):
    """
    Our own record of statements and their documents.

    Every method raises `StoreUnavailable` if it cannot answer.
    """

    async def next_number(self) -> StatementNumber:
        """Return a number that no statement has had. Numbers that are not used are not missed."""
        ...

    async def queue(self, statement: Statement, entry: AuditEntry) -> bool:
        """Keep a new statement with its audit row; False, and nothing written, if it is known."""
        ...

    async def find(self, number: StatementNumber) -> Statement | None: ...

    async def queued(self) -> Sequence[Statement]:
        """Return what is still to be made, the oldest first."""
        ...

    async def keep(
        self, number: StatementNumber, document: bytes, at: datetime, event: StatementMade
    ) -> bool:
        """
        Keep the document of a queued statement, with the event that asks for its delivery.

        False, and nothing written, if it was made already, by whichever daemon.
        """
        ...

    async def document(self, number: StatementNumber) -> bytes | None:
        """Return the document, if it was made."""
        ...


class AccountRecords(Protocol):
    """What we have written down of an account."""

    async def of_period(self, account: AccountId, period: Period) -> Records:
        """Return its orders, fills and transfers of these trade dates, the oldest first."""
        ...


class AccountBalances(Protocol):
    """What the counter says of an account; raises `CounterUnavailable` without an answer."""

    async def money(self, account: AccountId) -> Money: ...

    async def positions(self, account: AccountId) -> Sequence[Position]: ...


class StatementPrinter(Protocol):
    """Makes documents. It works on the processor, so nobody calls it while a caller waits."""

    def print_statement(self, contents: Contents) -> bytes:
        """Return the statement as a PDF; the same contents make the same bytes."""
        ...
