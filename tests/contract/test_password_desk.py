"""What every desk for password changes promises: the fake and the paper counter's."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from callcenter.domain.accounts import AccountId
from callcenter.domain.errors import CounterUnavailable, Refused
from callcenter.domain.passwords import (
    OwnPassword,
    PasswordChange,
    PasswordOutcome,
    PasswordState,
)
from callcenter.domain.refusals import Refusal
from callcenter.domain.secret import Secret
from callcenter.gateways.paper import PaperCounter, seed_demo
from callcenter.gateways.paper.database import Database
from callcenter.gateways.paper.password_desk import PaperPasswordDesk
from callcenter.trading.passwords.ports import PasswordDesk
from tests import make
from tests.fakes.passwords import CHANGED, FakePasswordDesk
from tests.fakes.store import AlwaysNoon

OLD, NEW, OTHER = Secret("246810"), Secret("739218"), Secret("502718")
FUND = Secret("135790")
WRONG = PasswordOutcome(state=PasswordState.REFUSED, message=Refusal.WRONG_OLD_PASSWORD.value)


@pytest.fixture(params=["fake", "paper"])
def address(request: pytest.FixtureRequest) -> str | None:
    return None if request.param == "fake" else str(request.getfixturevalue("dsn"))


@pytest.fixture
async def desk(address: str | None) -> AsyncIterator[PasswordDesk]:
    if address is None:
        yield FakePasswordDesk()
        return
    await seed_demo(address, production=False, load_accounts=False)
    database = Database(address, connections=4)
    await database.start()
    opened = PaperPasswordDesk(database, AlwaysNoon())
    yield opened
    await opened.stop()
    await database.stop()


def numbered(number: int, which: OwnPassword = OwnPassword.TRADE) -> PasswordChange:
    return make.password_change(number=f"7000{number:04}", which=which)


async def is_right(desk: PasswordDesk, password: Secret, number: int = 9) -> bool:
    """Tell whether this is the trade password, by changing it."""
    return await desk.change(numbered(number), password, OTHER) == CHANGED


async def test_the_right_old_password_brings_the_new_one(desk: PasswordDesk) -> None:
    assert await desk.change(numbered(1), OLD, NEW) == CHANGED

    assert await is_right(desk, NEW)


async def test_a_wrong_old_password_changes_nothing(desk: PasswordDesk) -> None:
    assert await desk.change(numbered(1), NEW, OTHER) == WRONG

    assert await is_right(desk, OLD)


async def test_each_password_is_changed_by_itself(desk: PasswordDesk) -> None:
    assert await desk.change(numbered(1, OwnPassword.FUND), FUND, NEW) == CHANGED

    assert await is_right(desk, OLD)


async def test_the_same_change_again_gets_its_first_answer(desk: PasswordDesk) -> None:
    await desk.change(numbered(1), OLD, NEW)

    again = await desk.change(numbered(1), OLD, OTHER)

    assert again == CHANGED
    assert await is_right(desk, NEW)


async def test_of_two_changes_at_once_one_finds_the_old_password_gone(desk: PasswordDesk) -> None:
    answers = await asyncio.gather(
        desk.change(numbered(1), OLD, NEW), desk.change(numbered(2), OLD, OTHER)
    )

    assert sorted(answer.state for answer in answers) == [
        PasswordState.CHANGED,
        PasswordState.REFUSED,
    ]


async def test_what_was_asked_is_found_and_what_was_not_is_not(desk: PasswordDesk) -> None:
    await desk.change(numbered(1), OLD, NEW)
    await desk.change(numbered(2), OLD, NEW)

    assert await desk.find(numbered(1).request_id) == CHANGED
    assert await desk.find(numbered(2).request_id) == WRONG
    assert await desk.find(numbered(3).request_id) is None


async def test_what_was_withdrawn_never_happens(desk: PasswordDesk) -> None:
    assert await desk.withdraw(numbered(1).request_id) is None
    assert await desk.withdraw(numbered(1).request_id) is None

    late = await desk.change(numbered(1), OLD, NEW)

    assert late.state is PasswordState.WITHDRAWN
    assert await desk.find(numbered(1).request_id) is None
    assert await is_right(desk, OLD)


async def test_what_has_happened_cannot_be_withdrawn(desk: PasswordDesk) -> None:
    await desk.change(numbered(1), OLD, NEW)

    assert await desk.withdraw(numbered(1).request_id) == CHANGED


async def test_five_wrong_tries_lock_even_the_right_one(desk: PasswordDesk) -> None:
    for number in range(5):
        assert await desk.change(numbered(number), NEW, OTHER) == WRONG

    locked = await desk.change(numbered(5), OLD, NEW)
    other = await desk.change(numbered(6, OwnPassword.FUND), FUND, NEW)

    assert locked.message == Refusal.ACCOUNT_LOCKED
    assert other == CHANGED


async def test_after_a_change_one_logs_in_with_the_new_password_only(dsn: str) -> None:
    await seed_demo(dsn, production=False, load_accounts=False)
    counter = PaperCounter(dsn, AlwaysNoon())
    await counter.start()
    desk = PaperPasswordDesk(counter.database, AlwaysNoon())

    await desk.change(numbered(1), OLD, NEW)

    account = AccountId("10000001")
    assert (await counter.login(account, NEW, make.station())).account == account
    with pytest.raises(Refused):
        await counter.login(account, OLD, make.station())
    await desk.stop()
    await counter.stop()


async def test_a_counter_that_is_away_says_so() -> None:
    database = Database("postgresql://nobody@127.0.0.1:1/nothing", connections=1)
    await database.start()
    desk = PaperPasswordDesk(database, AlwaysNoon())

    with pytest.raises(CounterUnavailable):
        await desk.change(numbered(1), OLD, NEW)
    with pytest.raises(CounterUnavailable):
        await desk.find(numbered(1).request_id)

    await desk.stop()
    await database.stop()
