"""Who gets in, who does not, and what that costs."""

import pytest

from callcenter.domain.calls import CallEnd, CallerNumber, CallId
from callcenter.domain.errors import CounterUnavailable
from callcenter.domain.secret import HIDDEN
from callcenter.ivr.prompts import Prompt
from tests import make
from tests.fakes.phone import SILENCE
from tests.unit.ivr.hotline_of import LOGIN, Dialled, Hotline

WRONG = ("10000001#", "111111#")


async def ring(hotline: Hotline, *script: str, number: int = 0) -> Dialled:
    """Dial once more: another call, by default from the same number."""
    once_more = CallId(f"pbx-1.{len(hotline.calls.calls) + 1}")
    caller = CallerNumber(f"+86138001380{number:02}")
    return await hotline.dial("1", *script, call=make.call(id=once_more, caller=caller))


@pytest.mark.parametrize(
    "login",
    [
        pytest.param("10000001#", id="account"),
        pytest.param("100000001#", id="shanghai-shareholder-code"),
        pytest.param("0100000001#", id="shenzhen-shareholder-code"),
        pytest.param("99*10000001#", id="after-clearing"),
    ],
)
async def test_an_account_or_a_shareholder_code_and_its_password_log_in(login: str) -> None:
    call = await Hotline().dial("1", login, "246810#")

    assert call.place.account == "10000001"
    assert call.place.dialogue == "trade"


async def test_a_password_is_heard_by_nobody() -> None:
    hotline = Hotline()

    call = await hotline.dial("1", *LOGIN, "1")

    password = [press for press in call.phone.taken if not press.recorded]
    assert "".join(press.key for press in password) == "246810#"
    assert (HIDDEN, "value") in call.answers
    assert "246810" not in str(call.turns) + str(hotline.log.trail) + str(call.place)


async def test_a_failed_login_is_explained_and_asked_again() -> None:
    call = await Hotline().dial("1", *WRONG, *LOGIN)

    assert call.heard(Prompt.MESSAGE_NUMBER, number=1001)
    assert call.place.account == "10000001"


async def test_an_unknown_account_is_told_no_more_than_a_wrong_password() -> None:
    unknown = await Hotline().dial("1", "99999999#", "246810#")
    wrong = await Hotline().dial("1", *WRONG)

    assert unknown.phone.said == wrong.phone.said


async def test_the_third_failure_ends_the_call() -> None:
    call = await Hotline().dial("1", *WRONG, *WRONG, *WRONG, *LOGIN)

    assert call.end is CallEnd.LOCKED_OUT
    assert call.prompts[-1] == Prompt.LOCKED_OUT
    assert call.place.account is None


async def test_failures_count_for_the_whole_call() -> None:
    call = await Hotline().dial("1", *WRONG, "*", "2", *WRONG, "*", "3", "600000#", "4", *WRONG)

    assert call.end is CallEnd.LOCKED_OUT


async def test_an_account_is_locked_after_five_failures_across_calls() -> None:
    hotline = Hotline()
    for number in (1, 2, 3):
        await ring(hotline, *WRONG, *WRONG, number=number)

    call = await ring(hotline, *LOGIN, number=4)

    assert call.heard(Prompt.MESSAGE_NUMBER, number=1002)
    assert call.place.account is None


async def test_a_caller_is_locked_after_ten_failures_across_calls() -> None:
    hotline = Hotline()
    for account in range(5):
        guess = (f"2000000{account}#", "111111#")
        await ring(hotline, *guess, *guess)

    call = await ring(hotline, *LOGIN)

    assert call.heard(Prompt.MESSAGE_NUMBER, number=1003)
    assert call.place.account is None


@pytest.mark.parametrize(
    ("script", "asked"),
    [
        pytest.param(["*"], Prompt.MENU_AGAIN, id="star-at-the-account"),
        pytest.param([SILENCE] * 3, Prompt.MENU_AGAIN, id="silent-at-the-account"),
        pytest.param(["10000001#", *[SILENCE] * 3], Prompt.MENU_AGAIN, id="silent-at-the-password"),
        pytest.param(["10000001#", "*"], Prompt.ASK_PASSWORD, id="star-clears-a-password"),
        pytest.param(["1" * 21 + "#"], Prompt.ASK_ACCOUNT, id="too-long-an-account"),
    ],
)
async def test_who_does_not_log_in_is_led_on(script: list[str], asked: Prompt) -> None:
    hotline = Hotline()

    call = await hotline.dial("1", *script)

    assert [prompt for prompt in call.prompts if prompt != Prompt.NOTHING_HEARD][-1] == asked
    assert hotline.log.attempts == []


async def test_without_a_counter_nobody_fails_to_log_in() -> None:
    hotline = Hotline()
    hotline.counter.fails_with = CounterUnavailable()

    call = await hotline.dial("1", *LOGIN)

    assert call.heard(Prompt.MESSAGE_NUMBER, number=9001)
    assert hotline.log.attempts == []
    assert call.end is CallEnd.HUNG_UP


async def test_a_login_that_cannot_be_written_down_is_none() -> None:
    hotline = Hotline()
    hotline.log.gone = True

    call = await hotline.dial("1", *LOGIN)

    assert call.heard(Prompt.MESSAGE_NUMBER, number=9003)
    assert call.place.account is None
