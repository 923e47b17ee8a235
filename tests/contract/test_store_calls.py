"""What every log of calls promises, in memory and in PostgreSQL."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from callcenter.domain.accounts import AccountId
from callcenter.domain.calls import CallEnd, CallId, Language, Place, Turn
from callcenter.storage.calls import PostgresCallBook
from callcenter.storage.database import Database
from callcenter.storage.tables import calls, turns
from tests import make
from tests.fakes.store import FakeCallBook

CALL = make.call()
PLACE = Place(
    language=Language.EN,
    account=AccountId("10000001"),
    dialogue="buy",
    draft={"number": "60000001", "price": "10.050", "name": "浦发银行"},
)


class Store:
    """A log of calls, and a look behind it."""

    def __init__(self, book: PostgresCallBook | FakeCallBook, database: Database | None) -> None:
        self.book = book
        self._database = database

    async def words(self, call: CallId) -> list[str]:
        if self._database is None:
            assert isinstance(self.book, FakeCallBook)
            return [turn.words for turn in self.book.turns.get(call, [])]
        wanted = select(turns.c.words).where(turns.c.call_id == call).order_by(turns.c.id)
        async with self._database.at_once() as connection:
            return list(await connection.scalars(wanted))

    async def end(self, call: CallId) -> str | None:
        if self._database is None:
            assert isinstance(self.book, FakeCallBook)
            return self.book.ends[call][0] if call in self.book.ends else None
        async with self._database.at_once() as connection:
            return await connection.scalar(select(calls.c.ended_how).where(calls.c.id == call))


@pytest.fixture(params=["fake", "postgres"])
def store(request: pytest.FixtureRequest) -> Store:
    if request.param == "fake":
        return Store(FakeCallBook(), None)
    database = request.getfixturevalue("database")
    return Store(PostgresCallBook(database), database)


def turn(words: str) -> Turn:
    return Turn(at=make.NOON, prompts=("main-menu",), words=words, keys="1", outcome="chosen")


async def test_a_new_call_has_no_place(store: Store) -> None:
    assert await store.book.open(CALL) is None


async def test_a_call_that_comes_back_before_its_first_step_starts_at_the_greeting(
    store: Store,
) -> None:
    await store.book.open(CALL)

    assert await store.book.open(CALL) == Place()


async def test_a_call_that_comes_back_is_where_it_was(store: Store) -> None:
    await store.book.open(CALL)
    await store.book.keep_place(CALL.id, Place(dialogue="menu"))
    await store.book.keep_place(CALL.id, PLACE)

    assert await store.book.open(CALL) == PLACE


async def test_the_place_of_one_call_is_not_that_of_another(store: Store) -> None:
    await store.book.open(CALL)
    await store.book.keep_place(CALL.id, PLACE)

    assert await store.book.open(make.call(id="pbx-1.2")) is None


async def test_closing_a_call_writes_its_last_turn_first(store: Store) -> None:
    await store.book.open(CALL)
    store.book.write_turn(CALL.id, turn("欢迎致电"))
    store.book.write_turn(CALL.id, turn("再见"))

    await store.book.close(CALL.id, CallEnd.GOODBYE, make.NOON)

    assert await store.words(CALL.id) == ["欢迎致电", "再见"]
    assert await store.end(CALL.id) == CallEnd.GOODBYE


async def test_the_first_end_of_a_call_stands(store: Store) -> None:
    await store.book.open(CALL)

    await store.book.close(CALL.id, CallEnd.HUNG_UP, make.NOON)
    await store.book.close(CALL.id, CallEnd.LOST, make.NOON + timedelta(seconds=1))

    assert await store.end(CALL.id) == CallEnd.HUNG_UP


async def test_a_call_that_goes_on_has_no_end(store: Store) -> None:
    await store.book.open(CALL)

    assert await store.end(CALL.id) is None


async def test_the_open_calls_of_one_pbx_come_oldest_first(store: Store) -> None:
    at = [make.NOON - timedelta(minutes=minutes) for minutes in (3, 2, 1, 0)]
    await store.book.open(make.call(id="pbx-1", answered_at=at[1]))
    await store.book.open(make.call(id="pbx-2", answered_at=at[0]))
    await store.book.open(make.call(id="pbx-closed", answered_at=at[0]))
    await store.book.open(make.call(id="pbx-young", answered_at=at[3]))
    await store.book.open(make.call(id="pbx2-1", answered_at=at[0]))
    await store.book.close(CallId("pbx-closed"), CallEnd.HUNG_UP, make.NOON)

    assert await store.book.open_calls("pbx-", at[2]) == ["pbx-2", "pbx-1"]
