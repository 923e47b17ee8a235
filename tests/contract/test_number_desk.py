"""What every desk for bound numbers promises: the fake and the paper counter's."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from callcenter.customers.ports import NumberDesk, PasswordCheck
from callcenter.domain.accounts import AccountId
from callcenter.domain.calls import CallerNumber
from callcenter.domain.errors import Refused
from callcenter.gateways.paper import PaperCounter, seed_demo
from callcenter.gateways.paper.numbers import PaperNumberDesk
from tests.fakes.gateway import FakeCounter
from tests.fakes.store import AlwaysNoon

FREE, BOUND = AccountId("10000001"), AccountId("10000004")
MOBILE, LANDLINE = CallerNumber("+8613800138000"), CallerNumber("+862161208888")


@dataclass(frozen=True, slots=True)
class Counter:
    desk: NumberDesk
    customers: PasswordCheck

    async def numbers(self, account: AccountId) -> set[str]:
        return set((await self.customers.customer(account)).bound_numbers)


@pytest.fixture(params=["fake", "paper"])
def address(request: pytest.FixtureRequest) -> str | None:
    return None if request.param == "fake" else str(request.getfixturevalue("dsn"))


@pytest.fixture
async def counter(address: str | None) -> AsyncIterator[Counter]:
    if address is None:
        fake = FakeCounter()
        yield Counter(fake, fake)
        return
    await seed_demo(address, production=False, load_accounts=False)
    paper = PaperCounter(address, AlwaysNoon())
    await paper.start()
    yield Counter(PaperNumberDesk(paper.database), paper)
    await paper.stop()


async def test_a_number_that_was_bound_is_the_customers(counter: Counter) -> None:
    await counter.desk.bind(FREE, MOBILE)
    await counter.desk.bind(FREE, LANDLINE)

    assert await counter.numbers(FREE) == {MOBILE, LANDLINE}
    assert await counter.numbers(BOUND) == {MOBILE}


async def test_binding_again_changes_nothing(counter: Counter) -> None:
    await counter.desk.bind(BOUND, MOBILE)
    await counter.desk.unbind(BOUND, MOBILE)

    assert await counter.numbers(BOUND) == set()


async def test_taking_back_what_is_not_bound_changes_nothing(counter: Counter) -> None:
    await counter.desk.unbind(BOUND, LANDLINE)

    assert await counter.numbers(BOUND) == {MOBILE}


async def test_a_number_that_the_paper_counter_has_no_room_for_is_refused(dsn: str) -> None:
    await seed_demo(dsn, production=False, load_accounts=False)
    paper = PaperCounter(dsn, AlwaysNoon())
    await paper.start()

    with pytest.raises(Refused):
        await PaperNumberDesk(paper.database).bind(FREE, CallerNumber("+442071838750123"))

    assert (await paper.customer(FREE)).bound_numbers == frozenset()
    await paper.stop()
