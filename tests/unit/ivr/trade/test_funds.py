"""Open-end funds over the whole hotline: subscribe, redeem, hear, cancel."""

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from callcenter.domain.applications import Application, ApplicationKind, ApplicationOutcome
from callcenter.domain.applications import ApplicationState as S
from callcenter.domain.calls import Language
from callcenter.domain.errors import OutcomeUnknown
from callcenter.domain.securities import SecurityCode
from callcenter.ivr.prompts import Prompt
from tests import make
from tests.fakes.desk import FUND, HOLDING, FakeDesk
from tests.fakes.phone import SILENCE
from tests.unit.ivr.hotline_of import LOGIN, Hotline

FUNDS = ("1", *LOGIN, "6")
SUBSCRIBE = (*FUNDS, "1", "110011#", "5000#", "1")
REDEEM = (*FUNDS, "2", "110011#", "300*5#", "1")
NUMBER = "70000001"
MONEY = replace(FUND, code=SecurityCode("000009"), name="天天现金", name_en="Daily Cash")


def made(hotline: Hotline) -> list[tuple[str, ApplicationKind, Decimal, S]]:
    kept = hotline.applications.kept.values()
    return [(a.draft.code, a.draft.kind, a.draft.quantity, a.state) for a in kept]


async def test_a_fund_is_subscribed_to_by_amount_after_a_read_back() -> None:
    hotline = Hotline()

    call = await hotline.dial(*SUBSCRIBE)

    assert made(hotline) == [
        ("110011", ApplicationKind.FUND_SUBSCRIBE, Decimal("5000.00"), S.ACCEPTED)
    ]
    assert call.phone.said[6:10] == [
        "请输入要申购的基金代码，按井号结束。",
        "易方达优质，二零二六年十一月二十日单位净值一点二三四五元。最低申购金额十元。"
        "请输入申购金额，小数点请按星号，按井号结束。",
        "申购基金易方达优质，代码幺幺零零幺幺，金额五千元整。净值和费用以基金公司确认为准。"
        "确认请按一，重新输入请按二，重听请按井号，放弃请按星号。",
        "申请已受理，申请号七零零零零零零幺。",
    ]
    assert call.place.dialogue == "trade/funds"


async def test_a_fund_is_redeemed_by_shares_after_a_read_back() -> None:
    hotline = Hotline()

    call = await hotline.dial(*REDEEM)

    assert made(hotline) == [("110011", ApplicationKind.FUND_REDEEM, Decimal("300.50"), S.ACCEPTED)]
    assert call.heard(
        Prompt.READ_BACK_FUND_REDEEM, name="易方达优质", code="110011", shares=Decimal("300.5")
    )


async def test_pound_alone_redeems_all_that_can_be() -> None:
    hotline = Hotline()

    await hotline.dial(*FUNDS, "2", "110011#", "#", "1")

    assert made(hotline)[0][2] == Decimal("800.00")


@pytest.mark.parametrize("script", [SUBSCRIBE, REDEEM], ids=["subscribe", "redeem"])
async def test_in_english_too(script: tuple[str, ...]) -> None:
    call = await Hotline().dial("7", *script)

    assert call.heard(Prompt.APPLICATION_ACCEPTED, Language.EN, number=NUMBER)
    assert any("E Fund Quality" in said for said in call.phone.said)


async def test_leading_zeros_of_a_fund_code_may_be_left_out() -> None:
    hotline = Hotline(desk=FakeDesk(funds=(FUND, MONEY)))

    await hotline.dial(*FUNDS, "1", "9#", "5000#", "1")

    assert made(hotline)[0][0] == "000009"


async def test_a_fund_to_redeem_may_be_chosen_from_the_holdings() -> None:
    held = (HOLDING, replace(HOLDING, fund=MONEY, redeemable=Decimal("50.00")))
    hotline = Hotline(desk=FakeDesk(funds=(FUND, MONEY), held=held))

    await hotline.dial(*FUNDS, "2", "#", "2", "1", "#", "1")

    assert made(hotline)[0][:3] == ("000009", ApplicationKind.FUND_REDEEM, Decimal("50.00"))


@pytest.mark.parametrize("script", [["2"], ["*"]], ids=["no-more", "back"])
async def test_who_chooses_no_holding_is_asked_for_the_code_again(script: list[str]) -> None:
    call = await Hotline().dial(*FUNDS, "2", "#", *script)

    assert call.turns[-1].prompts[-1] == Prompt.ASK_REDEEM_CODE


@pytest.mark.parametrize(
    ("script", "number", "asked"),
    [
        pytest.param(["1", "110012#"], 8009, Prompt.ASK_FUND_CODE, id="unknown"),
        pytest.param(["1", "1100110#"], 8009, Prompt.ASK_FUND_CODE, id="too-long"),
        pytest.param(["1", "110011#", "5#"], 8012, Prompt.ASK_FUND_AMOUNT, id="too-little"),
        pytest.param(["1", "110011#", "200000#"], 8013, Prompt.ASK_FUND_AMOUNT, id="too-much"),
        pytest.param(["1", "110011#", "50*001#"], 8029, Prompt.ASK_FUND_AMOUNT, id="places"),
        pytest.param(["1", "110011#", "0#"], 8029, Prompt.ASK_FUND_AMOUNT, id="nothing"),
        pytest.param(["1", "110011#", "5*0*0#"], 8029, Prompt.ASK_FUND_AMOUNT, id="two-points"),
        pytest.param(
            ["1", "110011#", "9" * 40 + "#"], 8029, Prompt.ASK_FUND_AMOUNT, id="endless-amount"
        ),
        pytest.param(["2", "110012#"], 8009, Prompt.ASK_REDEEM_CODE, id="redeem-unknown"),
        pytest.param(["2", "110011#", "900#"], 8015, Prompt.ASK_FUND_SHARES, id="too-many"),
        pytest.param(["2", "110011#", "0#"], 4105, Prompt.ASK_FUND_SHARES, id="no-shares"),
    ],
)
async def test_what_is_keyed_wrongly_is_explained_and_asked_again(
    script: list[str], number: int, asked: Prompt
) -> None:
    hotline = Hotline()

    call = await hotline.dial(*FUNDS, *script)

    assert call.heard(Prompt.MESSAGE_NUMBER, number=number)
    assert call.turns[-1].prompts[-1] == asked
    assert made(hotline) == []


async def test_more_than_there_is_money_for_is_refused() -> None:
    call = await Hotline().dial("1", "10000002#", "246810#", "6", "1", "110011#", "5000*01#")

    assert call.heard(Prompt.MESSAGE_NUMBER, number=5001)


@pytest.mark.parametrize(
    ("key", "fund", "number"),
    [
        pytest.param("1", replace(FUND, may_subscribe=False), 8010, id="subscribe"),
        pytest.param("2", replace(FUND, may_redeem=False), 8011, id="redeem"),
    ],
)
async def test_a_fund_that_is_closed_is_refused_before_the_amount(
    key: str, fund: object, number: int
) -> None:
    hotline = Hotline(desk=FakeDesk(funds=(fund,)))  # type: ignore[arg-type]

    call = await hotline.dial(*FUNDS, key, "110011#")

    assert call.heard(Prompt.MESSAGE_NUMBER, number=number)


async def test_a_fund_that_is_not_held_cannot_be_redeemed() -> None:
    call = await Hotline(desk=FakeDesk(held=())).dial(*FUNDS, "2", "110011#")

    assert call.heard(Prompt.MESSAGE_NUMBER, number=8015)


async def test_key_2_at_the_read_back_asks_everything_again() -> None:
    hotline = Hotline()

    call = await hotline.dial(*SUBSCRIBE[:-1], "2", "110011#", "6000#", "1")

    assert made(hotline)[0][2] == Decimal("6000.00")
    assert call.prompts.count(Prompt.ASK_FUND_CODE) == 2


@pytest.mark.parametrize("script", [SUBSCRIBE, REDEEM], ids=["subscribe", "redeem"])
@pytest.mark.parametrize(
    "end", [["*"], [SILENCE] * 3, ["9", "9", "9"], []], ids=["star", "silence", "wrong", "hangs-up"]
)
async def test_without_a_yes_nothing_is_applied_for(
    script: tuple[str, ...], end: list[str]
) -> None:
    hotline = Hotline()

    await hotline.dial(*script[:-1], *end)

    assert made(hotline) == []


@pytest.mark.parametrize("script", [SUBSCRIBE, REDEEM], ids=["subscribe", "redeem"])
async def test_keys_that_came_before_the_read_back_confirm_nothing(
    script: tuple[str, ...],
) -> None:
    hotline = Hotline()

    call = await hotline.dial(*script, burst=True)

    assert made(hotline) == []
    assert call.phone.dropped == "1"


async def test_back_leads_from_the_amount_to_the_code_and_from_there_to_the_menu() -> None:
    call = await Hotline().dial(*FUNDS, "1", "110011#", "*#", "*")

    assert [turn.prompts[0] for turn in call.turns[-2:]] == [
        Prompt.ASK_FUND_CODE,
        Prompt.MENU_FUND_SUBSCRIBE,
    ]


async def test_without_an_answer_the_result_is_open() -> None:
    hotline = Hotline(desk=FakeDesk(loses_answers=True))

    call = await hotline.dial(*SUBSCRIBE)

    assert call.heard(Prompt.APPLICATION_UNKNOWN, number=NUMBER)


# Holdings, and what was applied for today


async def test_the_funds_are_read_with_their_net_value_and_worth() -> None:
    call = await Hotline().dial(*FUNDS, "3")

    assert call.phone.said[6].startswith(
        "易方达优质，持有一千份，可赎回八百份，二零二六年十一月二十日单位净值一点二三四五元，"
        "市值一千二百三十四元五角。"
    )


async def test_without_funds_it_says_so() -> None:
    assert (await Hotline(desk=FakeDesk(held=())).dial(*FUNDS, "3")).heard(Prompt.NO_FUNDS)


async def with_applications() -> Hotline:
    hotline = Hotline()
    await hotline.dial(*SUBSCRIBE, call=make.call(id="pbx-0.1"))
    await hotline.dial(*REDEEM, call=make.call(id="pbx-0.2"))
    return hotline


async def test_applications_of_today_can_be_cancelled_after_a_read_back() -> None:
    hotline = await with_applications()

    call = await hotline.dial(*FUNDS, "3", "2", "1", "1")

    assert [state for *_, state in made(hotline)] == [S.CANCELLED, S.ACCEPTED]
    assert call.heard(Prompt.APPLICATION_CANCELLED, number=NUMBER)


@pytest.mark.parametrize("script", [["*"], ["1", "*"], ["1"]], ids=["leaves", "no", "hangs-up"])
async def test_without_a_yes_an_application_stands(script: list[str]) -> None:
    hotline = await with_applications()

    await hotline.dial(*FUNDS, "3", *script)

    assert [state for *_, state in made(hotline)] == [S.ACCEPTED] * 2


class MuteDesk(FakeDesk):
    """A desk that takes no wish to cancel, and says nothing."""

    async def cancel(self, application: Application) -> None:
        raise OutcomeUnknown(application.request_id)


async def test_a_cancellation_without_an_answer_is_open() -> None:
    hotline = Hotline(desk=MuteDesk())
    await hotline.dial(*SUBSCRIBE, call=make.call(id="pbx-0.1"))

    call = await hotline.dial(*FUNDS, "3", "1", "1")

    assert call.heard(Prompt.APPLICATION_CANCEL_UNKNOWN, number=NUMBER)


async def test_what_cannot_be_cancelled_any_more_is_told() -> None:
    hotline = await with_applications()
    await hotline.dial_and_die(*FUNDS, "3", "1")
    for request in hotline.desk.known:
        hotline.desk.known[request] = ApplicationOutcome(state=S.CONFIRMED)

    call = await hotline.dial("1")

    assert call.heard(Prompt.MESSAGE_NUMBER, number=6007)


async def test_wherever_a_daemon_dies_what_was_confirmed_is_cancelled_and_told() -> None:
    keys = (*FUNDS, "3", "2", "1", "1")
    steps = (await (await with_applications()).dial(*keys)).phone.step

    for step in range(1, steps):
        hotline = await with_applications()
        first = await hotline.dial_and_die(*keys, at=step)
        if not first.place.account:
            continue  # a login that is cut short begins again
        second = await hotline.dial(*keys[len(keys) - first.phone.left :], "*")

        told = [call.heard(Prompt.APPLICATION_CANCELLED, number=NUMBER) for call in (first, second)]
        assert any(told), step
        assert [state for *_, state in made(hotline)] == [S.CANCELLED, S.ACCEPTED], step


# A daemon that dies


class DeadlyDesk(FakeDesk):
    """A desk whose first client is killed when it has handed over."""

    kills = True

    async def apply(self, application: Application) -> ApplicationOutcome:
        outcome = await FakeDesk.apply(self, application)
        if self.kills:
            self.kills = False
            raise asyncio.CancelledError
        return outcome


@pytest.mark.parametrize("script", [SUBSCRIBE, REDEEM], ids=["subscribe", "redeem"])
async def test_what_was_confirmed_is_told_and_not_made_again(script: tuple[str, ...]) -> None:
    hotline = Hotline(desk=DeadlyDesk())
    await hotline.dial_and_die(*script)

    call = await hotline.dial()

    assert call.turns[0].prompts[0] == Prompt.APPLICATION_ACCEPTED
    assert len(hotline.desk.applied) == len(made(hotline)) == 1


@pytest.mark.parametrize("script", [SUBSCRIBE, REDEEM], ids=["subscribe", "redeem"])
async def test_wherever_a_daemon_dies_it_is_applied_for_once_and_told(
    script: tuple[str, ...],
) -> None:
    steps = (await Hotline().dial(*script)).phone.step

    for step in range(1, steps):
        hotline = Hotline()
        first = await hotline.dial_and_die(*script, at=step)
        if not first.place.account:
            continue  # a login that is cut short begins again
        second = await hotline.dial(*script[len(script) - first.phone.left :])

        told = [call.heard(Prompt.APPLICATION_ACCEPTED, number=NUMBER) for call in (first, second)]
        assert any(told), step
        assert len(made(hotline)) == len(hotline.desk.applied) == 1, step


@pytest.mark.parametrize(
    ("script", "question"),
    [
        pytest.param(SUBSCRIBE[:4], Prompt.MENU_FUND_SUBSCRIBE, id="menu"),
        pytest.param(SUBSCRIBE[:5], Prompt.ASK_FUND_CODE, id="code"),
        pytest.param(SUBSCRIBE[:6], Prompt.FUND_NET_VALUE, id="amount"),
        pytest.param(SUBSCRIBE[:7], Prompt.READ_BACK_FUND_SUBSCRIBE, id="read-back"),
        pytest.param(REDEEM[:6], Prompt.FUND_NET_VALUE, id="shares"),
        pytest.param(REDEEM[:7], Prompt.READ_BACK_FUND_REDEEM, id="redeem-read-back"),
    ],
)
async def test_a_call_goes_on_with_the_question_it_was_at(
    script: tuple[str, ...], question: Prompt
) -> None:
    hotline = Hotline()
    await hotline.dial_and_die(*script)

    call = await hotline.dial("*")

    assert call.turns[0].prompts[0] == question
