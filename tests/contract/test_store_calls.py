"""What every log of calls promises, in memory and in PostgreSQL."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from callcenter.domain.accounts import AccountId
from callcenter.domain.calls import CallEnd, CallId, Language, LeftOff, Place, Turn
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


async def test_a_call_has_its_menu_from_the_first_moment(store: Store) -> None:
    await store.book.open(CALL, 7)

    assert await store.book.open(CALL, 8) == Place(menu=7)

    await store.book.keep_place(CALL.id, replace(PLACE, menu=7))

    assert await store.book.open(CALL, 8) == replace(PLACE, menu=7)


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


async def test_a_call_is_known_with_the_place_where_it_was_seen_last(store: Store) -> None:
    call = make.call(recording="/rec/pbx-1.1.wav")
    await store.book.open(call)
    await store.book.keep_place(call.id, PLACE)

    assert await store.book.last_seen(call.id) == (call, PLACE)
    assert await store.book.last_seen(CallId("pbx-9.9")) is None


# What a dropped call was in the middle of

LATER = make.call(id="pbx-1.2", answered_at=make.NOON + timedelta(minutes=1))
OWNER = AccountId("10000001")
AGO = make.NOON - timedelta(minutes=10)


async def dropped(store: Store, how: CallEnd = CallEnd.HUNG_UP, **changes: object) -> None:
    """Have a call end in the middle of something at noon."""
    call = make.call(**changes)
    await store.book.open(call)
    await store.book.keep_place(call.id, PLACE)
    await store.book.close(call.id, how, make.NOON)


@pytest.mark.parametrize("how", [CallEnd.HUNG_UP, CallEnd.LOST, CallEnd.FAILED])
async def test_a_call_that_is_dropped_leaves_what_it_was_in_the_middle_of(
    store: Store, how: CallEnd
) -> None:
    await dropped(store, how)
    await store.book.open(LATER)

    assert await store.book.left_off(LATER, OWNER, AGO) == LeftOff(call=CALL.id, place=PLACE)


@pytest.mark.parametrize("how", [CallEnd.GOODBYE, CallEnd.LOCKED_OUT])
async def test_a_call_that_ended_in_good_order_leaves_nothing(store: Store, how: CallEnd) -> None:
    await dropped(store, how)

    assert await store.book.left_off(LATER, OWNER, AGO) is None


async def test_nothing_is_left_that_is_too_old(store: Store) -> None:
    await dropped(store)

    since = make.NOON + timedelta(microseconds=1)
    assert await store.book.left_off(LATER, OWNER, since) is None
    assert await store.book.left_off(LATER, OWNER, make.NOON) is not None


async def test_what_one_number_left_is_not_offered_to_another(store: Store) -> None:
    await dropped(store)

    stranger = make.call(id="pbx-1.2", caller="+8613900000000", answered_at=LATER.answered_at)
    assert await store.book.left_off(stranger, OWNER, AGO) is None


async def test_what_one_account_left_is_not_offered_to_another(store: Store) -> None:
    await dropped(store)

    assert await store.book.left_off(LATER, AccountId("10000002"), AGO) is None


async def test_only_the_last_call_counts(store: Store) -> None:
    await dropped(store)
    await store.book.open(LATER)
    await store.book.keep_place(LATER.id, Place(account=OWNER))
    newest = make.call(id="pbx-1.3", answered_at=make.NOON + timedelta(minutes=2))

    assert await store.book.left_off(newest, OWNER, AGO) is None  # it goes on
    await store.book.close(LATER.id, CallEnd.HUNG_UP, make.NOON + timedelta(minutes=2))
    assert await store.book.left_off(newest, OWNER, AGO) is None  # it left nothing


async def test_a_call_that_was_told_nothing_leaves_nothing(store: Store) -> None:
    await store.book.open(CALL)
    await store.book.close(CALL.id, CallEnd.HUNG_UP, make.NOON)

    assert await store.book.left_off(LATER, OWNER, AGO) is None
    assert not await store.book.take_over(CALL.id)


async def test_what_was_left_is_taken_over_once(store: Store) -> None:
    await dropped(store)

    assert await store.book.take_over(CALL.id)
    assert not await store.book.take_over(CALL.id)
    assert await store.book.left_off(LATER, OWNER, AGO) is None


async def test_of_many_who_take_over_at_once_one_does(store: Store) -> None:
    await dropped(store)

    taken = await asyncio.gather(*(store.book.take_over(CALL.id) for _ in range(5)))

    assert sorted(taken) == [False] * 4 + [True]
