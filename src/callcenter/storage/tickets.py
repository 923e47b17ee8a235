"""The record of tickets in PostgreSQL."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.audit import AuditEntry
from callcenter.domain.clock import BEIJING
from callcenter.domain.tickets import (
    CallBack,
    Daypart,
    Ticket,
    TicketEvent,
    TicketKind,
    TicketNumber,
    TicketState,
    may_become,
)
from callcenter.storage import audit
from callcenter.storage.database import Database
from callcenter.storage.requests import station_of, station_row
from callcenter.storage.ticket_tables import ticket_events, ticket_numbers, tickets
from callcenter.tickets.ports import TicketBook

_NEXT_NUMBER: Final = select(ticket_numbers.next_value())


class PostgresTicketBook(TicketBook):
    def __init__(self, database: Database) -> None:
        self._database = database

    async def next_number(self) -> TicketNumber:
        async with self._database.at_once() as connection:
            return TicketNumber(str(await connection.scalar(_NEXT_NUMBER)))

    async def add(self, ticket: Ticket, event: TicketEvent, entry: AuditEntry) -> bool:
        adding = upsert(tickets).values(_row_of(ticket)).on_conflict_do_nothing()
        async with self._database.transaction() as connection:
            if await connection.scalar(adding.returning(tickets.c.number)) is None:
                return False
            await _record(connection, ticket.number, event, entry)
        return True

    async def wish(
        self, number: TicketNumber, call_back: CallBack, event: TicketEvent, entry: AuditEntry
    ) -> bool:
        return await self._change(
            number,
            tickets.c.state == TicketState.OPEN,
            _columns_of(call_back),
            event,
            entry,
        )

    async def move(
        self, number: TicketNumber, state: TicketState, event: TicketEvent, entry: AuditEntry
    ) -> bool:
        before = [now for now in TicketState if may_become(now, state)]
        return await self._change(
            number, tickets.c.state.in_(before), {"state": state}, event, entry
        )

    async def find(self, number: TicketNumber) -> Ticket | None:
        async with self._database.at_once() as connection:
            found = await connection.execute(select(tickets).where(tickets.c.number == number))
            row = found.one_or_none()
        return None if row is None else _ticket_of(row)

    async def history(self, number: TicketNumber) -> Sequence[TicketEvent]:
        events = ticket_events.c
        wanted = select(ticket_events).where(events.number == number).order_by(events.id)
        async with self._database.at_once() as connection:
            return [_event_of(row) for row in await connection.execute(wanted)]

    async def newest(
        self, *, last: int = 1_000, state: TicketState | None = None
    ) -> Sequence[Ticket]:
        wanted = select(tickets).order_by(tickets.c.opened_at.desc(), tickets.c.number.desc())
        if state is not None:
            wanted = wanted.where(tickets.c.state == state)
        async with self._database.at_once() as connection:
            return [_ticket_of(row) for row in await connection.execute(wanted.limit(last))]

    async def _change(
        self,
        number: TicketNumber,
        allowed: ColumnElement[bool],
        columns: Mapping[str, object],
        event: TicketEvent,
        entry: AuditEntry,
    ) -> bool:
        changing = (
            update(tickets)
            .where(tickets.c.number == number, allowed)
            .values(**columns, updated_at=event.at)
            .returning(tickets.c.number)
        )
        async with self._database.transaction() as connection:
            if await connection.scalar(changing) is None:
                return False
            await _record(connection, number, event, entry)
        return True


async def _record(
    connection: AsyncConnection, number: TicketNumber, event: TicketEvent, entry: AuditEntry
) -> None:
    row = {
        "number": number,
        "at": event.at,
        "state": event.state,
        "by": event.by,
        "note": event.note,
    }
    await connection.execute(insert(ticket_events), row)
    await audit.write(connection, entry)


def _row_of(ticket: Ticket) -> Mapping[str, object]:
    return {
        "number": ticket.number,
        "kind": ticket.kind,
        "account": ticket.account,
        **station_row(ticket.station),
        "recording": ticket.recording,
        "seconds": ticket.seconds,
        **_columns_of(ticket.call_back),
        "state": ticket.state,
        "opened_at": ticket.opened_at,
        "updated_at": ticket.updated_at,
    }


def _columns_of(call_back: CallBack) -> Mapping[str, object]:
    return {"call_back_number": call_back.number, "call_back_when": call_back.when}


def _ticket_of(row: Row[Any]) -> Ticket:
    when = row.call_back_when
    return Ticket(
        number=row.number,
        kind=TicketKind(row.kind),
        account=row.account,
        station=station_of(row),
        recording=row.recording,
        seconds=float(row.seconds),
        call_back=CallBack(number=row.call_back_number, when=Daypart(when) if when else None),
        state=TicketState(row.state),
        opened_at=row.opened_at.astimezone(BEIJING),
        updated_at=row.updated_at.astimezone(BEIJING),
    )


def _event_of(row: Row[Any]) -> TicketEvent:
    return TicketEvent(
        at=row.at.astimezone(BEIJING), state=TicketState(row.state), by=row.by, note=row.note
    )
