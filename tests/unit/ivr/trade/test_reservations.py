"""The reservations that wait: heard and cancelled over the whole hotline."""

from dataclasses import replace
from datetime import date

import pytest

from callcenter.domain.calls import Language
from callcenter.domain.orders import Order, OrderNumber, OrderState
from callcenter.ivr.prompts import Prompt
from tests import make
from tests.fakes.hours import FakeHours
from tests.fakes.phone import SILENCE
from tests.fakes.store import FakeOrderBook
from tests.unit.ivr.hotline_of import LOGIN, Hotline

MONDAY = date(2026, 11, 23)
WAITING = ("1", *LOGIN, "5")
FIRST, SECOND = "60000001", "60000002"


async def with_reservations(*quantities: int) -> Hotline:
    """Return a closed market for whose opening the caller has reserved so much."""
    hotline = Hotline(hours=FakeHours(opens=MONDAY))
    for quantity in quantities:
        keys = ("1", *LOGIN, "1", "600000#", "10*05#", f"{quantity}#", "1")
        await hotline.dial(*keys, call=make.call(id="pbx-0.1"))
        hotline.calls.calls.clear()
    return hotline


def states(hotline: Hotline) -> list[OrderState]:
    return [order.state for order in hotline.booked]


async def test_a_reservation_is_read_with_the_day_it_waits_for() -> None:
    hotline = await with_reservations(200)

    call = await hotline.dial(*WAITING)

    assert call.phone.said[5] == (
        "委托号六零零零零零零幺，买入浦发银行两百股，价格十点零五元，预约委托，尚未申报。"
        "将在二零二六年十一月二十三日开市时申报。"
        "撤销这笔预约请按一，下一笔请按二，返回请按星号。"
    )


async def test_it_is_cancelled_after_a_read_back() -> None:
    hotline = await with_reservations(200, 300)

    call = await hotline.dial(*WAITING, "2", "1", "1")

    assert states(hotline) == [OrderState.CANCELLED, OrderState.RESERVED]
    assert Prompt.READ_BACK_CANCEL in call.prompts
    assert call.heard(Prompt.CANCEL_DONE, number=FIRST)
    assert call.heard(Prompt.RESERVATION_COUNT, count=2)
    assert call.heard(Prompt.NO_MORE_RESERVATIONS)


async def test_in_english_too() -> None:
    hotline = await with_reservations(200)

    call = await hotline.dial("7", *WAITING, "1", "1")

    assert call.heard(Prompt.RESERVED_FOR, Language.EN, day=MONDAY)
    assert call.heard(Prompt.CANCEL_DONE, Language.EN, number=FIRST)


@pytest.mark.parametrize(
    "script",
    [["1", "*"], ["1", "2"], ["1", *[SILENCE] * 3], ["*"], ["1"]],
    ids=["star", "no", "silent", "leaves", "hangs-up"],
)
async def test_without_a_yes_it_stands(script: list[str]) -> None:
    hotline = await with_reservations(200)

    await hotline.dial(*WAITING, *script)

    assert states(hotline) == [OrderState.RESERVED]


async def test_keys_that_came_before_the_read_back_cancel_nothing() -> None:
    hotline = await with_reservations(200)

    await hotline.dial(*WAITING, "1", "1", burst=True)

    assert states(hotline) == [OrderState.RESERVED]


async def test_orders_in_the_market_are_none_of_them() -> None:
    hotline = await with_reservations(200)
    number = OrderNumber(FIRST)
    hotline.orders.kept[number] = replace(hotline.booked[0], state=OrderState.ACCEPTED)

    call = await hotline.dial(*WAITING)

    assert call.heard(Prompt.NO_RESERVATIONS)


class SentMeanwhile(FakeOrderBook):
    """A book in which a reservation turns into an order after it was looked at once."""

    looked = 0

    async def find(self, number: OrderNumber) -> Order | None:
        order = await super().find(number)
        self.looked += 1
        if order is None or self.looked == 1:
            return order
        return replace(order, state=OrderState.ACCEPTED)


async def test_one_that_was_sent_while_it_was_read_is_not_cancelled_as_a_reservation() -> None:
    hotline = await with_reservations(200)
    kept, hotline.orders = hotline.orders.kept, SentMeanwhile()
    hotline.orders.kept = kept

    call = await hotline.dial(*WAITING, "1", "1")

    assert call.heard(Prompt.MESSAGE_NUMBER, number=8022)
    assert hotline.counter.wishes == []


async def test_wherever_a_daemon_dies_what_was_confirmed_is_cancelled_once_and_told() -> None:
    keys = (*WAITING, "2", "1", "1")
    steps = (await (await with_reservations(200, 300)).dial(*keys)).phone.step

    for step in range(1, steps):
        hotline = await with_reservations(200, 300)
        first = await hotline.dial_and_die(*keys, at=step)
        if not first.place.account:
            continue  # a login that is cut short begins again
        second = await hotline.dial(*keys[len(keys) - first.phone.left :], "*")

        told = [call.heard(Prompt.CANCEL_DONE, number=FIRST) for call in (first, second)]
        assert any(told), step
        assert states(hotline) == [OrderState.CANCELLED, OrderState.RESERVED], step


@pytest.mark.parametrize(
    ("script", "question"),
    [
        pytest.param([], Prompt.ORDER_TODAY_BUY, id="first"),
        pytest.param(["2"], Prompt.ORDER_TODAY_BUY, id="second"),
        pytest.param(["2", "1"], Prompt.READ_BACK_CANCEL, id="read-back"),
    ],
)
async def test_a_call_goes_on_where_it_was(script: list[str], question: Prompt) -> None:
    hotline = await with_reservations(200, 300)
    await hotline.dial_and_die(*WAITING, *script)

    call = await hotline.dial("*")

    assert call.turns[0].prompts[0] == question
    assert states(hotline) == [OrderState.RESERVED] * 2
