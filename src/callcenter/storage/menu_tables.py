"""The tables of menus: every version, and every activation."""

from typing import Final

from sqlalchemy import CheckConstraint, Column, DateTime, ForeignKey, Identity, Integer, Table, Text

from callcenter.storage.tables import metadata

menu_versions: Final = Table(
    "menu_versions",
    metadata,
    Column("number", Integer, Identity(always=True), primary_key=True),
    Column("text", Text, nullable=False),
    Column("digest", Text, nullable=False, unique=True),
    Column("kept_at", DateTime(timezone=True), nullable=False),
    Column("kept_by", Text, nullable=False),
    Column("why", Text, nullable=False),
    CheckConstraint("digest ~ '^[0-9a-f]{64}$'", name="digest"),
    comment="Append-only: a call may still have the oldest of them.",
)

menu_activations: Final = Table(
    "menu_activations",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, ForeignKey("menu_versions.number")),
    Column("activated_at", DateTime(timezone=True), nullable=False),
    Column("activated_by", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("undoes", Integer, ForeignKey("menu_activations.number")),
    CheckConstraint("number > 0", name="number"),
    comment="Append-only. The newest decides what new calls get; "
    "without a version it is what ships.",
)
