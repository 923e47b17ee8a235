"""What every book of applications promises, in memory and in PostgreSQL."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from callcenter.domain.accounts import AccountId
from callcenter.domain.applications import (
    NOT_COUNTED,
    OPEN,
    Application,
    ApplicationKind,
    ApplicationOutcome,
    ApplicationState,
    may_become,
)
from callcenter.domain.errors import Refused
from callcenter.domain.refusals import Refusal
from callcenter.domain.requests import RequestNumber
from callcenter.domain.securities import Market, SecurityCode
from callcenter.storage.applications import PostgresApplicationBook
from callcenter.storage.database import Database
from callcenter.trading.applications.ports import ApplicationBook
from tests import make
from tests.fakes.requests import FakeApplicationBook
from tests.fakes.store import AlwaysNoon

S = ApplicationState
K = ApplicationKind
OWNER = AccountId("10000001")
ALLOTTED = ApplicationOutcome(
    state=S.ALLOTTED, shares=Decimal(500), amount=Decimal("5025.00"), price=Decimal("10.05")
)


@pytest.fixture(params=["fake", "postgres"])
def book(request: pytest.FixtureRequest) -> ApplicationBook:
    if request.param == "fake":
        return FakeApplicationBook()
    return PostgresApplicationBook(request.getfixturevalue("database"), AlwaysNoon())


async def add(book: ApplicationBook, *wanted: Application) -> None:
    async with book.transaction() as tx:
        for application in wanted:
            assert await tx.add(application)


def numbered(number: int, state: S = S.PENDING, **changes: Any) -> Application:
    """Return an application with a number and an id of its own."""
    named = RequestNumber(f"7000{number:04}")
    return make.application(state, number=named, request_id=f"20261120{named}", **changes)


def fund(number: int, kind: K = K.FUND_SUBSCRIBE, **changes: Any) -> Application:
    code, quantity = SecurityCode("110011"), Decimal("1000.00")
    return numbered(number, kind=kind, market=None, code=code, quantity=quantity, **changes)


@pytest.mark.parametrize(
    "application",
    [
        pytest.param(numbered(1), id="ipo"),
        pytest.param(numbered(1, kind=K.RIGHTS, market=Market.SZ), id="rights"),
        pytest.param(fund(1), id="subscribe"),
        pytest.param(replace(fund(1, K.FUND_REDEEM), outcome=ALLOTTED), id="redeem"),
    ],
)
async def test_an_application_is_found_as_it_was_added(
    book: ApplicationBook, application: Application
) -> None:
    await add(book, application)

    found = await book.find(application.number)
    assert found == application
    assert str(found.draft.quantity) == str(application.draft.quantity)


@pytest.mark.parametrize("state", sorted(set(S) - NOT_COUNTED))
async def test_a_second_one_for_an_issue_is_refused_while_the_first_counts(
    book: ApplicationBook, state: S
) -> None:
    await add(book, numbered(1, state))

    with pytest.raises(Refused) as refused:
        await add(book, numbered(2))

    assert refused.value.reason is Refusal.DUPLICATE_SUBSCRIPTION
    await add(book, numbered(3, account=AccountId("10000002")))
    await add(book, numbered(4, code=SecurityCode("730002")))
    await add(book, numbered(5, market=Market.SZ))


@pytest.mark.parametrize("state", sorted(NOT_COUNTED))
async def test_one_that_does_not_count_leaves_room_for_another(
    book: ApplicationBook, state: S
) -> None:
    await add(book, numbered(1, state))

    await add(book, numbered(2))


async def test_funds_and_rights_may_be_applied_for_again(book: ApplicationBook) -> None:
    await add(book, fund(1), fund(2), fund(3, K.FUND_REDEEM), fund(4, K.FUND_REDEEM))
    await add(book, numbered(5, kind=K.RIGHTS), numbered(6, kind=K.RIGHTS))


async def test_of_eight_for_one_issue_at_once_one_is_added(book: ApplicationBook) -> None:
    added = await asyncio.gather(
        *(add(book, numbered(number)) for number in range(8)), return_exceptions=True
    )

    assert sum(isinstance(each, Refused) for each in added) == 7


async def test_what_the_registrar_says_is_kept(book: ApplicationBook) -> None:
    await add(book, numbered(1, S.ACCEPTED))
    paid = replace(ALLOTTED, state=S.PAID)

    async with book.transaction() as tx:
        assert await tx.move(numbered(1).number, ALLOTTED)
        assert await tx.move(numbered(1).number, paid)
        assert not await tx.move(numbered(1).number, ALLOTTED)

    found = await book.find(numbered(1).number)
    assert found is not None
    assert found.outcome == paid


@pytest.mark.parametrize("now", S)
async def test_an_application_moves_where_the_table_says(book: ApplicationBook, now: S) -> None:
    for number, to in enumerate(S):
        await add(book, replace(fund(number), outcome=ApplicationOutcome(state=now)))
        async with book.transaction() as tx:
            applied = await tx.move(fund(number).number, ApplicationOutcome(state=to))
        assert applied is may_become(now, to)


async def test_what_waits_for_a_word_comes_oldest_first(book: ApplicationBook) -> None:
    wanted = [
        replace(
            fund(i),
            outcome=ApplicationOutcome(state=state),
            created_at=make.NOON - timedelta(minutes=i),
        )
        for i, state in enumerate(S)
    ]
    await add(book, *wanted)

    found = await book.unsettled()

    assert [one.state for one in found] == [state for state in reversed(S) if state in OPEN]


async def test_the_applications_of_an_account_come_newest_first(book: ApplicationBook) -> None:
    today, yesterday = make.NOON.date(), make.NOON.date() - timedelta(days=1)
    late = fund(2, created_at=make.NOON + timedelta(minutes=1))
    old = fund(4, trade_date=yesterday, created_at=make.NOON - timedelta(days=1))
    await add(book, late, fund(1), old, fund(5, account=AccountId("10000002")))

    assert await book.of_account(OWNER, today) == [late, fund(1)]
    assert await book.of_account(OWNER, yesterday) == [late, fund(1), old]


async def test_the_newest_are_read_back(database: Database) -> None:
    book = PostgresApplicationBook(database, AlwaysNoon())
    other = fund(2, account=AccountId("10000002"))
    await add(book, fund(1), other)

    assert await book.newest() == [other, fund(1)]
    assert await book.newest(last=1) == [other]
    assert await book.newest(account=OWNER) == [fund(1)]
    assert await book.newest(state=S.MANUAL) == []
    assert await book.newest(state=S.PENDING) == [other, fund(1)]
