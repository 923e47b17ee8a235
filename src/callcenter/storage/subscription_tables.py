"""The tables of subscriptions, of statements asked for, and of password changes."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    Sequence,
    Table,
    Text,
    Time,
    UniqueConstraint,
    text,
)

from callcenter.domain.passwords import OwnPassword, PasswordState
from callcenter.domain.securities import Market
from callcenter.domain.statements import StatementState
from callcenter.domain.subscriptions import Channel, Crossing, SubscriptionKind
from callcenter.storage.request_tables import events_of
from callcenter.storage.tables import metadata, of_station, one_of

subscription_numbers: Final = Sequence("subscription_numbers", start=1, metadata=metadata)
# Callers hear these.
statement_numbers: Final = Sequence("statement_numbers", start=85000001, metadata=metadata)

_COUNTS: Final = text("ended_at IS NULL")
_IN_NUMBERS: Final = "number ~ '^[0-9]{8,12}$'"

subscriptions: Final = Table(
    "subscriptions",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("account", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("market", Text),
    Column("code", Text),
    Column("name", Text),
    Column("name_en", Text),
    Column("board", Text),
    Column("crossing", Text),
    Column("price", Numeric),
    Column("at", Time),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("until", Date),
    Column("ended_at", DateTime(timezone=True)),
    one_of("kind", SubscriptionKind),
    one_of("market", Market),
    one_of("crossing", Crossing),
    CheckConstraint("price > 0", name="price"),
    CheckConstraint(
        "(kind IN ('price-alert', 'daily-quote')) = (code IS NOT NULL)", name="security"
    ),
    CheckConstraint(
        "(kind = 'price-alert') = (price IS NOT NULL)"
        " AND (price IS NULL) = (crossing IS NULL) AND (price IS NULL) = (until IS NULL)",
        name="alert",
    ),
    CheckConstraint("(kind = 'daily-quote') = (at IS NOT NULL)", name="at"),
    Index(
        "subscriptions_once_idx",
        "account",
        "kind",
        "market",
        "code",
        "crossing",
        "price",
        "at",
        unique=True,
        postgresql_where=_COUNTS,
        postgresql_nulls_not_distinct=True,
    ),
    Index("subscriptions_kind_idx", "kind", "market", "code", postgresql_where=_COUNTS),
    comment="What customers want to be told. It counts until it is ended or its last day is over.",
)

delivery_wishes: Final = Table(
    "delivery_wishes",
    metadata,
    Column("account", Text, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("number", Text),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    one_of("channel", Channel),
    CheckConstraint("(number IS NULL) = (channel = 'email')", name="number"),
    comment="How customers want to be told. An e-mail goes to the address that the broker has.",
)

statements: Final = Table(
    "statements",
    metadata,
    Column("number", Text, primary_key=True),
    Column("account", Text, nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("channel", Text, nullable=False),
    Column("fax_number", Text),
    Column("state", Text, nullable=False),
    *of_station(),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("made_at", DateTime(timezone=True)),
    Column("document", LargeBinary),
    CheckConstraint(_IN_NUMBERS, name="number"),
    CheckConstraint("first_day <= last_day", name="days"),
    CheckConstraint("channel IN ('email', 'fax')", name="channel"),
    CheckConstraint("(fax_number IS NULL) = (channel = 'email')", name="fax_number"),
    one_of("state", StatementState),
    CheckConstraint(
        "(state = 'made') = (made_at IS NOT NULL) AND (made_at IS NULL) = (document IS NULL)",
        name="made",
    ),
    Index(None, "account", "created_at"),
    Index("statements_queued_idx", "created_at", postgresql_where=text("state = 'queued'")),
    comment="Statements asked for by telephone. The document is a PDF.",
)

password_changes: Final = Table(
    "password_changes",
    metadata,
    Column("number", Text, primary_key=True),
    Column("request_id", Text, nullable=False),
    Column("trade_date", Date, nullable=False),
    Column("account", Text, nullable=False),
    Column("which", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("message", Integer),
    *of_station(),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("account", "trade_date", "request_id"),
    CheckConstraint(_IN_NUMBERS, name="number"),
    one_of("which", OwnPassword),
    one_of("state", PasswordState),
    Index(
        "password_changes_one_at_a_time_idx",
        "account",
        unique=True,
        postgresql_where=text("state IN ('pending', 'unknown')"),
    ),
    comment="That passwords were changed. The passwords are not here, nor anywhere else of ours.",
)

password_change_events: Final = events_of(
    "password_changes", "password_change_events", PasswordState
)
