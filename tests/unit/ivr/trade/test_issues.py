"""New issues and rights, as a caller applies for them over the whole hotline."""

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from callcenter.domain.applications import Application, ApplicationKind, ApplicationOutcome
from callcenter.domain.applications import ApplicationState as S
from callcenter.domain.calls import Language
from callcenter.domain.errors import CounterUnavailable
from callcenter.domain.refusals import Refusal
from callcenter.domain.securities import Market, SecurityCode
from callcenter.ivr.prompts import Prompt
from tests import make
from tests.fakes.desk import ISSUE, RIGHTS, FakeDesk
from tests.fakes.phone import SILENCE
from tests.unit.ivr.hotline_of import LOGIN, Hotline

ISSUES = ("1", *LOGIN, "4")
NUMBER = "70000001"
OTHER = replace(
    ISSUE, code=SecurityCode("730002"), name="华东新材", name_en="Huadong New Materials"
)


def kept(hotline: Hotline) -> list[Application]:
    return list(hotline.applications.kept.values())


def made(hotline: Hotline) -> list[tuple[str, ApplicationKind, Decimal, S]]:
    return [(a.draft.code, a.draft.kind, a.draft.quantity, a.state) for a in kept(hotline)]


def only_issue(**changes: object) -> Hotline:
    return Hotline(desk=FakeDesk(entitled=(), on_sale=(replace(ISSUE, **changes),)))  # type: ignore[arg-type]


async def test_an_issue_is_offered_with_the_quota_and_applied_for_after_a_read_back() -> None:
    hotline = only_issue()

    call = await hotline.dial(*ISSUES, "1", "1000#", "1")

    assert made(hotline) == [("730001", ApplicationKind.IPO, Decimal(1000), S.ACCEPTED)]
    assert call.phone.said[5:10] == [
        "华夏新材，申购代码七三零零零幺，发行价十点零五元，您最多可申购五千股。"
        "申购请按一，下一只请按二，返回请按星号。",
        "请输入数量，按井号结束，直接按井号为五千股。",
        "申购华夏新材，申购代码七三零零零幺，价格十点零五元，数量一千股。"
        "确认请按一，重新输入请按二，重听请按井号，放弃请按星号。",
        "申请已受理，申请号七零零零零零零幺。",
        "没有其他可以申购的证券。",
    ]
    assert call.place.dialogue == "trade"


async def test_pound_alone_applies_for_the_most() -> None:
    hotline = only_issue()

    await hotline.dial(*ISSUES, "1", "#", "1")

    assert made(hotline)[0][2] == Decimal(5000)


async def test_in_english_too() -> None:
    hotline = only_issue()

    call = await hotline.dial("7", *ISSUES, "1", "#", "1")

    assert call.heard(Prompt.APPLICATION_ACCEPTED, Language.EN, number=NUMBER)
    assert any("Huaxia New Materials" in said for said in call.phone.said)


async def test_an_application_carries_where_it_came_from() -> None:
    hotline = only_issue()

    call = await hotline.dial(*ISSUES, "1", "#", "1")

    [application] = kept(hotline)
    assert application.station.caller == call.phone.call.caller
    assert [entry.action.value for entry in hotline.applications.trail] == [
        "application",
        "application-answer",
    ]


async def test_several_issues_are_counted_and_offered_one_by_one_with_rights_last() -> None:
    hotline = Hotline(desk=FakeDesk(on_sale=(ISSUE, OTHER)))

    call = await hotline.dial(*ISSUES, "2", "1", "#", "1", "1", "#", "1")

    assert call.heard(Prompt.ISSUE_COUNT, count=3)
    assert made(hotline) == [
        ("730002", ApplicationKind.IPO, Decimal(5000), S.ACCEPTED),
        ("080001", ApplicationKind.RIGHTS, Decimal(90), S.ACCEPTED),
    ]
    assert call.heard(
        Prompt.READ_BACK_RIGHTS,
        name="平安A1配",
        code="080001",
        price=RIGHTS.price,
        quantity=90,
        amount=Decimal("720.00"),
    )


async def test_what_was_applied_for_is_offered_no_more_and_comes_last() -> None:
    hotline = Hotline(desk=FakeDesk(on_sale=(ISSUE, OTHER), entitled=()))
    await hotline.dial(*ISSUES, "1", "500#", "1", call=make.call(id="pbx-0.1"))

    call = await hotline.dial(*ISSUES, "2", "1")

    assert call.phone.said[-3].startswith("华夏新材，申购代码七三零零零幺，您今天已经申购五百股。")
    assert call.heard(Prompt.WRONG_KEY)
    assert len(made(hotline)) == 1


async def test_an_issue_without_quota_is_said_to_be_so() -> None:
    hotline = Hotline(desk=FakeDesk(values={}, entitled=()))

    call = await hotline.dial(*ISSUES, "1", "2")

    assert Prompt.ISSUE_WITHOUT_QUOTA in call.prompts
    assert made(hotline) == []


async def test_a_day_without_issues_says_so() -> None:
    call = await Hotline(desk=FakeDesk(on_sale=(), entitled=())).dial(*ISSUES)

    assert call.heard(Prompt.NO_ISSUES_TODAY)


@pytest.mark.parametrize(
    ("keyed", "words", "figures"),
    [
        pytest.param("5500#", "refusal-over-quota", {"most": 5000}, id="over-quota"),
        pytest.param("700#", "refusal-wrong-subscription-unit", {"unit": 500}, id="unit"),
        pytest.param("0#", "refusal-not-a-quantity", {}, id="none"),
        pytest.param(
            "9" * 500 + "#", "refusal-wrong-subscription-unit", {"unit": 500}, id="endless"
        ),
    ],
)
async def test_a_quantity_that_is_not_allowed_tells_what_would_be(
    keyed: str, words: str, figures: dict[str, object]
) -> None:
    hotline = only_issue()

    call = await hotline.dial(*ISSUES, "1", keyed)

    assert call.heard(words, Language.ZH, **figures)
    assert call.turns[-1].prompts[-1] == Prompt.ASK_ISSUE_QUANTITY
    assert made(hotline) == []


async def test_key_2_at_the_read_back_asks_the_quantity_again() -> None:
    hotline = only_issue()

    await hotline.dial(*ISSUES, "1", "500#", "2", "1000#", "1")

    assert [quantity for _, _, quantity, _ in made(hotline)] == [Decimal(1000)]


@pytest.mark.parametrize(
    "script",
    [["*"], [SILENCE] * 3, ["9", "9", "9"], []],
    ids=["star", "silence", "wrong-keys", "hangs-up"],
)
async def test_without_a_yes_nothing_is_applied_for(script: list[str]) -> None:
    hotline = only_issue()

    call = await hotline.dial(*ISSUES, "1", "500#", *script)

    assert made(hotline) == []
    assert hotline.desk.applied == []
    assert call.heard(Prompt.APPLICATION_DROPPED) == bool(script)


async def test_keys_that_came_before_the_read_back_confirm_nothing() -> None:
    hotline = only_issue()

    await hotline.dial(*ISSUES, "1", "500#", "1", burst=True)

    assert made(hotline) == []


async def test_back_leads_from_the_quantity_to_the_issue_and_from_there_to_the_menu() -> None:
    call = await only_issue().dial(*ISSUES, "1", "*", "*")

    assert [turn.prompts[0] for turn in call.turns[-3:]] == [
        Prompt.ASK_ISSUE_QUANTITY,
        Prompt.ISSUE_OFFER,
        Prompt.MENU_BUY,
    ]


async def test_a_frozen_account_applies_for_nothing() -> None:
    call = await Hotline().dial("1", "10000005#", "246810#", "4")

    assert call.heard(Prompt.MESSAGE_NUMBER, number=2001)


# What comes of it


async def test_without_an_answer_the_result_is_open() -> None:
    hotline = Hotline(desk=FakeDesk(loses_answers=True, entitled=()))

    call = await hotline.dial(*ISSUES, "1", "#", "1")

    assert call.heard(Prompt.APPLICATION_UNKNOWN, number=NUMBER)
    assert made(hotline)[0][3] is S.UNKNOWN


async def test_what_the_counter_rejects_is_told_with_the_reason() -> None:
    answer = ApplicationOutcome(state=S.REJECTED, message=Refusal.NO_SHARE_ACCOUNT.value)
    hotline = Hotline(desk=FakeDesk(answers=answer, entitled=()))

    call = await hotline.dial(*ISSUES, "1", "#", "1")

    assert call.heard(Prompt.APPLICATION_REJECTED, number=NUMBER)
    assert call.heard(Prompt.MESSAGE_NUMBER, number=2011)


class AwayAtTheEnd(FakeDesk):
    """A desk that cannot be reached when it is handed an application."""

    async def apply(self, application: Application) -> ApplicationOutcome:
        raise CounterUnavailable("away")


async def test_what_did_not_reach_the_counter_is_told_to_be_void() -> None:
    hotline = Hotline(desk=AwayAtTheEnd(entitled=()))

    call = await hotline.dial(*ISSUES, "1", "#", "1")

    assert call.heard(Prompt.APPLICATION_WITHDRAWN, number=NUMBER)


async def test_a_store_that_is_gone_takes_nothing() -> None:
    hotline = only_issue()
    await hotline.dial_and_die(*ISSUES, "1", "500#")
    hotline.applications.gone = True

    call = await hotline.dial("1")

    assert call.heard(Prompt.MESSAGE_NUMBER, number=9003)
    assert hotline.desk.applied == []


# A daemon that dies


class DeadlyDesk(FakeDesk):
    """A desk whose first client is killed as it hands over."""

    kills = True

    async def apply(self, application: Application) -> ApplicationOutcome:
        outcome = await FakeDesk.apply(self, application)
        if self.kills:
            self.kills = False
            raise asyncio.CancelledError
        return outcome


async def test_an_application_that_was_confirmed_is_told_and_not_made_again() -> None:
    hotline = Hotline(desk=DeadlyDesk(entitled=()))
    await hotline.dial_and_die(*ISSUES, "1", "500#", "1")

    call = await hotline.dial()

    assert call.turns[0].prompts[0] == Prompt.APPLICATION_ACCEPTED
    assert len(hotline.desk.applied) == len(kept(hotline)) == 1


async def test_wherever_a_daemon_dies_it_is_applied_for_once_and_told() -> None:
    keys = (*ISSUES, "2", "1", "1000#", "1")
    steps = (await Hotline(desk=FakeDesk(on_sale=(ISSUE, OTHER))).dial(*keys)).phone.step

    for step in range(1, steps):
        hotline = Hotline(desk=FakeDesk(on_sale=(ISSUE, OTHER)))
        first = await hotline.dial_and_die(*keys, at=step)
        if not first.place.account:
            continue  # a login that is cut short begins again
        second = await hotline.dial(*keys[len(keys) - first.phone.left :], "*")

        told = [call.heard(Prompt.APPLICATION_ACCEPTED, number=NUMBER) for call in (first, second)]
        assert any(told), step
        assert made(hotline) == [("730002", ApplicationKind.IPO, Decimal(1000), S.ACCEPTED)], step


@pytest.mark.parametrize(
    ("script", "question"),
    [
        pytest.param([], Prompt.ISSUE_OFFER, id="first"),
        pytest.param(["2"], Prompt.ISSUE_OFFER, id="second"),
        pytest.param(["2", "1"], Prompt.ASK_ISSUE_QUANTITY, id="quantity"),
        pytest.param(["2", "1", "500#"], Prompt.READ_BACK_ISSUE, id="read-back"),
    ],
)
async def test_a_call_goes_on_with_the_question_it_was_at(
    script: list[str], question: Prompt
) -> None:
    hotline = Hotline(desk=FakeDesk(on_sale=(ISSUE, OTHER)))
    await hotline.dial_and_die(*ISSUES, *script)

    call = await hotline.dial("*")

    assert call.turns[0].prompts[0] == question
    assert made(hotline) == []


# Rights that were paid for by mistake


async def test_rights_of_shenzhen_can_be_cancelled_on_the_same_day() -> None:
    hotline = Hotline(desk=FakeDesk(on_sale=()))
    await hotline.dial(*ISSUES, "1", "#", "1", "*", call=make.call(id="pbx-0.1"))

    call = await hotline.dial(*ISSUES, "2", "1", "1")

    assert call.heard(Prompt.APPLICATION_CANCELLED, number=NUMBER)
    assert made(hotline)[0][3] is S.CANCELLED


async def test_rights_of_shanghai_are_not_even_offered_to_be_cancelled() -> None:
    rights = replace(RIGHTS, market=Market.SH, code=SecurityCode("700001"))
    hotline = Hotline(desk=FakeDesk(on_sale=(), entitled=(rights,)))

    call = await hotline.dial(*ISSUES, "1", "#", "1", "2")

    assert made(hotline)[0][3] is S.ACCEPTED
    assert Prompt.APPLIED_CHOICES not in call.prompts
