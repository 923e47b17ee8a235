"""Tickets: opened by a call, worked on by people."""

from collections.abc import Mapping

from callcenter.domain.accounts import AccountId
from callcenter.domain.audit import Action, AuditEntry
from callcenter.domain.clock import Clock
from callcenter.domain.orders import Station
from callcenter.domain.tickets import (
    CallBack,
    Ticket,
    TicketEvent,
    TicketKind,
    TicketNumber,
    TicketState,
)
from callcenter.tickets.ports import TicketBook

CALLER = "caller"


class Tickets:
    """Every method raises `StoreUnavailable` if nothing could be written or read."""

    def __init__(self, book: TicketBook, clock: Clock) -> None:
        self._book = book
        self._clock = clock

    async def new_number(self) -> TicketNumber:
        """Return the number of the next ticket: to be remembered before `open`."""
        return await self._book.next_number()

    async def open(
        self,
        number: TicketNumber,
        kind: TicketKind,
        station: Station,
        *,
        recording: str | None,
        seconds: float,
        account: AccountId | None = None,
        call_back: CallBack | None = None,
    ) -> bool:
        """
        Write a ticket down, once: False, and nothing written, if the number has one already.

        So whoever remembers the number may ask again after a crash. Without `call_back` the
        caller is called back at the number of the call.
        """
        now = self._clock.now()
        ticket = Ticket(
            number=number,
            kind=kind,
            account=account,
            station=station,
            recording=recording,
            seconds=seconds,
            call_back=call_back or CallBack(number=station.caller),
            state=TicketState.OPEN,
            opened_at=now,
            updated_at=now,
        )
        event = self._event(TicketState.OPEN, CALLER, "")
        details = {"kind": kind.value, "seconds": f"{seconds:.1f}", **_told(ticket.call_back)}
        return await self._book.add(ticket, event, self._entry(ticket, Action.TICKET, details))

    async def wish(self, number: TicketNumber, call_back: CallBack) -> bool:
        """Write down how the caller wants to be called back; False if the ticket is not open."""
        ticket = await self._book.find(number)
        if ticket is None:
            return False
        told = _told(call_back)
        event = self._event(TicketState.OPEN, CALLER, " ".join(told.values()))
        entry = self._entry(ticket, Action.TICKET_CALL_BACK, told)
        return await self._book.wish(number, call_back, event, entry)

    async def find(self, number: TicketNumber) -> Ticket | None:
        return await self._book.find(number)

    async def called_back(self, number: TicketNumber, *, by: str, note: str) -> bool:
        """Write down that a person has called back; False if the ticket is closed or unknown."""
        return await self._move(number, TicketState.CALLED_BACK, by=by, note=note)

    async def close(self, number: TicketNumber, *, by: str, note: str) -> bool:
        """Close the ticket, by whom and with which result; False if it is closed or unknown."""
        return await self._move(number, TicketState.CLOSED, by=by, note=note)

    async def _move(self, number: TicketNumber, state: TicketState, *, by: str, note: str) -> bool:
        ticket = await self._book.find(number)
        if ticket is None:
            return False
        entry = self._entry(ticket, Action.TICKET_MOVED, {"by": by, "note": note}, state)
        return await self._book.move(number, state, self._event(state, by, note), entry)

    def _event(self, state: TicketState, by: str, note: str) -> TicketEvent:
        return TicketEvent(at=self._clock.now(), state=state, by=by, note=note)

    def _entry(
        self,
        ticket: Ticket,
        action: Action,
        details: Mapping[str, str],
        outcome: TicketState = TicketState.OPEN,
    ) -> AuditEntry:
        return AuditEntry(
            at=self._clock.now(),
            station=ticket.station,
            account=ticket.account,
            action=action,
            outcome=outcome.value,
            details={"ticket": ticket.number, **details},
        )


def _told(call_back: CallBack) -> dict[str, str]:
    told = {"call_back": call_back.number, "when": call_back.when or ""}
    return {name: value for name, value in told.items() if value}
