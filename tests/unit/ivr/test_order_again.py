"""The same order a moment later: whoever lost the line may not know that the first one stands."""

from datetime import datetime, timedelta

import pytest

from callcenter.domain.calls import CallEnd, CallerNumber, CallId, Language, Place
from callcenter.domain.errors import OutcomeUnknown, StoreUnavailable
from callcenter.domain.orders import ClientOrderId, Draft, Order, OrderState
from callcenter.domain.refusals import Refusal
from callcenter.ivr.prompts import Prompt
from tests import make
from tests.fakes.gateway import FakeCounter
from tests.fakes.phone import SILENCE
from tests.fakes.store import FakeOrderBook
from tests.unit.ivr.hotline_of import LOGIN, Dialled, Hotline

BUY = ("1", *LOGIN, "1", "600000#", "10*05#", "200#", "1")
REDIALLED = make.call(id=CallId("pbx-2.1"))
FIRST, SECOND = "60000001", "60000002"


async def redial(hotline: Hotline, *script: str) -> Dialled:
    """Lose the line before the first order's number was heard, and dial in again."""
    await hotline.dial(*BUY, hangs_up_at_once=True)
    hotline.clock.forward(timedelta(seconds=30))
    return await hotline.dial(*script, call=REDIALLED)


async def test_an_order_that_was_placed_just_now_is_told_with_its_number_and_asked_about() -> None:
    hotline = Hotline()

    call = await redial(hotline, *BUY)

    assert call.phone.said[-1] == (
        "您刚才已提交过相同的委托，委托号六零零零零零零幺。"
        "再次委托请按一，重听请按井号，放弃请按星号。"
    )
    assert [order.draft.number for order in hotline.booked] == [FIRST]


async def test_key_1_places_it_once_more() -> None:
    hotline = Hotline()

    call = await redial(hotline, *BUY, "1")

    assert [order.draft.number for order in hotline.booked] == [FIRST, SECOND]
    assert len(hotline.counter.placed) == 2
    assert call.heard(Prompt.ORDER_ACCEPTED, number=SECOND)


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(["*"], id="star"),
        pytest.param(["2"], id="two"),
        pytest.param([SILENCE] * 3, id="silence"),
        pytest.param(["9", "8", "7"], id="wrong-keys"),
    ],
)
async def test_anything_but_key_1_drops_the_second_order(script: list[str]) -> None:
    hotline = Hotline()

    call = await redial(hotline, *BUY, *script)

    assert len(hotline.booked) == len(hotline.counter.placed) == 1
    assert call.heard(Prompt.ORDER_DROPPED)
    assert (call.place.dialogue, call.place.draft) == ("trade", {})


async def test_hanging_up_at_the_question_places_nothing_more() -> None:
    hotline = Hotline()

    call = await redial(hotline, *BUY)

    assert call.end is CallEnd.HUNG_UP
    assert len(hotline.booked) == 1


async def test_pound_says_the_question_again() -> None:
    call = await redial(Hotline(), *BUY, "#", "1")

    assert call.prompts.count(Prompt.ORDER_TWIN) == 2
    assert call.heard(Prompt.ORDER_ACCEPTED, number=SECOND)


async def test_keys_that_ran_ahead_of_the_question_do_not_answer_it() -> None:
    hotline = Hotline()

    await redial(hotline, *BUY[:-1], "1111")

    assert len(hotline.booked) == 1


async def test_the_question_is_asked_in_english_too() -> None:
    call = await redial(Hotline(), "7", *BUY)

    assert call.heard(Prompt.ORDER_TWIN, Language.EN, number=FIRST)


async def test_a_call_does_not_place_the_same_order_twice_unasked_either() -> None:
    hotline = Hotline()

    call = await hotline.dial(*BUY, *BUY[3:])

    assert call.heard(Prompt.ORDER_TWIN, number=FIRST)
    assert len(hotline.booked) == 1


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(("1", *LOGIN, "2", "600000#", "10*05#", "200#", "1"), id="other-side"),
        pytest.param(("1", *LOGIN, "1", "601398#", "7*40#", "200#", "1"), id="other-security"),
        pytest.param(("1", *LOGIN, "1", "600000#", "10*06#", "200#", "1"), id="other-price"),
        pytest.param(("1", *LOGIN, "1", "600000#", "10*05#", "300#", "1"), id="other-quantity"),
        pytest.param(
            ("1", "10000003#", "246810#", "1", "600000#", "10*05#", "200#", "1"), id="other-account"
        ),
    ],
)
async def test_another_order_is_not_asked_about(script: tuple[str, ...]) -> None:
    hotline = Hotline()

    call = await redial(hotline, *script)

    assert Prompt.ORDER_TWIN not in call.prompts
    assert len(hotline.booked) == 2


async def test_after_a_while_the_same_order_is_not_asked_about() -> None:
    hotline = Hotline()
    await hotline.dial(*BUY)
    hotline.clock.forward(timedelta(seconds=60))

    call = await hotline.dial(*BUY, call=REDIALLED)

    assert Prompt.ORDER_TWIN not in call.prompts
    assert call.heard(Prompt.ORDER_ACCEPTED, number=SECOND)


async def test_an_order_that_was_rejected_may_be_dictated_again() -> None:
    hotline = Hotline(counter=FakeCounter(rejects_with=Refusal.NOT_ENOUGH_MONEY))

    call = await redial(hotline, *BUY)

    assert Prompt.ORDER_TWIN not in call.prompts
    assert [order.state for order in hotline.booked] == [OrderState.REJECTED] * 2


async def test_an_order_of_unknown_outcome_is_asked_about_before_it_is_placed_again() -> None:
    lost = OutcomeUnknown(ClientOrderId("any"))
    hotline = Hotline(counter=FakeCounter(fails_with=lost))
    await hotline.dial(*BUY, hangs_up_at_once=True)

    # From the same number what became of it would be looked up and told.
    other = make.call(id=CallId("pbx-2.1"), caller=CallerNumber("+8613900000001"))
    call = await hotline.dial(*BUY, call=other)

    assert call.heard(Prompt.ORDER_TWIN, number=FIRST)
    assert [order.state for order in hotline.booked] == [OrderState.UNKNOWN]


async def test_a_daemon_that_dies_at_the_question_leads_back_to_the_read_back() -> None:
    hotline = Hotline()
    await hotline.dial(*BUY, hangs_up_at_once=True)
    await hotline.dial_and_die(*BUY, call=REDIALLED)

    call = await hotline.dial("1", "1", call=REDIALLED)

    assert call.turns[0].prompts[0] == Prompt.READ_BACK_BUY
    assert call.turns[1].prompts[0] == Prompt.ORDER_TWIN
    assert [order.draft.number for order in hotline.booked] == [FIRST, SECOND]


async def test_wherever_a_daemon_dies_the_second_order_is_booked_once() -> None:
    sure = (*BUY, "1")
    steps = (await redial(Hotline(), *sure)).phone.step

    for step in range(1, steps):
        hotline = Hotline()
        await hotline.dial(*BUY, hangs_up_at_once=True)
        await hotline.dial_and_die(*sure, call=REDIALLED, at=step)
        if hotline.calls.places.get(REDIALLED.id, Place()).draft.get("number") != SECOND:
            continue  # before the read-back, or told already: as every order
        second = await hotline.dial("1", "1", call=REDIALLED)

        assert [order.draft.number for order in hotline.booked] == [FIRST, SECOND], step
        assert second.heard(Prompt.ORDER_ACCEPTED, number=SECOND), step


class Forgetful(FakeOrderBook):
    """A store that breaks down when it is asked for a twin."""

    async def twin(self, draft: Draft, since: datetime) -> Order | None:
        raise StoreUnavailable("switched off by the test")


async def test_a_store_that_cannot_tell_whether_there_is_a_twin_places_nothing() -> None:
    hotline = Hotline(orders=Forgetful())

    call = await hotline.dial(*BUY)

    assert hotline.booked == hotline.counter.placed == []
    assert call.heard(Prompt.MESSAGE_NUMBER, number=9003)
