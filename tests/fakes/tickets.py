"""A record of tickets in memory."""

from collections.abc import Sequence
from dataclasses import replace

from callcenter.domain.audit import AuditEntry
from callcenter.domain.tickets import (
    CallBack,
    Ticket,
    TicketEvent,
    TicketNumber,
    TicketState,
    may_become,
)
from callcenter.tickets.ports import TicketBook
from tests.fakes.store import Gone


class FakeTicketBook(Gone, TicketBook):
    """Remembers tickets (`kept`), what happened to each (`events`), and the audit `trail`."""

    def __init__(self) -> None:
        self.kept: dict[TicketNumber, Ticket] = {}
        self.events: dict[TicketNumber, list[TicketEvent]] = {}
        self.trail: list[AuditEntry] = []
        self._last_number = 80000000

    async def next_number(self) -> TicketNumber:
        self._answer()
        self._last_number += 1
        return TicketNumber(str(self._last_number))

    async def add(self, ticket: Ticket, event: TicketEvent, entry: AuditEntry) -> bool:
        self._answer()
        if ticket.number in self.kept:
            return False
        self._keep(ticket, event, entry)
        return True

    async def wish(
        self, number: TicketNumber, call_back: CallBack, event: TicketEvent, entry: AuditEntry
    ) -> bool:
        ticket = await self.find(number)
        if ticket is None or ticket.state is not TicketState.OPEN:
            return False
        self._keep(replace(ticket, call_back=call_back, updated_at=event.at), event, entry)
        return True

    async def move(
        self, number: TicketNumber, state: TicketState, event: TicketEvent, entry: AuditEntry
    ) -> bool:
        ticket = await self.find(number)
        if ticket is None or not may_become(ticket.state, state):
            return False
        self._keep(replace(ticket, state=state, updated_at=event.at), event, entry)
        return True

    async def find(self, number: TicketNumber) -> Ticket | None:
        self._answer()
        return self.kept.get(number)

    async def history(self, number: TicketNumber) -> Sequence[TicketEvent]:
        self._answer()
        return self.events.get(number, [])

    async def newest(
        self, *, last: int = 1_000, state: TicketState | None = None
    ) -> Sequence[Ticket]:
        self._answer()
        found = [ticket for ticket in self.kept.values() if state in (None, ticket.state)]
        return sorted(found, key=lambda one: (one.opened_at, one.number), reverse=True)[:last]

    def _keep(self, ticket: Ticket, event: TicketEvent, entry: AuditEntry) -> None:
        self.kept[ticket.number] = ticket
        self.events.setdefault(ticket.number, []).append(event)
        self.trail.append(entry)
