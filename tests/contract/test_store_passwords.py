"""What every book of password changes promises, in memory and in PostgreSQL."""

import pytest
from sqlalchemy import select

from callcenter.domain.accounts import AccountId
from callcenter.domain.audit import Action
from callcenter.domain.errors import Refused
from callcenter.domain.events import PasswordMoved
from callcenter.domain.passwords import OwnPassword, PasswordOutcome, PasswordState, may_become
from callcenter.domain.refusals import Refusal
from callcenter.storage.audit import PostgresAuditLog
from callcenter.storage.database import Database
from callcenter.storage.passwords import PostgresPasswordBook
from callcenter.storage.tables import audit_trail, outbox
from callcenter.trading.passwords.ports import PasswordBook
from tests import make
from tests.fakes.requests import FakePasswordBook
from tests.fakes.store import AlwaysNoon

S = PasswordState
CHANGE = make.password_change()


@pytest.fixture(params=["fake", "postgres"])
def book(request: pytest.FixtureRequest) -> PasswordBook:
    if request.param == "fake":
        return FakePasswordBook()
    return PostgresPasswordBook(request.getfixturevalue("database"), AlwaysNoon())


async def test_a_change_is_read_as_it_was_written(book: PasswordBook) -> None:
    async with book.transaction() as tx:
        assert await tx.add(CHANGE)
        assert not await tx.add(CHANGE)

    assert await book.find(CHANGE.number) == CHANGE
    assert await book.unsettled() == [CHANGE]


@pytest.mark.parametrize("now", list(S))
@pytest.mark.parametrize("then", list(S))
async def test_a_change_moves_by_the_table(book: PasswordBook, now: S, then: S) -> None:
    async with book.transaction() as tx:
        await tx.add(make.password_change(now))
        applied = await tx.move(CHANGE.number, PasswordOutcome(state=then, message=9001))

    found = await book.find(CHANGE.number)
    assert found is not None
    assert applied is may_become(now, then)
    assert found.state is (then if applied else now)


@pytest.mark.parametrize("state", [S.PENDING, S.UNKNOWN])
async def test_an_open_change_excludes_another_of_the_account(book: PasswordBook, state: S) -> None:
    other = make.password_change(number="70000002", which=OwnPassword.FUND)
    async with book.transaction() as tx:
        await tx.add(make.password_change(state))

    with pytest.raises(Refused) as refused:
        async with book.transaction() as tx:
            await tx.add(other)

    assert refused.value.reason is Refusal.BUSY


@pytest.mark.parametrize("state", [S.CHANGED, S.REFUSED, S.WITHDRAWN])
async def test_a_change_that_is_over_excludes_none(book: PasswordBook, state: S) -> None:
    async with book.transaction() as tx:
        await tx.add(make.password_change(state))
        assert await tx.add(make.password_change(number="70000002"))

    assert [one.number for one in await book.unsettled()] == ["70000002"]


async def test_a_change_is_told_to_whoever_notifies(database: Database) -> None:
    book = PostgresPasswordBook(database, AlwaysNoon())
    moved = PasswordMoved(
        number=CHANGE.number,
        account=AccountId("10000001"),
        which=OwnPassword.TRADE,
        state=S.CHANGED,
    )
    async with book.transaction() as tx:
        await tx.publish(moved)

    async with database.at_once() as connection:
        [row] = await connection.execute(select(outbox.c.kind, outbox.c.payload))
    assert (row.kind, row.payload["state"]) == ("PasswordMoved", "changed")


async def test_what_is_kept_elsewhere_is_in_the_audit_trail(database: Database) -> None:
    entry = make.entry(action=Action.CALLER_BINDING, outcome="bound")

    await PostgresAuditLog(database).write(entry)

    async with database.at_once() as connection:
        assert list(await connection.scalars(select(audit_trail.c.outcome))) == ["bound"]
