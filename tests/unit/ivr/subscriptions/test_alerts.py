"""Price alerts by telephone: listed, added, deleted, from the menu and from a quote."""

from datetime import timedelta
from decimal import Decimal
from typing import Final

import pytest

from callcenter.domain.calls import Language, Place
from callcenter.domain.refusals import Refusal
from callcenter.domain.subscriptions import Crossing, PriceAlert, Subscription
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.reasons import refusal_words
from tests import make
from tests.fakes.market import FakeFeed
from tests.fakes.phone import SILENCE
from tests.unit.ivr.hotline_of import LOGIN, Hotline

MENU: Final = ("6", *LOGIN, "1")
ADD: Final = (*MENU, "2", "600000#", "1", "11*5#")
FROM_QUOTE: Final = ("3", "600000#", "3", *LOGIN, "1", "11*5#")
UNTIL = make.NOON.date() + timedelta(days=30)


def kept(hotline: Hotline) -> list[Subscription]:
    return list(hotline.subscriptions.kept.values())


@pytest.mark.parametrize("script", [ADD, FROM_QUOTE], ids=["menu", "quote"])
async def test_an_alert_is_kept_and_said_back_with_its_last_day(script: tuple[str, ...]) -> None:
    hotline = Hotline()

    call = await hotline.dial(*script)

    [alert] = kept(hotline)
    assert alert.wish == make.alert(price=Decimal("11.5"))
    assert (alert.account, alert.until) == ("10000001", UNTIL)
    assert call.heard(Prompt.ALERT_ABOVE, name="浦发银行", price=Decimal("11.5"), until=UNTIL)
    assert call.heard(Prompt.NO_DELIVERY_YET)


async def test_a_whole_alert_may_be_keyed_in_a_burst() -> None:
    hotline = Hotline()

    await hotline.dial(*ADD, burst=True)

    assert len(kept(hotline)) == 1


async def test_below_is_key_2() -> None:
    hotline = Hotline()

    await hotline.dial(*ADD[:-2], "2", "9#")

    [alert] = kept(hotline)
    assert alert.wish == make.alert(crossing=Crossing.BELOW, price=Decimal(9))


async def test_an_index_has_alerts_in_points() -> None:
    hotline = Hotline()

    call = await hotline.dial(*MENU, "2", "000001#", "1", "1", "9000#")

    assert call.heard(Prompt.ALERT_INDEX_ABOVE, name="上证指数", price=Decimal(9000), until=UNTIL)


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        pytest.param(["1", "10*05#"], Refusal.PRICE_REACHED, id="risen-already"),
        pytest.param(["2", "10*05#"], Refusal.PRICE_REACHED, id="fallen-already"),
        pytest.param(["1", "0#"], Refusal.NOT_A_PRICE, id="nothing"),
        pytest.param(["1", "11*0001#"], Refusal.NOT_A_PRICE, id="four-places"),
        pytest.param(["1", "11*5*1#"], Refusal.NOT_A_PRICE, id="two-points"),
        pytest.param(["1", "9" * 20 + "#"], Refusal.NOT_A_PRICE, id="endless"),
    ],
)
async def test_a_price_that_makes_no_alert_is_refused_and_asked_again(
    keys: list[str], reason: Refusal
) -> None:
    hotline = Hotline()

    call = await hotline.dial(*MENU, "2", "600000#", *keys)

    assert refusal_words(reason) in call.prompts
    assert call.turns[-1].prompts[-1] == Prompt.ASK_ALERT_PRICE
    assert kept(hotline) == []


async def test_without_a_quote_any_price_will_do() -> None:
    feed = FakeFeed()
    feed.away = True
    hotline = Hotline(feed=feed)

    call = await hotline.dial(*ADD[:-1], "1#")

    assert Prompt.NAME_WITHOUT_PRICE in call.prompts
    assert len(kept(hotline)) == 1


async def test_the_same_alert_again_is_refused() -> None:
    hotline = Hotline()

    call = await hotline.dial(*ADD, *ADD[4:])

    assert refusal_words(Refusal.ALREADY_SUBSCRIBED) in call.prompts
    assert len(kept(hotline)) == 1


async def test_more_alerts_than_are_allowed_are_refused() -> None:
    hotline = Hotline()

    script = [keys for price in range(11, 16) for keys in ("2", "600000#", "1", f"{price}#")]
    call = await hotline.dial(*MENU, *script)

    assert refusal_words(Refusal.TOO_MANY_SUBSCRIPTIONS) in call.prompts
    assert len(kept(hotline)) == 4


async def test_back_goes_one_question_back() -> None:
    call = await Hotline().dial(*MENU, "2", "600000#", "1", "*#", "*", "*")

    assert call.prompts.count(Prompt.ASK_ALERT_CODE) == 2
    assert call.prompts.count(Prompt.CHOOSE_CROSSING) == 2
    assert call.place.dialogue == "subscribe/alerts"


async def test_silence_keeps_no_alert() -> None:
    hotline = Hotline()

    await hotline.dial(*ADD[:-1], SILENCE, SILENCE, SILENCE)

    assert kept(hotline) == []


async def test_alerts_are_read_the_newest_first() -> None:
    hotline = Hotline()
    for number, price in (("1", "11.00"), ("2", "12.00")):
        alert = make.alert(price=Decimal(price))
        one = make.subscription(number, alert, until=UNTIL)
        hotline.subscriptions.kept[one.number] = one

    call = await hotline.dial(*MENU, "1")

    said = call.phone.said[-2]
    assert said.index("十二元") < said.index("十一元")


async def test_who_has_no_alerts_is_told_so() -> None:
    call = await Hotline().dial(*MENU, "1", "3")

    assert call.prompts.count(Prompt.NO_ALERTS) == 2


async def test_an_alert_is_deleted_by_key_1_and_kept_by_the_next() -> None:
    hotline = Hotline()
    for number in ("1", "2", "3"):
        one = make.subscription(number, make.alert(price=Decimal(number)), until=UNTIL)
        hotline.subscriptions.kept[one.number] = one

    call = await hotline.dial(*MENU, "3", "#", "1", "*")

    assert hotline.subscriptions.ended == {"2"}
    assert call.place.dialogue == "subscribe/alerts"
    assert [entry.outcome for entry in hotline.subscriptions.trail] == ["ended"]


async def test_the_last_alert_offered_is_the_end_of_the_list() -> None:
    hotline = Hotline()

    call = await hotline.dial(*ADD, "3", "1")

    assert call.heard(Prompt.NO_MORE_SUBSCRIPTIONS)


async def test_it_is_told_in_english_too() -> None:
    call = await Hotline().dial("7", *ADD)

    assert call.heard(
        Prompt.ALERT_ABOVE,
        Language.EN,
        name="Pudong Development Bank",
        price=Decimal("11.5"),
        until=UNTIL,
    )


@pytest.mark.parametrize("script", [ADD, FROM_QUOTE], ids=["menu", "quote"])
async def test_wherever_a_daemon_dies_the_alert_is_kept_once(script: tuple[str, ...]) -> None:
    steps = (await Hotline().dial(*script)).phone.step

    for step in range(1, steps):
        hotline = Hotline()
        first = await hotline.dial_and_die(*script, at=step)
        at = len(script) - first.phone.left
        login = script.index(LOGIN[0])
        if not hotline.calls.places.get(make.call().id, Place()).account:
            at = min(at, login)
        if script is FROM_QUOTE and at == 2:
            at = 1
        await hotline.dial(*script[at:])

        assert [one.wish for one in kept(hotline)] == [make.alert(price=Decimal("11.5"))], step


async def test_a_frozen_account_may_have_alerts() -> None:
    hotline = Hotline()

    await hotline.dial("6", "10000005#", "246810#", *ADD[3:])

    assert isinstance(kept(hotline)[0].wish, PriceAlert)
