"""The tables. `migrations/` makes them; a test holds the two together."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import (
    ARRAY,
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
    LargeBinary,
    MetaData,
    Numeric,
    Sequence,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from callcenter.domain.calls import CallEnd
from callcenter.domain.orders import OrderKind, OrderState, Side
from callcenter.domain.securities import Market

metadata: Final = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    }
)


def one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    """Let a column hold nothing but these values."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def of_station() -> Iterable[Column[str]]:
    """Return the columns that tell where an instruction came from."""
    names = ("call_id", "caller", "did")
    return (*(Column(name, Text, nullable=False) for name in names), Column("branch", Text))


customers: Final = Table(
    "customers",
    metadata,
    Column("account", Text, primary_key=True),
    Column("branch", Text),
    Column("first_seen_at", DateTime(timezone=True), nullable=False),
    Column("last_seen_at", DateTime(timezone=True), nullable=False),
    comment="Who has logged in here. The counter knows the rest, and the passwords.",
)

calls: Final = Table(
    "calls",
    metadata,
    Column("id", Text, primary_key=True),
    Column("caller", Text, nullable=False),
    Column("did", Text, nullable=False),
    Column("branch", Text),
    Column("account", Text),
    Column("recording", Text),
    Column("answered_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Column("ended_how", Text),
    Column("place", JSONB, nullable=False, server_default=text("'{}'")),
    one_of("ended_how", CallEnd),
    CheckConstraint("(ended_at IS NULL) = (ended_how IS NULL)", name="ended_both"),
    Index(None, "answered_at"),
    Index("calls_open_idx", "answered_at", postgresql_where=text("ended_at IS NULL")),
    Index(None, "caller", "answered_at"),
    Index(None, "account", "answered_at"),
)

# What is written behind a call, or must be written whatever else is missing, has no foreign key
# to it: an order does not fail because the line of its call could not be written.
turns: Final = Table(
    "turns",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("call_id", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("prompts", ARRAY(Text), nullable=False),
    Column("words", Text, nullable=False),
    Column("keys", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Index(None, "call_id", "id"),
)

login_attempts: Final = Table(
    "login_attempts",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("login", Text, nullable=False),
    Column("caller", Text, nullable=False),
    Column("call_id", Text, nullable=False),
    Column("succeeded", Boolean, nullable=False),
    Index(None, "login", "at"),
    Index(None, "caller", "at", postgresql_where=text("NOT succeeded")),
)

# Callers hear eight digits. Numbers are never used again: the one after 99999999 has nine.
order_numbers: Final = Sequence("order_numbers", start=60000001, metadata=metadata)

orders: Final = Table(
    "orders",
    metadata,
    Column("number", Text, primary_key=True),
    Column("client_id", Text, nullable=False),
    Column("trade_date", Date, nullable=False),
    Column("account", Text, nullable=False),
    Column("side", Text, nullable=False),
    Column("market", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("board", Text, nullable=False),
    Column("suspended", Boolean, nullable=False),
    Column("price", Numeric, nullable=False),
    Column("quantity", BigInteger, nullable=False),
    Column("filled", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("message", Integer),
    *of_station(),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("kind", Text, nullable=False, server_default=OrderKind.LIMIT.value),
    Column("told_filled", BigInteger, nullable=False, server_default=text("0")),
    Column("cancelled", BigInteger, nullable=False, server_default=text("0")),
    Column("expired", Boolean, nullable=False, server_default=text("false")),
    Column("cancel_asked", Integer, nullable=False, server_default=text("0")),
    Column("cancel_refused", Integer, nullable=False, server_default=text("0")),
    Column("counter_number", Text),
    Column("reserved_for", Date),
    Column("rules", Text, nullable=False, server_default=""),
    Column("revision", Integer, nullable=False, server_default=text("0")),
    UniqueConstraint("account", "trade_date", "client_id"),
    CheckConstraint("number ~ '^[0-9]{8,12}$'", name="number"),
    one_of("side", Side),
    one_of("market", Market),
    one_of("state", OrderState),
    CheckConstraint("price > 0", name="price"),
    CheckConstraint("quantity > 0", name="quantity"),
    CheckConstraint("filled BETWEEN 0 AND quantity", name="filled"),
    one_of("kind", OrderKind),
    CheckConstraint(
        "cancelled >= 0 AND greatest(filled, told_filled) + cancelled <= quantity", name="counted"
    ),
    Index(None, "account", "created_at"),
    Index(None, "client_id"),
    Index(None, "call_id"),
    Index(None, "trade_date", "state"),
    Index(
        "orders_unsettled_idx",
        "created_at",
        postgresql_where=text("state IN ('pending', 'unknown')"),
    ),
    Index("orders_reserved_idx", "reserved_for", postgresql_where=text("state = 'reserved'")),
)

order_events: Final = Table(
    "order_events",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("order_number", Text, ForeignKey("orders.number"), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("from_state", Text),
    Column("to_state", Text, nullable=False),
    Column("message", Integer),
    Column("applied", Boolean, nullable=False),
    Column("heard", JSONB, nullable=False, server_default=text("'{}'")),
    one_of("to_state", OrderState),
    Index(None, "order_number", "id"),
)

# A fill has no foreign key to its order on purpose: it is checked where the order is locked.
fills: Final = Table(
    "fills",
    metadata,
    Column("trade_date", Date, primary_key=True),
    Column("market", Text, primary_key=True),
    Column("number", Text, primary_key=True),
    Column("client_id", Text, nullable=False),
    Column("order_number", Text, nullable=False),
    Column("quantity", BigInteger, nullable=False),
    Column("price", Numeric, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    one_of("market", Market),
    CheckConstraint("price > 0", name="price"),
    CheckConstraint("quantity > 0", name="quantity"),
    Index(None, "order_number"),
    comment="Each once. Counters number fills anew each day, in each market.",
)

stream_positions: Final = Table(
    "stream_positions",
    metadata,
    Column("gateway", Text, primary_key=True),
    Column("position", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    comment="How far the events of each counter have been written down.",
)

differences: Final = Table(
    "differences",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("seen_at", DateTime(timezone=True), nullable=False),
    Column("what", Text, nullable=False),
    Column("client_id", Text),
    Column("order_number", Text),
    Column("resolved_at", DateTime(timezone=True)),
    Column("resolved_by", Text),
    Column("resolved_why", Text),
    CheckConstraint(
        "(resolved_at IS NULL) = (resolved_by IS NULL)"
        " AND (resolved_at IS NULL) = (resolved_why IS NULL)",
        name="resolved_all",
    ),
    Index("differences_open_idx", "id", postgresql_where=text("resolved_at IS NULL")),
    comment="Where the counter and we do not agree. A person resolves them.",
)

audit_trail: Final = Table(
    "audit_trail",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    *of_station(),
    Column("account", Text),
    Column("action", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("details", JSONB, nullable=False),
    Index(None, "at"),
    Index(None, "account", "at"),
    Index(None, "caller", "at"),
    comment="Append-only: a trigger refuses all else.",
)

audit_unsealed: Final = Table(
    "audit_unsealed",
    metadata,
    Column("audit_id", BigInteger, primary_key=True, autoincrement=False),
    comment="Rows of the audit trail that wait for their seal. A trigger adds, the sealer removes.",
)

audit_seals: Final = Table(
    "audit_seals",
    metadata,
    Column("seal_no", BigInteger, primary_key=True, autoincrement=False),
    Column("audit_id", BigInteger, nullable=False, unique=True),
    Column("digest", LargeBinary, nullable=False),
    Column("sealed_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("seal_no > 0", name="seal_no"),
    CheckConstraint("octet_length(digest) = 32", name="digest"),
    comment="Append-only. Each digest covers the one before it and one row of the audit trail.",
)

outbox: Final = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("written_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("kind", Text, nullable=False),
    Column("payload", JSONB, nullable=False),
    Column("sent_at", DateTime(timezone=True)),
    Index("outbox_waiting_idx", "id", postgresql_where=text("sent_at IS NULL")),
)
