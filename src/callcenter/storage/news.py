"""The record of voice news, and of the staff who make it, in PostgreSQL."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, delete, insert, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.audit import AuditEntry
from callcenter.domain.calls import Language
from callcenter.domain.clock import BEIJING
from callcenter.domain.news import (
    Item,
    ItemId,
    ItemState,
    KeptItem,
    Play,
    PlayCount,
    Programme,
    ProgrammeKind,
    StaffMember,
)
from callcenter.domain.orders import Station
from callcenter.news.ports import NewsBook
from callcenter.storage import audit
from callcenter.storage.database import Database
from callcenter.storage.news_tables import news_items, news_plays, news_programmes, staff
from callcenter.storage.requests import station_row

_CONTENT: Final = ("title", "text", "sound", "security", "position", "valid_from", "valid_to")
_IN_ORDER: Final = (news_programmes.c.number, news_items.c.position, news_items.c.id)
_COUNTS: Final = text(
    """
    SELECT item, programme, key, language, title, count(*) AS plays,
        count(*) FILTER (WHERE whole) AS whole, sum(heard_s) AS heard_s, max(at) AS last_at
    FROM news_plays JOIN news_items ON news_items.id = news_plays.item
    GROUP BY item, programme, key, language, title ORDER BY plays DESC, item
    """
)


class PostgresNewsBook(NewsBook):
    def __init__(self, database: Database) -> None:
        self._database = database

    async def programmes(self) -> Sequence[Programme]:
        columns = news_programmes.c
        wanted = select(news_programmes).order_by(columns.kind, columns.number, columns.name)
        async with self._database.at_once() as connection:
            return [_programme_of(row) for row in await connection.execute(wanted)]

    async def mailbox(self, number: str) -> Programme | None:
        wanted = select(news_programmes).where(news_programmes.c.number == number)
        async with self._database.at_once() as connection:
            row = (await connection.execute(wanted)).one_or_none()
        return None if row is None else _programme_of(row)

    async def current(
        self, kind: ProgrammeKind, now: datetime, *, security: str | None = None
    ) -> Sequence[KeptItem]:
        item = news_items.c
        wanted = (
            select(news_items)
            .join(news_programmes)
            .where(
                news_programmes.c.kind == kind,
                item.state == ItemState.PUBLISHED,
                or_(item.valid_from.is_(None), item.valid_from <= now),
                or_(item.valid_to.is_(None), item.valid_to > now),
            )
            .order_by(*_IN_ORDER)
        )
        if security is not None:
            wanted = wanted.where(item.security == security)
        async with self._database.at_once() as connection:
            return [_item_of(row) for row in await connection.execute(wanted)]

    async def items(self) -> Sequence[KeptItem]:
        wanted = select(news_items).order_by(news_items.c.id.desc())
        async with self._database.at_once() as connection:
            return [_item_of(row) for row in await connection.execute(wanted)]

    async def take_over(
        self, programmes: Sequence[Programme], items: Sequence[Item], *, by: str, at: datetime
    ) -> Sequence[KeptItem]:
        async with self._database.transaction() as connection:
            for programme in programmes:
                await _put_programme(connection, programme)
            known = set(await connection.scalars(select(news_programmes.c.name)))
            if nobodys := sorted({item.programme for item in items} - known):
                raise LookupError(f"there is no programme {', '.join(nobodys)}")
            new = [await _put_item(connection, item, by, at) for item in items]
        return [kept for kept in new if kept is not None]

    async def move(
        self, ids: Collection[ItemId], state: ItemState, entries: Sequence[AuditEntry]
    ) -> None:
        if not ids:
            return
        entry = entries[0]
        changed = {"state": state, "changed_at": entry.at, "changed_by": entry.details["by"]}
        async with self._database.transaction() as connection:
            await connection.execute(
                update(news_items).where(news_items.c.id.in_(ids)).values(changed)
            )
            for each in entries:
                await audit.write(connection, each)

    async def add_play(
        self, play: Play, station: Station, account: str | None, at: datetime
    ) -> None:
        row = {
            "at": at,
            "item": play.item,
            **station_row(station),
            "account": account,
            "heard_s": round(play.heard_s, 1),
            "whole": play.whole,
        }
        async with self._database.at_once() as connection:
            await connection.execute(insert(news_plays), row)

    async def plays(self) -> Sequence[PlayCount]:
        async with self._database.at_once() as connection:
            return [_count_of(row) for row in await connection.execute(_COUNTS)]


class PostgresStaffBook:
    """Keeps the promises of `customers.staff.StaffBook`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, number: str) -> StaffMember | None:
        async with self._database.at_once() as connection:
            found = await connection.execute(select(staff).where(staff.c.number == number))
            row = found.one_or_none()
        return None if row is None else StaffMember(number=row.number, name=row.name, pin=row.pin)

    async def all(self) -> Sequence[StaffMember]:
        async with self._database.at_once() as connection:
            found = await connection.execute(select(staff).order_by(staff.c.number))
            return [StaffMember(number=row.number, name=row.name, pin=row.pin) for row in found]

    async def put(self, member: StaffMember, entry: AuditEntry) -> None:
        columns = {"name": member.name, "pin": member.pin}
        putting = upsert(staff).values(number=member.number, **columns)
        async with self._database.transaction() as connection:
            await connection.execute(
                putting.on_conflict_do_update(index_elements=["number"], set_=columns)
            )
            await audit.write(connection, entry)

    async def remove(self, number: str, entry: AuditEntry) -> bool:
        removing = delete(staff).where(staff.c.number == number).returning(staff.c.number)
        async with self._database.transaction() as connection:
            if await connection.scalar(removing) is None:
                return False
            await audit.write(connection, entry)
        return True


async def _put_programme(connection: AsyncConnection, programme: Programme) -> None:
    columns = {
        "kind": programme.kind,
        "title": programme.title,
        "title_en": programme.title_en,
        "number": programme.number,
        "password": programme.password,
    }
    putting = upsert(news_programmes).values(name=programme.name, **columns)
    await connection.execute(putting.on_conflict_do_update(index_elements=["name"], set_=columns))


async def _put_item(
    connection: AsyncConnection, item: Item, by: str, at: datetime
) -> KeptItem | None:
    """Write an item down; None if it is here already as it comes."""
    content = {name: getattr(item, name) for name in _CONTENT}
    changed = {**content, "state": ItemState.DRAFT, "changed_at": at, "changed_by": by}
    identity = {"programme": item.programme, "key": item.key, "language": item.language}
    putting = upsert(news_items).values(**identity, **changed)
    columns = news_items.c
    writing = putting.on_conflict_do_update(
        index_elements=list(identity),
        set_=changed,
        where=or_(*(columns[name].is_distinct_from(content[name]) for name in _CONTENT)),
    ).returning(news_items)
    row = (await connection.execute(writing)).one_or_none()
    return None if row is None else _item_of(row)


def _programme_of(row: Row[Any]) -> Programme:
    return Programme(
        name=row.name,
        kind=ProgrammeKind(row.kind),
        title=row.title,
        title_en=row.title_en,
        number=row.number,
        password=row.password,
    )


def _item_of(row: Row[Any]) -> KeptItem:
    fields = row._mapping
    content = {name: fields[name] for name in _CONTENT}
    for name in ("valid_from", "valid_to"):
        content[name] = None if fields[name] is None else fields[name].astimezone(BEIJING)
    return KeptItem(
        id=row.id,
        item=Item(programme=row.programme, key=row.key, language=Language(row.language), **content),
        state=ItemState(row.state),
        changed_at=row.changed_at.astimezone(BEIJING),
        changed_by=row.changed_by,
    )


def _count_of(row: Row[Any]) -> PlayCount:
    return PlayCount(
        item=row.item,
        programme=row.programme,
        key=row.key,
        language=Language(row.language),
        title=row.title,
        plays=row.plays,
        whole=row.whole,
        heard_s=float(row.heard_s),
        last_at=row.last_at.astimezone(BEIJING),
    )
