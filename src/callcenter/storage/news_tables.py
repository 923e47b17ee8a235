"""The tables of voice news and of the staff line, on the same metadata as the rest."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from callcenter.domain.calls import Language
from callcenter.domain.news import ItemState, ProgrammeKind
from callcenter.storage.tables import metadata, of_station, one_of

news_programmes: Final = Table(
    "news_programmes",
    metadata,
    Column("name", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("title_en", Text, nullable=False),
    Column("number", Text, unique=True),
    Column("password", Text),
    one_of("kind", ProgrammeKind),
    CheckConstraint("(kind = 'mailbox') = (number IS NOT NULL)", name="number"),
    comment="The password of a mailbox is a salted digest.",
)

news_items: Final = Table(
    "news_items",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("programme", Text, ForeignKey("news_programmes.name"), nullable=False),
    Column("key", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text),
    Column("sound", Text),
    Column("security", Text),
    Column("position", Integer, nullable=False),
    Column("valid_from", DateTime(timezone=True)),
    Column("valid_to", DateTime(timezone=True)),
    Column("state", Text, nullable=False, server_default=ItemState.DRAFT.value),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("changed_by", Text, nullable=False),
    UniqueConstraint("programme", "key", "language"),
    one_of("language", Language),
    one_of("state", ItemState),
    CheckConstraint("(text IS NULL) <> (sound IS NULL)", name="words_or_sound"),
    Index("news_items_on_air_idx", "programme", postgresql_where=text("state = 'published'")),
)

news_plays: Final = Table(
    "news_plays",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("item", BigInteger, ForeignKey("news_items.id"), nullable=False),
    *of_station(),
    Column("account", Text),
    Column("heard_s", Numeric, nullable=False),
    Column("whole", Boolean, nullable=False),
    Index(None, "item", "at"),
)

staff: Final = Table(
    "staff",
    metadata,
    Column("number", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("pin", Text, nullable=False),
    comment="Who may record on the staff line. The PIN is a salted digest.",
)
