"""What every desk for applications promises: the fake and the paper counter's."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from decimal import Decimal
from enum import Enum, auto
from typing import Any

import pytest

from callcenter.domain.accounts import AccountId
from callcenter.domain.applications import (
    Application,
    ApplicationKind,
    ApplicationOutcome,
    ApplicationState,
)
from callcenter.domain.errors import CounterUnavailable, OutcomeUnknown, Refused
from callcenter.domain.refusals import Refusal
from callcenter.domain.requests import RequestId, RequestNumber
from callcenter.domain.securities import Market, SecurityCode
from callcenter.gateways.paper import Faults, seed_demo
from callcenter.gateways.paper.applications import PaperApplications
from callcenter.trading.applications.ports import ApplicationDesk
from tests import make
from tests.fakes.desk import ACCEPTED, FUND, ISSUE, FakeDesk
from tests.fakes.store import AlwaysNoon

S = ApplicationState
K = ApplicationKind
OWNER = AccountId("10000001")
TODAY = make.NOON.date()
NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"


class Trouble(Enum):
    NONE = auto()
    UNREACHABLE = auto()
    LOSES_ANSWERS = auto()
    LOSES_REQUESTS = auto()
    REJECTS = auto()


Opens = Callable[[Trouble], AbstractAsyncContextManager[ApplicationDesk]]
REJECTED = ApplicationOutcome(state=S.REJECTED, message=Refusal.EXCHANGE_REFUSED.value)


@asynccontextmanager
async def fake(trouble: Trouble) -> AsyncIterator[ApplicationDesk]:
    yield FakeDesk(
        fails_with=CounterUnavailable() if trouble is Trouble.UNREACHABLE else None,
        loses_answers=trouble is Trouble.LOSES_ANSWERS,
        loses_requests=trouble is Trouble.LOSES_REQUESTS,
        answers=REJECTED if trouble is Trouble.REJECTS else ACCEPTED,
    )


@asynccontextmanager
async def paper(trouble: Trouble, dsn: str) -> AsyncIterator[ApplicationDesk]:
    await seed_demo(dsn, production=False, load_accounts=False)
    faults = {
        Trouble.LOSES_ANSWERS: Faults(after_s=3600.0),
        Trouble.LOSES_REQUESTS: Faults(silent=True),
        Trouble.REJECTS: Faults(rejects=Refusal.EXCHANGE_REFUSED),
    }
    desk = PaperApplications(
        NOWHERE if trouble is Trouble.UNREACHABLE else dsn,
        AlwaysNoon(),
        # Half a second is enough to book on a busy machine; then the answer is given up.
        answer_within_s=5.0 if trouble is Trouble.NONE else 0.5,
        faults=faults.get(trouble, Faults()),
    )
    await desk.start()
    try:
        yield desk
    finally:
        await desk.stop()


@pytest.fixture(params=["fake", "paper"])
def opens(request: pytest.FixtureRequest) -> Opens:
    if request.param == "fake":
        return fake
    dsn: str = request.getfixturevalue("dsn")
    return lambda trouble: paper(trouble, dsn)


@pytest.fixture
async def desk(opens: Opens) -> AsyncIterator[ApplicationDesk]:
    async with opens(Trouble.NONE) as opened:
        yield opened


def numbered(number: int = 1, **changes: Any) -> Application:
    """Return an application with a number and an id of its own."""
    named = RequestNumber(f"7000{number:04}")
    return make.application(number=named, request_id=RequestId(f"20261120{named}"), **changes)


def rights(number: int = 1) -> Application:
    key = {"market": Market.SZ, "code": SecurityCode("080001")}
    return numbered(number, kind=K.RIGHTS, quantity=Decimal(50), **key)


def subscribe(number: int = 1) -> Application:
    key = {"market": None, "code": FUND.code}
    return numbered(number, kind=K.FUND_SUBSCRIBE, quantity=Decimal("1000.00"), **key)


def redeem(number: int = 1) -> Application:
    key = {"market": None, "code": FUND.code}
    return numbered(number, kind=K.FUND_REDEEM, quantity=Decimal("800.00"), **key)


EACH = pytest.mark.parametrize(
    "application", [numbered(), rights(), subscribe(), redeem()], ids=["ipo", "rights", "in", "out"]
)


@EACH
async def test_what_is_in_order_is_accepted_and_found(
    desk: ApplicationDesk, application: Application
) -> None:
    assert await desk.apply(application) == ACCEPTED
    assert await desk.find(application.request_id) == ACCEPTED


@EACH
async def test_the_same_application_at_once_is_one(
    desk: ApplicationDesk, application: Application
) -> None:
    answers = await asyncio.gather(*(desk.apply(application) for _ in range(4)))

    assert answers == [ACCEPTED] * 4


async def test_what_never_came_is_not_found(desk: ApplicationDesk) -> None:
    assert await desk.find(numbered().request_id) is None


async def test_what_was_withdrawn_is_never_taken_later(desk: ApplicationDesk) -> None:
    assert await desk.withdraw(numbered().request_id) is None

    late = await desk.apply(numbered())

    assert late.state is S.REJECTED
    assert await desk.find(numbered().request_id) is None


async def test_what_was_taken_cannot_be_withdrawn(desk: ApplicationDesk) -> None:
    await desk.apply(numbered())

    assert await desk.withdraw(numbered().request_id) == ACCEPTED


async def test_a_wish_to_cancel_may_be_repeated(desk: ApplicationDesk) -> None:
    await desk.apply(subscribe())

    await desk.cancel(subscribe())
    await desk.cancel(subscribe())

    found = await desk.find(subscribe().request_id)
    assert found is not None
    assert found.state is S.CANCELLED


async def test_there_is_something_to_apply_for(desk: ApplicationDesk) -> None:
    issues = await desk.issues(TODAY)
    assert (ISSUE.market, ISSUE.code) in [(one.market, one.code) for one in issues]
    assert await desk.market_value(OWNER, Market.SH) > 0
    assert list(await desk.misses(OWNER)) == []
    assert [one.code for one in await desk.rights(OWNER, TODAY)] == ["080001"]
    assert [held.fund.code for held in await desk.holdings(OWNER)] == [FUND.code]
    assert await desk.fund(SecurityCode("999999")) is None


async def test_a_counter_may_refuse(opens: Opens) -> None:
    async with opens(Trouble.REJECTS) as desk:
        assert await desk.apply(numbered()) == REJECTED
        with pytest.raises(Refused):
            await desk.cancel(numbered())


async def test_a_lost_answer_is_unknown_and_can_be_found(opens: Opens) -> None:
    async with opens(Trouble.LOSES_ANSWERS) as desk:
        with pytest.raises(OutcomeUnknown):
            await desk.apply(numbered())

        assert await desk.find(numbered().request_id) == ACCEPTED


async def test_a_lost_application_is_unknown_and_can_be_withdrawn(opens: Opens) -> None:
    async with opens(Trouble.LOSES_REQUESTS) as desk:
        with pytest.raises(OutcomeUnknown):
            await desk.apply(numbered())

        assert await desk.find(numbered().request_id) is None
        assert await desk.withdraw(numbered().request_id) is None


async def test_a_counter_that_is_gone_is_unavailable(opens: Opens) -> None:
    async with opens(Trouble.UNREACHABLE) as desk:
        for question in (
            desk.issues(TODAY),
            desk.market_value(OWNER, Market.SH),
            desk.misses(OWNER),
            desk.rights(OWNER, TODAY),
            desk.fund(FUND.code),
            desk.holdings(OWNER),
            desk.apply(numbered()),
            desk.cancel(numbered()),
            desk.find(numbered().request_id),
            desk.withdraw(numbered().request_id),
            desk.ping(),
        ):
            with pytest.raises(CounterUnavailable):
                await question
