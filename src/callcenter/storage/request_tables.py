"""The tables of requests that are no exchange orders: transfers and applications."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Numeric,
    Sequence,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from callcenter.domain.applications import NOT_COUNTED, ApplicationKind, ApplicationState
from callcenter.domain.securities import Market
from callcenter.domain.transfers import OPEN, DifferenceKind, Direction, TransferState
from callcenter.storage.tables import metadata, of_station, one_of

# As with orders, callers hear eight digits, and numbers are never used again.
request_numbers: Final = Sequence("request_numbers", start=70000001, metadata=metadata)


def _listed(states: Iterable[str]) -> str:
    return ", ".join(f"'{state}'" for state in states)


_OPEN: Final = text(f"state IN ({_listed(state for state in TransferState if state in OPEN)})")
_COUNTED: Final = text(
    "kind = 'ipo' AND state NOT IN"
    f" ({_listed(state for state in ApplicationState if state in NOT_COUNTED)})"
)


def events_of(requests: str, name: str, states: Iterable[str]) -> Table:
    """Make the table of the events of such requests: every wish to move one, granted or not."""
    return Table(
        name,
        metadata,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column("number", Text, ForeignKey(f"{requests}.number"), nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        Column("from_state", Text),
        Column("to_state", Text, nullable=False),
        Column("message", Integer),
        Column("applied", Boolean, nullable=False),
        one_of("to_state", states),
        Index(None, "number", "id"),
    )


transfers: Final = Table(
    "transfers",
    metadata,
    Column("number", Text, primary_key=True),
    Column("request_id", Text, nullable=False),
    Column("trade_date", Date, nullable=False),
    Column("account", Text, nullable=False),
    Column("bank", Text, nullable=False),
    Column("direction", Text, nullable=False),
    Column("amount", Numeric, nullable=False),
    Column("state", Text, nullable=False),
    Column("message", Integer),
    *of_station(),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("account", "trade_date", "request_id"),
    CheckConstraint("number ~ '^[0-9]{8,12}$'", name="number"),
    one_of("direction", Direction),
    one_of("state", TransferState),
    CheckConstraint("amount > 0 AND scale(amount) = 2", name="amount"),
    Index(None, "account", "created_at"),
    Index(None, "trade_date", "state"),
    Index("transfers_one_at_a_time_idx", "account", unique=True, postgresql_where=_OPEN),
    comment="Passwords are not here, nor anywhere else of ours.",
)

transfer_events: Final = events_of("transfers", "transfer_events", TransferState)

transfer_differences: Final = Table(
    "transfer_differences",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("day", Date, nullable=False),
    Column("request_id", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("ours", Text, nullable=False),
    Column("theirs", Text, nullable=False),
    Column("found_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("day", "request_id", "kind"),
    one_of("kind", DifferenceKind),
    comment="Where our books and the bank's list of a day disagree (单边账).",
)


applications: Final = Table(
    "applications",
    metadata,
    Column("number", Text, primary_key=True),
    Column("request_id", Text, nullable=False),
    Column("trade_date", Date, nullable=False),
    Column("account", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("market", Text),
    Column("code", Text, nullable=False),
    Column("quantity", Numeric, nullable=False),
    Column("state", Text, nullable=False),
    Column("message", Integer),
    Column("shares", Numeric),
    Column("amount", Numeric),
    Column("price", Numeric),
    *of_station(),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("account", "trade_date", "request_id"),
    CheckConstraint("number ~ '^[0-9]{8,12}$'", name="number"),
    one_of("kind", ApplicationKind),
    one_of("market", Market),
    one_of("state", ApplicationState),
    CheckConstraint("quantity > 0", name="quantity"),
    Index(None, "account", "created_at"),
    Index(None, "state"),
    Index(
        "applications_one_per_issue_idx",
        "account",
        "market",
        "code",
        unique=True,
        postgresql_where=_COUNTED,
    ),
)

application_events: Final = events_of("applications", "application_events", ApplicationState)
