"""What every record of tickets promises, in memory and in PostgreSQL."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from callcenter.domain.audit import Action
from callcenter.domain.tickets import (
    CallBack,
    Daypart,
    TicketEvent,
    TicketNumber,
    TicketState,
)
from callcenter.storage.database import Database
from callcenter.storage.tables import audit_trail
from callcenter.storage.tickets import PostgresTicketBook
from callcenter.tickets.ports import TicketBook
from tests import make
from tests.fakes.tickets import FakeTicketBook

NUMBER = TicketNumber("80000001")
LATER = make.NOON + timedelta(hours=1)
MORNING = CallBack(number="62345678", when=Daypart.MORNING)


class Store:
    """A record of tickets, and a look behind it."""

    def __init__(self, book: TicketBook, database: Database | None) -> None:
        self.book = book
        self._database = database

    async def audited(self) -> list[str]:
        if self._database is None:
            assert isinstance(self.book, FakeTicketBook)
            return [entry.action for entry in self.book.trail]
        async with self._database.at_once() as connection:
            wanted = select(audit_trail.c.action).order_by(audit_trail.c.id)
            return list(await connection.scalars(wanted))


@pytest.fixture(params=["fake", "postgres"])
def store(request: pytest.FixtureRequest) -> Store:
    if request.param == "fake":
        return Store(FakeTicketBook(), None)
    database = request.getfixturevalue("database")
    return Store(PostgresTicketBook(database), database)


ENTRY = make.entry(action=Action.TICKET)


def event(state: TicketState = TicketState.OPEN, *, by: str = "caller") -> TicketEvent:
    return TicketEvent(at=LATER, state=state, by=by, note="told")


async def add(store: Store, number: TicketNumber = NUMBER) -> bool:
    return await store.book.add(make.ticket(number=number), event(), ENTRY)


async def test_numbers_have_eight_digits_and_come_once(store: Store) -> None:
    first, second = await store.book.next_number(), await store.book.next_number()

    assert (len(first), first[0]) == (8, "8")
    assert first != second


async def test_a_ticket_is_found_as_it_was_written_down(store: Store) -> None:
    assert await add(store)

    assert await store.book.find(NUMBER) == make.ticket(number=NUMBER)
    assert await store.book.history(NUMBER) == [event()]


async def test_a_ticket_is_written_down_once(store: Store) -> None:
    await add(store)

    assert not await add(store)
    assert len(await store.book.history(NUMBER)) == 1
    assert await store.audited() == [Action.TICKET]


async def test_what_nobody_wrote_down_is_not_found(store: Store) -> None:
    assert await store.book.find(NUMBER) is None
    assert await store.book.history(NUMBER) == []


async def test_a_wish_to_be_called_back_is_kept(store: Store) -> None:
    await add(store)

    assert await store.book.wish(NUMBER, MORNING, event(), ENTRY)

    found = await store.book.find(NUMBER)
    assert found is not None
    assert (found.call_back, found.updated_at) == (MORNING, LATER)


async def test_a_ticket_goes_from_open_to_called_back_to_closed(store: Store) -> None:
    await add(store)

    for state in (TicketState.CALLED_BACK, TicketState.CALLED_BACK, TicketState.CLOSED):
        assert await store.book.move(NUMBER, state, event(state, by="li"), ENTRY)

    told = [(one.state, one.by) for one in await store.book.history(NUMBER)]
    assert told == [
        ("open", "caller"),
        ("called-back", "li"),
        ("called-back", "li"),
        ("closed", "li"),
    ]
    assert len(await store.audited()) == 4


async def test_what_is_closed_stays_so_and_leaves_no_trace_of_the_try(store: Store) -> None:
    await add(store)
    await store.book.move(NUMBER, TicketState.CLOSED, event(TicketState.CLOSED), ENTRY)

    assert not await store.book.move(NUMBER, TicketState.CLOSED, event(), ENTRY)
    assert not await store.book.move(NUMBER, TicketState.CALLED_BACK, event(), ENTRY)
    assert not await store.book.wish(NUMBER, MORNING, event(), ENTRY)
    assert len(await store.book.history(NUMBER)) == 2
    assert len(await store.audited()) == 2


async def test_nothing_can_be_done_to_a_ticket_that_nobody_knows(store: Store) -> None:
    assert not await store.book.wish(NUMBER, MORNING, event(), ENTRY)
    assert not await store.book.move(NUMBER, TicketState.CLOSED, event(), ENTRY)
    assert await store.audited() == []


async def test_the_newest_come_first_and_may_be_only_the_open_ones(store: Store) -> None:
    numbers = [TicketNumber(f"8000000{digit}") for digit in (1, 2, 3)]
    for number in numbers:
        await add(store, number)
    await store.book.move(numbers[1], TicketState.CLOSED, event(TicketState.CLOSED), ENTRY)

    newest = await store.book.newest()
    still_open = await store.book.newest(last=1, state=TicketState.OPEN)

    assert [one.number for one in newest] == numbers[::-1]
    assert [one.number for one in still_open] == [numbers[2]]
