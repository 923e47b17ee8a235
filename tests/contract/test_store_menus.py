"""What every store of menus promises, in memory and in PostgreSQL."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from callcenter.domain.audit import Action, AuditEntry
from callcenter.domain.calls import CallerNumber, CallId, Did
from callcenter.domain.orders import Station
from callcenter.storage.database import Database
from callcenter.storage.menus import PostgresMenuBook
from callcenter.storage.tables import audit_trail
from tests import make
from tests.fakes.menus import FakeMenuBook

NOBODY = Station(call=CallId(""), caller=CallerNumber(""), did=Did(""), branch=None)


class Store:
    """A store of menus, and a look at its audit trail."""

    def __init__(self, book: PostgresMenuBook | FakeMenuBook, database: Database | None) -> None:
        self.book = book
        self._database = database

    async def trail(self) -> list[dict[str, str]]:
        if self._database is None:
            assert isinstance(self.book, FakeMenuBook)
            return [dict(entry.details) for entry in self.book.trail]
        async with self._database.at_once() as connection:
            return list(await connection.scalars(select(audit_trail.c.details)))

    async def keep(self, text: str = "lines: []") -> int:
        kept = await self.book.keep(text, at=make.NOON, by="Wang", why="spring")
        return kept.number


@pytest.fixture(params=["fake", "postgres"])
def store(request: pytest.FixtureRequest) -> Store:
    if request.param == "fake":
        return Store(FakeMenuBook(), None)
    database = request.getfixturevalue("database")
    return Store(PostgresMenuBook(database), database)


def entry(why: str = "spring") -> AuditEntry:
    return AuditEntry(
        at=make.NOON + timedelta(minutes=1),
        station=NOBODY,
        account=None,
        action=Action.MENU_ACTIVATED,
        outcome="activated",
        details={"by": "Li", "why": why},
    )


async def test_a_menu_is_kept_as_it_was_written(store: Store) -> None:
    number = await store.keep("lines: []  # 一\n")

    kept = await store.book.version(number)

    assert kept is not None
    assert (kept.text, kept.at, kept.by, kept.why) == (
        "lines: []  # 一\n",
        make.NOON,
        "Wang",
        "spring",
    )
    assert len(kept.digest) == 64
    assert await store.book.version(number + 1) is None


async def test_the_same_text_is_kept_once(store: Store) -> None:
    first = await store.keep()
    again = await store.book.keep("lines: []", at=make.NOON, by="Li", why="again")

    assert again.number == first
    assert again.by == "Wang"
    assert await store.keep("lines: {}") != first


async def test_an_activation_goes_with_its_audit_entry(store: Store) -> None:
    number = await store.keep()

    written = await store.book.activate(number, undoes=None, after=0, entry=entry())

    assert written is not None
    assert (written.number, written.version, written.by, written.why) == (1, number, "Li", "spring")
    assert await store.book.activations() == [written]
    assert await store.book.newest() == 1
    assert await store.trail() == [{"by": "Li", "why": "spring"}]


async def test_before_the_first_activation_there_is_none(store: Store) -> None:
    assert await store.book.newest() == 0
    assert await store.book.activations() == []


async def test_what_ships_can_be_activated_again(store: Store) -> None:
    number = await store.keep()
    await store.book.activate(number, undoes=None, after=0, entry=entry())

    back = await store.book.activate(None, undoes=1, after=1, entry=entry("it was wrong"))

    assert back is not None
    assert (back.version, back.undoes) == (None, 1)


async def test_of_two_who_activate_at_once_one_is_told_to_look_again(store: Store) -> None:
    number = await store.keep()

    written = await asyncio.gather(
        *(store.book.activate(number, undoes=None, after=0, entry=entry(why)) for why in "ab")
    )

    assert [one is None for one in written].count(True) == 1
    assert await store.book.newest() == 1
    assert len(await store.trail()) == 1


@pytest.mark.parametrize("table", ["menu_versions", "menu_activations"])
async def test_nothing_that_was_written_can_be_changed(database: Database, table: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.transaction() as connection:
            await connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608
