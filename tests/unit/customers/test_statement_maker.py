"""Statements are made in the background, once, and delivered by an event."""

import pytest

from callcenter.customers.statements.maker import StatementMaker
from callcenter.customers.statements.ports import (
    AccountRecords,
    StatementPrinter,
)
from callcenter.domain.accounts import AccountId
from callcenter.domain.errors import CounterUnavailable
from callcenter.domain.events import StatementMade
from callcenter.domain.periods import Period
from callcenter.domain.statements import Contents, Records, StatementNumber, StatementState
from callcenter.domain.subscriptions import Channel
from tests import make
from tests.fakes.gateway import FakeCounter
from tests.fakes.statements import FakeStatementBook
from tests.fakes.store import AlwaysNoon


class NoRecords(AccountRecords):
    async def of_period(self, account: AccountId, period: Period) -> Records:
        return Records(orders=[], executed=[], transfers=[])


class Typist(StatementPrinter):
    """Prints the account, but fails on the one of `blot`."""

    def __init__(self, blot: str = "") -> None:
        self.printed: list[Contents] = []
        self._blot = blot

    def print_statement(self, contents: Contents) -> bytes:
        if contents.account == self._blot:
            raise ValueError("ink")
        self.printed.append(contents)
        return contents.account.encode()


def maker(
    book: FakeStatementBook, typist: Typist, counter: FakeCounter | None = None
) -> StatementMaker:
    parts = (NoRecords(), counter or FakeCounter(), typist, AlwaysNoon())
    return StatementMaker(book, *parts, every_s=60)


async def book_of(*accounts: str) -> FakeStatementBook:
    book = FakeStatementBook()
    for at, account in enumerate(accounts, start=1):
        await book.queue(make.statement(str(at), account=AccountId(account)), make.entry())
    return book


async def test_what_is_queued_is_made_with_money_and_holdings_of_now() -> None:
    book, typist = await book_of("10000001"), Typist()

    await maker(book, typist).once()

    [made] = book.kept.values()
    assert (made.state, made.made_at, made.size) == (StatementState.MADE, make.NOON, 8)
    [contents] = typist.printed
    assert contents.positions
    assert book.outbox == [
        StatementMade(
            number=StatementNumber("1"),
            account=AccountId("10000001"),
            channel=Channel.EMAIL,
            fax_number=None,
        )
    ]


async def test_it_is_made_once_however_often_one_looks() -> None:
    book, typist = await book_of("10000001"), Typist()

    await maker(book, typist).once()
    await maker(book, typist).once()

    assert len(typist.printed) == len(book.outbox) == 1


async def test_one_that_cannot_be_printed_is_in_nobodys_way_and_logged(
    capsys: pytest.CaptureFixture[str],
) -> None:
    book = await book_of("10000001", "10000002")

    await maker(book, Typist(blot="10000001")).once()

    states = [one.state for one in book.kept.values()]
    assert states == [StatementState.QUEUED, StatementState.MADE]
    assert "statement.failed" in capsys.readouterr().out


async def test_without_the_counter_or_the_store_it_is_tried_again() -> None:
    book, counter = await book_of("10000001"), FakeCounter()
    counter.fails_with = CounterUnavailable("away")
    trying = maker(book, Typist(), counter)

    await trying.once()
    counter.fails_with, book.gone = None, True
    await trying.once()
    book.gone = False
    await trying.once()

    assert [one.state for one in book.kept.values()] == [StatementState.MADE]
