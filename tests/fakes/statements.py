"""A book of statements in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from callcenter.customers.statements.ports import StatementBook
from callcenter.domain.audit import AuditEntry
from callcenter.domain.events import StatementMade
from callcenter.domain.statements import Statement, StatementNumber, StatementState
from tests.fakes.store import Gone


class FakeStatementBook(Gone, StatementBook):
    """Remembers statements (`kept`), `documents`, the `outbox` and the audit `trail`."""

    def __init__(self) -> None:
        self.kept: dict[StatementNumber, Statement] = {}
        self.documents: dict[StatementNumber, bytes] = {}
        self.outbox: list[StatementMade] = []
        self.trail: list[AuditEntry] = []
        self._last_number = 85000000

    async def next_number(self) -> StatementNumber:
        self._answer()
        self._last_number += 1
        return StatementNumber(str(self._last_number))

    async def queue(self, statement: Statement, entry: AuditEntry) -> bool:
        self._answer()
        if statement.number in self.kept:
            return False
        self.kept[statement.number] = statement
        self.trail.append(entry)
        return True

    async def find(self, number: StatementNumber) -> Statement | None:
        self._answer()
        return self.kept.get(number)

    async def queued(self) -> Sequence[Statement]:
        self._answer()
        found = [one for one in self.kept.values() if one.state is StatementState.QUEUED]
        return sorted(found, key=lambda one: (one.created_at, one.number))

    async def keep(
        self, number: StatementNumber, document: bytes, at: datetime, event: StatementMade
    ) -> bool:
        self._answer()
        if number not in self.kept or self.kept[number].state is not StatementState.QUEUED:
            return False
        self.kept[number] = replace(
            self.kept[number], state=StatementState.MADE, made_at=at, size=len(document)
        )
        self.documents[number] = document
        self.outbox.append(event)
        return True

    async def document(self, number: StatementNumber) -> bytes | None:
        self._answer()
        return self.documents.get(number)
