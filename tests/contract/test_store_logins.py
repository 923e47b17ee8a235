"""What every log of logins promises, in memory and in PostgreSQL."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from callcenter.customers.ports import Failures, LoginLog
from callcenter.domain.audit import Action
from callcenter.domain.calls import CallerNumber
from callcenter.storage.database import Database
from callcenter.storage.logins import PostgresLoginLog
from callcenter.storage.tables import audit_trail
from tests import make
from tests.fakes.store import FakeLoginLog

ACCOUNT = "10000001"
HOME = CallerNumber("+8613800138000")
ELSEWHERE = CallerNumber("+862161208888")
LONG_AGO = make.NOON - timedelta(days=1)


@pytest.fixture(params=["fake", "postgres"])
def book(request: pytest.FixtureRequest) -> LoginLog:
    if request.param == "fake":
        return FakeLoginLog()
    return PostgresLoginLog(request.getfixturevalue("database"))


async def attempt(
    book: LoginLog,
    succeeded: bool,
    *,
    login: str = ACCOUNT,
    caller: CallerNumber = HOME,
    at: datetime = make.NOON,
) -> None:
    outcome = "accepted" if succeeded else "refused:1001"
    entry = make.entry(
        at=at, station=make.station(caller=caller), action=Action.LOGIN, outcome=outcome
    )
    await book.write(login, succeeded, entry)


async def test_nobody_has_failed_yet(book: LoginLog) -> None:
    assert await book.failures(ACCOUNT, HOME, LONG_AGO) == Failures(by_account=0, by_caller=0)


async def test_failures_count_for_the_account_and_for_the_number(book: LoginLog) -> None:
    await attempt(book, False)
    await attempt(book, False, caller=ELSEWHERE)
    await attempt(book, False, login="10000002")

    assert await book.failures(ACCOUNT, HOME, LONG_AGO) == Failures(by_account=2, by_caller=2)


async def test_a_success_forgives_the_account_and_not_the_number(book: LoginLog) -> None:
    await attempt(book, False)
    await attempt(book, False)
    await attempt(book, True)
    await attempt(book, False)

    assert await book.failures(ACCOUNT, HOME, LONG_AGO) == Failures(by_account=1, by_caller=3)


async def test_the_success_of_another_account_forgives_nothing(book: LoginLog) -> None:
    await attempt(book, False)
    await attempt(book, True, login="10000002")

    assert await book.failures(ACCOUNT, HOME, LONG_AGO) == Failures(by_account=1, by_caller=1)


async def test_what_was_before_is_forgotten(book: LoginLog) -> None:
    await attempt(book, False, at=make.NOON - timedelta(hours=2))
    await attempt(book, False, at=make.NOON - timedelta(hours=1))

    since = make.NOON - timedelta(hours=1)

    assert await book.failures(ACCOUNT, HOME, since) == Failures(by_account=1, by_caller=1)


async def test_every_attempt_is_in_the_audit_trail() -> None:
    book = FakeLoginLog()

    await attempt(book, False)
    await attempt(book, True)

    assert [entry.outcome for entry in book.trail] == ["refused:1001", "accepted"]


async def test_every_attempt_is_in_the_audit_trail_of_postgres(database: Database) -> None:
    book = PostgresLoginLog(database)

    await attempt(book, False)
    await attempt(book, True)

    async with database.at_once() as connection:
        outcomes = await connection.scalars(
            select(audit_trail.c.outcome).order_by(audit_trail.c.id)
        )
        assert list(outcomes) == ["refused:1001", "accepted"]


async def test_an_attempt_that_a_lock_turned_away_does_not_count(book: LoginLog) -> None:
    await attempt(book, False)
    await book.write_unheard(make.entry(action=Action.LOGIN, outcome="refused:1002"))

    assert await book.failures(ACCOUNT, HOME, LONG_AGO) == Failures(by_account=1, by_caller=1)
