"""Cancelling, as a caller does it over the whole hotline."""

from dataclasses import replace
from datetime import date, datetime, time

import pytest

from callcenter.domain.accounts import AccountId
from callcenter.domain.calls import Language
from callcenter.domain.clock import BEIJING
from callcenter.domain.errors import CounterUnavailable
from callcenter.domain.orders import Order, OrderNumber, OrderState
from callcenter.domain.refusals import Refusal
from callcenter.ivr.prompts import Prompt
from tests import make
from tests.fakes.gateway import FakeCounter
from tests.fakes.hours import FakeHours
from tests.fakes.phone import SILENCE
from tests.unit.ivr.hotline_of import LOGIN, Dialled, Hotline

CANCEL = ("1", *LOGIN, "3")
FIRST, SECOND, THIRD = "60000001", "60000002", "60000003"
MONDAY = date(2026, 11, 23)


async def with_orders(*quantities: int, hotline: Hotline | None = None) -> Hotline:
    """Return a hotline whose caller has bought so much in an earlier call."""
    hotline = hotline or Hotline()
    for quantity in quantities:
        keys = ("1", *LOGIN, "1", "600000#", "10*05#", f"{quantity}#", "1")
        await hotline.dial(*keys, call=make.call(id="pbx-0.1"))
        hotline.calls.calls.clear()
    return hotline


def order(hotline: Hotline, number: str) -> Order:
    return hotline.orders.kept[OrderNumber(number)]


def states(hotline: Hotline) -> list[OrderState]:
    return [order.state for order in hotline.booked]


def filled(hotline: Hotline, number: str, shares: int) -> None:
    """Let the counter have filled so much of an order, and not told it yet."""
    of = order(hotline, number).client_id
    hotline.counter.booked[of] = replace(hotline.counter.booked[of], filled=shares)


async def test_an_open_order_is_read_and_cancelled_with_one_key() -> None:
    hotline = await with_orders(200)

    call = await hotline.dial(*CANCEL, "1")

    assert states(hotline) == [OrderState.CANCELLED]
    assert call.phone.said[5:8] == [
        "委托号六零零零零零零幺，买入浦发银行两百股，价格十点零五元，已报。"
        "撤销这笔委托请按一，下一笔请按二，全部撤单请按三，"
        "也可以直接输入委托号，按井号结束，返回请按星号。",
        "撤单成功，委托号六零零零零零零幺。",
        "没有其他可以撤单的委托。",
    ]
    assert call.place.dialogue == "trade"


async def test_in_english_too() -> None:
    hotline = await with_orders(200)

    call = await hotline.dial("7", *CANCEL, "1")

    assert call.heard(Prompt.CANCEL_DONE, Language.EN, number=FIRST)


async def test_several_are_counted_and_read_one_by_one_the_newest_first() -> None:
    hotline = await with_orders(200, 300, 400)

    call = await hotline.dial(*CANCEL, "2", "1", "2")

    assert call.heard(Prompt.CANCEL_COUNT, count=3)
    assert states(hotline) == [OrderState.ACCEPTED, OrderState.CANCELLED, OrderState.ACCEPTED]
    assert call.heard(Prompt.CANCEL_NO_MORE)


async def test_a_burst_cancels_what_the_same_keys_cancel_slowly() -> None:
    hotline = await with_orders(200, 300)

    await hotline.dial(*CANCEL, "2", "1", burst=True)

    assert states(hotline) == [OrderState.CANCELLED, OrderState.ACCEPTED]


async def test_an_order_number_may_be_keyed_instead() -> None:
    hotline = await with_orders(200, 300, 400)

    call = await hotline.dial(*CANCEL, f"{FIRST}#", "1")

    assert states(hotline)[0] is OrderState.CANCELLED
    assert (f"{FIRST}#", "value") in call.answers
    assert call.turns[-1].prompts[1] == Prompt.ORDER_TODAY_BUY  # the others come after it


@pytest.mark.parametrize(
    ("keyed", "message"),
    [
        pytest.param("60000009#", 6001, id="no-such-order"),
        pytest.param("9" * 50 + "#", 6001, id="endless"),
    ],
)
async def test_a_number_that_is_no_open_order_is_refused(keyed: str, message: int) -> None:
    hotline = await with_orders(200)

    call = await hotline.dial(*CANCEL, keyed)

    assert call.heard(Prompt.MESSAGE_NUMBER, number=message)
    assert call.turns[-1].prompts[-1] == Prompt.ASK_ORDER_NUMBER
    assert states(hotline) == [OrderState.ACCEPTED]


async def test_an_order_of_another_account_is_as_good_as_none() -> None:
    hotline = await with_orders(200)
    theirs = order(hotline, FIRST)
    draft = replace(theirs.draft, account=AccountId("10000002"), number=OrderNumber("60000007"))
    hotline.orders.kept[draft.number] = replace(theirs, draft=draft)

    call = await hotline.dial(*CANCEL, "60000007#")

    assert call.heard(Prompt.MESSAGE_NUMBER, number=6001)


async def test_an_order_that_is_over_tells_why_it_cannot_be_cancelled() -> None:
    hotline = await with_orders(200, 300)
    await hotline.dial(*CANCEL, "1", call=make.call(id="pbx-0.2"))

    call = await hotline.dial(*CANCEL, f"{SECOND}#", "*", "*")

    assert call.heard(Prompt.MESSAGE_NUMBER, number=6002 + 1)
    assert states(hotline)[0] is OrderState.ACCEPTED


async def test_back_out_of_a_number_leads_to_the_order_again() -> None:
    hotline = await with_orders(200)

    call = await hotline.dial(*CANCEL, "6", "*", "*", "1")

    assert states(hotline) == [OrderState.CANCELLED]
    assert call.turns[-1].prompts[-1] == Prompt.MENU_BACK


async def test_without_open_orders_it_says_so() -> None:
    call = await Hotline().dial(*CANCEL)

    assert call.heard(Prompt.MESSAGE_NUMBER, number=6013)
    assert call.place.dialogue == "trade"


async def test_a_frozen_account_cancels_nothing() -> None:
    call = await Hotline().dial("1", "10000005#", "246810#", "3")

    assert call.heard(Prompt.MESSAGE_NUMBER, number=2001)


# What comes of it


async def test_what_was_filled_meanwhile_is_told() -> None:
    hotline = await with_orders(500)
    filled(hotline, FIRST, 200)

    call = await hotline.dial(*CANCEL, "1")

    assert states(hotline) == [OrderState.FILLS_OUTSTANDING]
    assert call.heard(Prompt.CANCEL_ENDED, number=FIRST)


async def test_an_order_that_was_filled_at_the_counter_is_not_said_to_be_cancelled() -> None:
    hotline = await with_orders(500)
    filled(hotline, FIRST, 500)

    call = await hotline.dial(*CANCEL, "1")

    assert not call.heard(Prompt.CANCEL_DONE, number=FIRST)
    assert OrderState.CANCELLED not in states(hotline)


async def test_without_a_word_of_the_counter_the_result_is_open() -> None:
    hotline = await with_orders(200)
    hotline.counter.ignores_cancels = True

    call = await hotline.dial(*CANCEL, "1")

    assert states(hotline) == [OrderState.CANCELLING]
    assert call.heard(Prompt.CANCEL_UNKNOWN, number=FIRST)


async def test_what_the_counter_refuses_to_cancel_is_told_and_stands() -> None:
    hotline = await with_orders(200, 300)
    hotline.counter.refuses_cancels = Refusal.CANCEL_NOT_ALLOWED_NOW

    call = await hotline.dial(*CANCEL, "1")

    assert call.heard(Prompt.MESSAGE_NUMBER, number=6005)
    assert states(hotline) == [OrderState.ACCEPTED] * 2
    assert call.turns[-1].prompts[-1] == Prompt.CANCEL_CHOICES  # of the next one


class ChoosyCounter(FakeCounter):
    """A counter that is away for some wishes to cancel, and forgets others."""

    def __init__(self, *, away: str = "", forgets: str = "") -> None:
        super().__init__()
        self._away = away
        self._forgets = forgets

    async def cancel(self, order: Order) -> None:
        if order.draft.number == self._away:
            raise CounterUnavailable("away")
        self.ignores_cancels = order.draft.number == self._forgets
        await super().cancel(order)


async def test_a_counter_that_is_away_cancels_nothing() -> None:
    hotline = await with_orders(200, hotline=Hotline(counter=ChoosyCounter(away=FIRST)))

    call = await hotline.dial(*CANCEL, "1")

    assert call.heard(Prompt.MESSAGE_NUMBER, number=9001)
    assert states(hotline) == [OrderState.ACCEPTED]


async def test_a_reservation_is_offered_after_the_orders_and_cancelled_at_once() -> None:
    hotline = await with_orders(200, hotline=Hotline(hours=FakeHours(opens=MONDAY)))
    hotline.hours = None
    hotline = await with_orders(300, hotline=hotline)

    call = await hotline.dial(*CANCEL, "2", "1")

    assert states(hotline) == [OrderState.CANCELLED, OrderState.ACCEPTED]
    assert call.heard(Prompt.STATE_RESERVED)
    assert hotline.counter.wishes == []


# All at once


async def test_all_are_cancelled_after_one_read_back_of_how_many() -> None:
    hotline = await with_orders(200, 300, 400)

    call = await hotline.dial(*CANCEL, "2", "3", "1")

    assert states(hotline) == [OrderState.CANCELLED] * 3
    assert call.heard(Prompt.CANCEL_ALL_READ_BACK, count=3)
    assert call.heard(Prompt.CANCEL_ALL_DONE, count=3)
    assert Prompt.CANCEL_ALL_FAILED not in call.prompts


@pytest.mark.parametrize(
    "script", [["*"], ["2"], [SILENCE] * 3, ["9", "9", "9"]], ids=["star", "no", "silent", "wrong"]
)
async def test_without_a_yes_none_is_cancelled(script: list[str]) -> None:
    hotline = await with_orders(200, 300)

    call = await hotline.dial(*CANCEL, "3", *script)

    assert states(hotline) == [OrderState.ACCEPTED] * 2
    assert call.heard(Prompt.CANCEL_GIVEN_UP)


async def test_keys_that_came_before_the_read_back_cancel_nothing() -> None:
    hotline = await with_orders(200, 300)

    await hotline.dial(*CANCEL, "3", "1", burst=True)

    assert states(hotline) == [OrderState.ACCEPTED] * 2


async def test_what_came_of_all_is_counted_by_kind() -> None:
    choosy = ChoosyCounter(away=FIRST, forgets=SECOND)
    hotline = await with_orders(200, 300, 400, hotline=Hotline(counter=choosy))

    call = await hotline.dial(*CANCEL, "3", "1")

    assert call.heard(Prompt.CANCEL_ALL_DONE, count=1)
    assert call.heard(Prompt.CANCEL_ALL_UNKNOWN, count=1)
    assert call.heard(Prompt.CANCEL_ALL_FAILED, count=1)


# A daemon that dies, a caller who hangs up


def was_told(call: Dialled, result: Prompt, figure: str | int) -> bool:
    return call.heard(result, number=figure, count=figure)


@pytest.mark.parametrize("script", [("2", "1"), ("3", "1")], ids=["one", "all"])
async def test_wherever_a_daemon_dies_what_was_confirmed_is_cancelled_once_and_told(
    script: tuple[str, ...],
) -> None:
    keys = (*CANCEL, *script)
    steps = (await (await with_orders(200, 300)).dial(*keys)).phone.step
    done = (Prompt.CANCEL_ALL_DONE, 2) if "3" in script else (Prompt.CANCEL_DONE, FIRST)

    for step in range(1, steps):
        hotline = await with_orders(200, 300)
        first = await hotline.dial_and_die(*keys, at=step)
        if not first.place.account:
            continue  # a login that is cut short begins again
        second = await hotline.dial(*keys[len(keys) - first.phone.left :], "*")

        assert was_told(first, *done) or was_told(second, *done), step
        assert len(hotline.counter.wishes) == len(set(hotline.counter.wishes)), step
        assert states(hotline)[0] is OrderState.CANCELLED, step


@pytest.mark.parametrize(
    ("script", "question"),
    [
        pytest.param([], Prompt.ORDER_TODAY_BUY, id="order"),
        pytest.param(["2"], Prompt.ORDER_TODAY_BUY, id="second-order"),
        pytest.param(["6"], Prompt.ORDER_TODAY_BUY, id="number"),
        pytest.param(["3"], Prompt.CANCEL_ALL_READ_BACK, id="all"),
    ],
)
async def test_a_call_goes_on_at_the_order_it_was_at(script: list[str], question: Prompt) -> None:
    hotline = await with_orders(200, 300)
    first = await hotline.dial_and_die(*CANCEL, *script)

    second = await hotline.dial("*")

    assert second.turns[0].prompts[0] == question
    assert (
        second.place.draft.get("order") == first.place.draft.get("order") or not second.place.draft
    )
    assert states(hotline) == [OrderState.ACCEPTED] * 2


async def test_hanging_up_at_the_read_back_cancels_nothing() -> None:
    hotline = await with_orders(200, 300)

    await hotline.dial(*CANCEL, "3")

    assert states(hotline) == [OrderState.ACCEPTED] * 2


async def test_hanging_up_after_key_1_leaves_the_order_cancelled() -> None:
    hotline = await with_orders(200)

    await hotline.dial(*CANCEL, "1", hangs_up_at_once=True)

    assert states(hotline) == [OrderState.CANCELLED]


@pytest.mark.parametrize(
    ("minute", "again"), [("09:22", "09:30"), ("12:00", "13:00"), ("14:58", None)]
)
async def test_while_the_exchange_takes_no_cancellations_it_is_said_from_when_it_does(
    minute: str, again: str | None
) -> None:
    hotline = await with_orders(200)
    hotline.hours = FakeHours()
    at = datetime.combine(make.NOON.date(), time.fromisoformat(minute), tzinfo=BEIJING)
    hotline.clock.forward(at - hotline.clock.now())

    call = await hotline.dial(*CANCEL, "1")

    assert call.heard(Prompt.MESSAGE_NUMBER, number=6005)
    assert (Prompt.INSTEAD_AGAIN_FROM in call.prompts) == (again is not None)
    if again is not None:
        assert call.heard(Prompt.INSTEAD_AGAIN_FROM, at=time.fromisoformat(again))
    assert states(hotline) == [OrderState.ACCEPTED]
    assert hotline.counter.wishes == []
