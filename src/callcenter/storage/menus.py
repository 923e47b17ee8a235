"""Menus in PostgreSQL: versions and activations, which are added and never changed."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Row, select
from sqlalchemy.dialects.postgresql import insert as upsert

from callcenter.domain.audit import AuditEntry
from callcenter.domain.menus import Activation, MenuVersion
from callcenter.storage import audit
from callcenter.storage.database import Database
from callcenter.storage.menu_tables import menu_activations, menu_versions

_NEWEST: Final = "SELECT max(number) AS newest FROM menu_activations"


class PostgresMenuBook:
    """Every menu that was ever kept, and every activation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, text: str, *, at: datetime, by: str, why: str) -> MenuVersion:
        digest = sha256(text.encode()).hexdigest()
        row = {"text": text, "digest": digest, "kept_at": at, "kept_by": by, "why": why}
        async with self._database.transaction() as connection:
            await connection.execute(upsert(menu_versions).on_conflict_do_nothing(), row)
            kept = select(menu_versions).where(menu_versions.c.digest == digest)
            return _version((await connection.execute(kept)).one())

    async def version(self, number: int) -> MenuVersion | None:
        wanted = select(menu_versions).where(menu_versions.c.number == number)
        async with self._database.at_once() as connection:
            found = (await connection.execute(wanted)).one_or_none()
        return None if found is None else _version(found)

    async def activations(self) -> Sequence[Activation]:
        async with self._database.at_once() as connection:
            found = await connection.execute(
                select(menu_activations).order_by(menu_activations.c.number)
            )
            return [_activation(row) for row in found]

    async def newest(self) -> int:
        [found] = await self._database.glance(_NEWEST)
        return found["newest"] or 0

    async def activate(
        self, version: int | None, *, undoes: int | None, after: int, entry: AuditEntry
    ) -> Activation | None:
        row = {
            "number": after + 1,
            "version": version,
            "activated_at": entry.at,
            "activated_by": entry.details["by"],
            "why": entry.details["why"],
            "undoes": undoes,
        }
        # Of two who activate after the same one, the second finds the number taken.
        new = upsert(menu_activations).on_conflict_do_nothing().returning(menu_activations)
        async with self._database.transaction() as connection:
            written = (await connection.execute(new, row)).one_or_none()
            if written is None:
                return None
            await audit.write(connection, entry)
        return _activation(written)


def _version(row: Row[Any]) -> MenuVersion:
    return MenuVersion(
        number=row.number,
        text=row.text,
        digest=row.digest,
        at=row.kept_at,
        by=row.kept_by,
        why=row.why,
    )


def _activation(row: Row[Any]) -> Activation:
    return Activation(
        number=row.number,
        version=row.version,
        at=row.activated_at,
        by=row.activated_by,
        why=row.why,
        undoes=row.undoes,
    )
