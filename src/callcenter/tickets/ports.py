"""What tickets need of the world. `storage` provides it."""

from collections.abc import Sequence
from typing import Protocol

from callcenter.domain.audit import AuditEntry
from callcenter.domain.tickets import CallBack, Ticket, TicketEvent, TicketNumber, TicketState


class TicketBook(Protocol):
    """The record of tickets. Every method raises `StoreUnavailable` if it cannot answer."""

    async def next_number(self) -> TicketNumber:
        """Return a number that no ticket has had. Numbers that are not used are not missed."""
        ...

    async def add(self, ticket: Ticket, event: TicketEvent, entry: AuditEntry) -> bool:
        """Write a new ticket down; False, and nothing written, if its number exists."""
        ...

    async def wish(
        self, number: TicketNumber, call_back: CallBack, event: TicketEvent, entry: AuditEntry
    ) -> bool:
        """Write down how to call back; False, and nothing written, unless the ticket is open."""
        ...

    async def move(
        self, number: TicketNumber, state: TicketState, event: TicketEvent, entry: AuditEntry
    ) -> bool:
        """
        Bring the ticket into a state, one way by its table.

        False, and nothing written, if the table does not know the move, or nobody the ticket.
        """
        ...

    async def find(self, number: TicketNumber) -> Ticket | None: ...

    async def history(self, number: TicketNumber) -> Sequence[TicketEvent]:
        """Return what happened to a ticket, the oldest first."""
        ...

    async def newest(
        self, *, last: int = 1_000, state: TicketState | None = None
    ) -> Sequence[Ticket]:
        """Return the newest tickets, the newest first."""
        ...
