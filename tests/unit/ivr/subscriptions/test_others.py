"""Daily quotes, execution reports, the monthly statement, and how customers are told."""

from datetime import time
from typing import Final

import pytest

from callcenter.domain.calls import WITHHELD, CallerNumber
from callcenter.domain.refusals import Refusal
from callcenter.domain.subscriptions import (
    Channel,
    DailyQuote,
    Delivery,
    Executions,
    MonthlyStatement,
    Subscription,
)
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.reasons import refusal_words
from callcenter.ivr.telephone import as_dialled
from tests import make
from tests.unit.ivr.hotline_of import LOGIN, Hotline

MENU: Final = ("6", *LOGIN)
ACCOUNT: Final = make.subscription().account


def kept(hotline: Hotline) -> list[Subscription]:
    return list(hotline.subscriptions.kept.values())


async def test_a_daily_quote_is_kept_and_said_back() -> None:
    hotline = Hotline()

    call = await hotline.dial(*MENU, "3", "2", "600000#", "0945#")

    [daily] = kept(hotline)
    assert daily.wish == DailyQuote(security=make.security(), at=time(9, 45))
    assert call.heard(Prompt.DAILY_QUOTE, at=time(9, 45), name="浦发银行")


async def test_the_zero_before_an_hour_may_be_left_out() -> None:
    hotline = Hotline()

    await hotline.dial(*MENU, "3", "2", "600000#", "945#")

    assert isinstance(kept(hotline)[0].wish, DailyQuote)


@pytest.mark.parametrize("keyed", ["2500#", "1060#", "9#", "09450#"])
async def test_what_is_no_time_is_refused_and_asked_again(keyed: str) -> None:
    call = await Hotline().dial(*MENU, "3", "2", "600000#", keyed)

    assert refusal_words(Refusal.NOT_A_TIME) in call.prompts
    assert call.turns[-1].prompts[-1] == Prompt.ASK_TIME


async def test_daily_quotes_are_listed_and_deleted() -> None:
    hotline = Hotline()

    call = await hotline.dial(*MENU, "3", "1", "2", "600000#", "1500#", "1", "3", "1")

    assert call.prompts.count(Prompt.NO_DAILY_QUOTES) == 1
    assert call.heard(Prompt.SUBSCRIPTION_DELETED)
    assert hotline.subscriptions.ended == {"1"}


async def test_a_daily_quote_goes_on_in_another_daemon() -> None:
    hotline = Hotline()
    await hotline.dial_and_die(*MENU, "3", "2", "600000#")

    call = await hotline.dial("0945#")

    assert call.turns[0].prompts == (Prompt.ASK_TIME,)
    assert len(kept(hotline)) == 1


@pytest.mark.parametrize(
    ("key", "wish", "words"),
    [
        pytest.param("2", Executions(), ("executions-are", "executions-turned"), id="executions"),
        pytest.param("4", MonthlyStatement(), ("statement-is", "statement-turned"), id="statement"),
    ],
)
async def test_what_is_on_or_off_is_told_and_switched_by_key_1(
    key: str, wish: Executions | MonthlyStatement, words: tuple[str, str]
) -> None:
    hotline = Hotline()

    call = await hotline.dial(*MENU, key, "1", key, "1", key, "*")

    is_, turned = words
    told = [prompt for prompt in call.prompts if prompt.startswith(words)]
    assert told == [f"{is_}-off", f"{turned}-on", f"{is_}-on", f"{turned}-off", f"{is_}-off"]
    assert [one.wish for one in kept(hotline)] == [wish]
    assert hotline.subscriptions.ended == {"1"}


async def test_nobody_is_asked_twice_how_to_be_told() -> None:
    hotline = Hotline()
    hotline.subscriptions.deliveries[ACCOUNT] = Delivery(channel=Channel.EMAIL)

    call = await hotline.dial(*MENU, "2", "1")

    assert Prompt.NO_DELIVERY_YET not in call.prompts


@pytest.mark.parametrize(
    ("keys", "chosen"),
    [
        pytest.param(["1", "#"], (Channel.SMS, "+8613800138000"), id="sms-to-this-number"),
        pytest.param(["1", "13912345678#"], (Channel.SMS, "+8613912345678"), id="sms"),
        pytest.param(["2"], (Channel.EMAIL, None), id="email"),
        pytest.param(["3", "1261234567#"], (Channel.PAGER, "1261234567"), id="pager"),
        pytest.param(["4", "02161208888#"], (Channel.VOICE, "+862161208888"), id="voice"),
    ],
)
async def test_a_channel_and_its_number_are_kept_and_said_back(
    keys: list[str], chosen: tuple[Channel, str | None]
) -> None:
    hotline = Hotline()

    call = await hotline.dial(*MENU, "5", *keys)

    channel, number = chosen
    wanted = Delivery(channel=channel, number=CallerNumber(number) if number else None)
    assert hotline.subscriptions.deliveries == {ACCOUNT: wanted}
    slots = {"number": as_dialled(number)} if number else {}
    assert call.heard(f"delivered-by-{channel.value}", **slots)


async def test_what_was_chosen_is_told_before_it_is_changed() -> None:
    hotline = Hotline()
    hotline.subscriptions.deliveries[ACCOUNT] = Delivery(channel=Channel.EMAIL)

    call = await hotline.dial(*MENU, "5", "*")

    assert call.heard(Prompt.DELIVERED_BY_EMAIL)
    assert call.place.dialogue == "subscribe"


@pytest.mark.parametrize("keyed", ["123456#", "1234567890123456#"])
async def test_what_is_no_telephone_number_is_refused(keyed: str) -> None:
    call = await Hotline().dial(*MENU, "5", "1", keyed)

    assert refusal_words(Refusal.NOT_A_TELEPHONE_NUMBER) in call.prompts


async def test_a_number_that_was_not_shown_cannot_be_taken() -> None:
    hotline = Hotline()

    call = await hotline.dial(*MENU, "5", "1", "#", call=make.call(caller=WITHHELD))

    assert refusal_words(Refusal.CALLER_WITHHELD) in call.prompts
    assert hotline.subscriptions.deliveries == {}


async def test_back_at_the_number_is_the_choice_of_channels_again() -> None:
    call = await Hotline().dial(*MENU, "5", "1", "*", "*")

    assert call.prompts.count(Prompt.CHOOSE_DELIVERY) == 2
    assert call.place.dialogue == "subscribe"


@pytest.mark.parametrize(
    ("number", "dialled"),
    [
        ("+8613800138000", "13800138000"),
        ("+862161208888", "02161208888"),
        ("+85221234567", "85221234567"),
        ("95555", "95555"),
    ],
)
def test_a_number_is_said_as_people_dial_it(number: str, dialled: str) -> None:
    assert as_dialled(number) == dialled
