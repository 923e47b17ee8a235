"""What became of applications for new shares, as it is read out."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from callcenter.domain.applications import ApplicationKind, ApplicationOutcome, ApplicationState
from callcenter.domain.errors import CounterUnavailable
from callcenter.domain.requests import RequestNumber
from callcenter.ivr.prompts import Prompt
from tests import make
from tests.fakes.desk import ISSUE
from tests.unit.ivr.hotline_of import LOGIN, Dialled, Hotline

RESULTS = ("2", *LOGIN, "6")
S = ApplicationState


async def told_of(*outcomes: ApplicationOutcome, days_ago: int = 0) -> Dialled:
    hotline = Hotline()
    for at, outcome in enumerate(outcomes, start=1):
        made = make.application(
            number=RequestNumber(f"7000000{at}"),
            code=f"73000{at}",
            outcome=outcome,
            created_at=make.NOON + timedelta(minutes=at),
            trade_date=make.NOON.date() - timedelta(days=days_ago),
        )
        hotline.applications.kept[made.number] = made
    return await hotline.dial(*RESULTS)


def outcome(state: ApplicationState) -> ApplicationOutcome:
    return ApplicationOutcome(state=state)


async def test_an_allotment_is_told_with_shares_and_money() -> None:
    won = ApplicationOutcome(state=S.ALLOTTED, shares=Decimal(500), amount=Decimal("5025.00"))

    call = await told_of(won)

    day = make.NOON.date()
    assert call.heard(Prompt.IPO_APPLICATION, day=day, code="730001", quantity=500)
    assert call.heard(Prompt.IPO_ALLOTTED, shares=500, amount=Decimal("5025.00"))


async def test_what_must_be_paid_comes_before_what_is_newer() -> None:
    due = ApplicationOutcome(state=S.PAYMENT_DUE, shares=Decimal(500), amount=Decimal("5025.00"))

    call = await told_of(due, outcome(S.NOT_ALLOTTED))

    said = call.phone.said[-2]
    assert said.index("尚未缴款") < said.index("未中签")


async def test_an_issue_that_the_counter_lists_is_told_by_its_name() -> None:
    hotline = Hotline()
    made = make.application(
        number=RequestNumber("70000001"),
        code=ISSUE.code,
        market=ISSUE.market,
        outcome=outcome(S.ACCEPTED),
        created_at=make.NOON,
        trade_date=make.NOON.date(),
    )
    hotline.applications.kept[made.number] = made

    call = await hotline.dial(*RESULTS)

    assert call.heard(Prompt.IPO_NAME, name=ISSUE.name)


async def test_without_the_counter_the_code_is_told() -> None:
    hotline = Hotline()
    hotline.desk.fails_with = CounterUnavailable("down")
    made = make.application(
        number=RequestNumber("70000001"), outcome=outcome(S.ACCEPTED), trade_date=make.NOON.date()
    )
    hotline.applications.kept[made.number] = made

    call = await hotline.dial(*RESULTS)

    assert Prompt.IPO_APPLICATION in call.prompts
    assert Prompt.IPO_NAME not in call.prompts


@pytest.mark.parametrize("state", list(ApplicationState))
async def test_every_state_has_words(state: ApplicationState) -> None:
    call = await told_of(outcome(state))

    assert Prompt.IPO_APPLICATION in call.prompts
    assert Prompt.FAULT not in call.prompts


@pytest.mark.parametrize("days_ago", [31, 400])
async def test_what_is_older_than_thirty_days_is_settled_and_not_told(days_ago: int) -> None:
    call = await told_of(outcome(S.ACCEPTED), days_ago=days_ago)

    assert call.heard(Prompt.NO_IPO_RESULTS)


async def test_rights_and_funds_are_no_new_shares() -> None:
    hotline = Hotline()
    made = make.application()
    rights = replace(made, draft=replace(made.draft, kind=ApplicationKind.RIGHTS))
    hotline.applications.kept[rights.number] = rights

    call = await hotline.dial(*RESULTS)

    assert call.heard(Prompt.NO_IPO_RESULTS)
