"""A task for a person is settled once, and it is kept who did it."""

import asyncio

import pytest

from callcenter.domain.audit import Action
from callcenter.domain.refusals import Refusal
from callcenter.domain.requests import RequestNumber
from callcenter.domain.transfers import TransferState
from callcenter.trading.requests.tasks import RequestTasks
from callcenter.trading.transfers.matter import TRANSFER
from tests import make
from tests.fakes.bank import DONE, rejected
from tests.fakes.clock import FakeClock
from tests.fakes.requests import FakeTransferBook

S = TransferState
NUMBER = make.transfer().number
REJECTED = rejected(Refusal.BANK_REFUSED)


async def book_with(state: TransferState) -> FakeTransferBook:
    book = FakeTransferBook()
    async with book.transaction() as tx:
        await tx.add(make.transfer(state))
    return book


async def test_a_person_resolves_a_task_once() -> None:
    book = await book_with(S.MANUAL)
    tasks = RequestTasks(TRANSFER, book, FakeClock())

    first = await tasks.resolve(NUMBER, DONE, by="王主管", why="bank's statement")
    second = await tasks.resolve(NUMBER, REJECTED, by="李", why="mistake")

    assert (first, second) == (True, False)
    assert book.kept[NUMBER].state is S.DONE
    [entry] = book.trail
    assert (entry.action, entry.outcome) == (Action.TRANSFER_RESOLVED, "done")
    assert (entry.details["by"], entry.details["why"]) == ("王主管", "bank's statement")
    assert [event.state for event in book.outbox] == [S.DONE]


async def test_of_two_people_at_once_one_resolves_it() -> None:
    book = await book_with(S.MANUAL)
    tasks = RequestTasks(TRANSFER, book, FakeClock())

    resolved = await asyncio.gather(
        tasks.resolve(NUMBER, DONE, by="x", why="y"),
        tasks.resolve(NUMBER, REJECTED, by="x", why="y"),
    )

    assert sorted(resolved) == [False, True]
    assert len(book.trail) == len(book.outbox) == 1


@pytest.mark.parametrize("state", sorted(set(S) - {S.MANUAL}))
async def test_nothing_but_tasks_is_resolved(state: TransferState) -> None:
    book = await book_with(state)
    tasks = RequestTasks(TRANSFER, book, FakeClock())

    assert not await tasks.resolve(NUMBER, DONE, by="x", why="y")
    assert not await tasks.resolve(RequestNumber("1"), DONE, by="x", why="y")
    assert book.trail == []
