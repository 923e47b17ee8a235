"""The tables of tickets, on the same metadata as the rest."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Numeric,
    Sequence,
    Table,
    Text,
    text,
)

from callcenter.domain.tickets import Daypart, TicketKind, TicketState
from callcenter.storage.tables import metadata, of_station, one_of

# Callers hear eight digits.
ticket_numbers: Final = Sequence("ticket_numbers", start=80000001, metadata=metadata)

tickets: Final = Table(
    "tickets",
    metadata,
    Column("number", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("account", Text),
    *of_station(),
    Column("recording", Text),
    Column("seconds", Numeric, nullable=False),
    Column("call_back_number", Text, nullable=False),
    Column("call_back_when", Text),
    Column("state", Text, nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("number ~ '^[0-9]{8,12}$'", name="number"),
    one_of("kind", TicketKind),
    one_of("call_back_when", Daypart),
    one_of("state", TicketState),
    Index(None, "opened_at"),
    Index("tickets_waiting_idx", "opened_at", postgresql_where=text("state <> 'closed'")),
)

ticket_events: Final = Table(
    "ticket_events",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("number", Text, ForeignKey("tickets.number"), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("state", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("note", Text, nullable=False),
    one_of("state", TicketState),
    Index(None, "number", "id"),
)
