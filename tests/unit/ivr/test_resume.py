"""A daemon dies in the middle of a call, and the next one goes on where it was."""

import asyncio
from datetime import timedelta

import pytest

from callcenter.domain.accounts import AccountId
from callcenter.domain.calls import CallEnd, Language, Place
from callcenter.domain.orders import Order, OrderState, Side
from callcenter.ivr.prompts import Prompt
from callcenter.trading.ports import CounterOrder
from tests import make
from tests.fakes.gateway import FakeCounter
from tests.unit.ivr.hotline_of import LOGIN, PROMISE, Hotline

BUY = ("1", *LOGIN, "1", "600000#", "10*05#", "200#", "1")
QUOTE_AND_BUY = ("3", "600000#", "4", *LOGIN, "10*05#", "200#", "1")
SELL_ALL = ("1", *LOGIN, "2", "600000#", "#", "10000#", "1")
NUMBER = "60000001"


class DeadlyCounter(FakeCounter):
    """A counter whose first client is killed: before it sends, or when it has not heard yet."""

    def __init__(self, *, after_sending: bool) -> None:
        super().__init__()
        self._after_sending = after_sending
        self._kills = True

    async def place(self, order: Order) -> CounterOrder:
        kills, self._kills = self._kills, False
        if not kills or self._after_sending:
            answer = await super().place(order)
        if kills:
            raise asyncio.CancelledError
        return answer


@pytest.mark.parametrize(
    ("script", "keyed", "question"),
    [
        pytest.param(BUY, 0, Prompt.MENU_TRADE, id="main-menu"),
        pytest.param(BUY, 1, Prompt.ASK_ACCOUNT, id="account"),
        pytest.param(BUY, 3, Prompt.MENU_BUY, id="trade-menu"),
        pytest.param(BUY, 4, Prompt.ASK_BUY_CODE, id="code"),
        pytest.param(BUY, 5, Prompt.NAME_AND_PRICE, id="price"),
        pytest.param(BUY, 6, Prompt.MOST_YOU_CAN_BUY, id="quantity"),
        pytest.param(BUY, 7, Prompt.READ_BACK_BUY, id="read-back"),
        pytest.param(QUOTE_AND_BUY, 1, Prompt.ASK_QUOTE_CODE, id="quotes"),
        pytest.param(QUOTE_AND_BUY, 3, Prompt.ASK_ACCOUNT, id="quotes-account"),
        pytest.param(QUOTE_AND_BUY, 5, Prompt.NAME_AND_PRICE, id="quotes-price"),
        pytest.param(QUOTE_AND_BUY, 6, Prompt.MOST_YOU_CAN_BUY, id="quotes-quantity"),
        pytest.param(QUOTE_AND_BUY, 7, Prompt.READ_BACK_BUY, id="quotes-read-back"),
    ],
)
async def test_a_call_goes_on_with_the_question_it_was_at(
    script: tuple[str, ...], keyed: int, question: Prompt
) -> None:
    hotline = Hotline()
    await hotline.dial_and_die(*script[:keyed])

    call = await hotline.dial(*script[keyed:])

    assert call.turns[0].prompts[0] == question
    assert Prompt.GREETING not in call.prompts
    assert [order.draft for order in hotline.booked] == [make.draft(quantity=200)]
    assert call.heard(Prompt.ORDER_ACCEPTED, number=NUMBER)
    assert hotline.counter.logins == ["10000001"]


@pytest.mark.parametrize("script", [BUY, QUOTE_AND_BUY], ids=["trade", "quotes"])
async def test_wherever_a_daemon_dies_the_order_is_booked_once_and_told(
    script: tuple[str, ...],
) -> None:
    steps = (await Hotline().dial(*script)).phone.step

    for step in range(1, steps):
        hotline = Hotline()
        first = await hotline.dial_and_die(*script, at=step)
        second = await hotline.dial(*script[first_unanswered(hotline, script, first.phone.left) :])

        assert [order.state for order in hotline.booked] == [OrderState.ACCEPTED], step
        assert len(hotline.counter.booked) == 1, step
        assert first.heard(Prompt.ORDER_ACCEPTED, number=NUMBER) or second.heard(
            Prompt.ORDER_ACCEPTED, number=NUMBER
        ), step


def first_unanswered(hotline: Hotline, script: tuple[str, ...], left: int) -> int:
    """Return what the caller keys next: half a login starts again, and so does a quote."""
    at = len(script) - left
    login = script.index(LOGIN[0])
    if not hotline.calls.places.get(make.call().id, Place()).account:
        at = min(at, login)
    if script is QUOTE_AND_BUY and at == 2:
        return 1
    return at


async def test_a_call_goes_on_in_its_language() -> None:
    hotline = Hotline()
    await hotline.dial_and_die("7", *BUY[:5])

    call = await hotline.dial(*BUY[5:])

    assert call.heard(Prompt.ORDER_ACCEPTED, Language.EN, number=NUMBER)


async def test_a_price_that_is_being_changed_is_asked_again() -> None:
    hotline = Hotline()
    await hotline.dial_and_die(*BUY[:6], "*")

    call = await hotline.dial("10#", "200#")

    assert call.turns[0].prompts[0] == Prompt.NAME_AND_PRICE


async def test_an_order_that_is_dictated_again_starts_at_the_code() -> None:
    hotline = Hotline()
    await hotline.dial_and_die(*BUY[:7], "2")

    call = await hotline.dial()

    assert call.turns[0].prompts == (Prompt.ASK_BUY_CODE,)


async def test_a_read_back_keeps_its_number() -> None:
    hotline = Hotline()
    first = await hotline.dial_and_die(*BUY[:7])

    second = await hotline.dial("1")

    assert first.place.draft["number"] == NUMBER
    assert second.heard(Prompt.ORDER_ACCEPTED, number=NUMBER)


async def test_back_and_menus_work_where_a_call_goes_on() -> None:
    hotline = Hotline()
    await hotline.dial_and_die(*BUY[:6])

    call = await hotline.dial("*", "*#", "*", "*", "2")

    questions = [turn.prompts[-1] for turn in call.turns]
    assert questions[:5] == [
        Prompt.ASK_QUANTITY,
        Prompt.ASK_PRICE,
        Prompt.ASK_BUY_CODE,
        Prompt.MENU_BACK,
        Prompt.MENU_AGAIN,
    ]
    assert call.place.dialogue == "account"


@pytest.mark.parametrize("after_sending", [False, True], ids=["unsent", "sent"])
@pytest.mark.parametrize("script", [BUY, QUOTE_AND_BUY], ids=["trade", "quotes"])
async def test_a_confirmed_order_is_completed_once_and_not_asked_again(
    script: tuple[str, ...], after_sending: bool
) -> None:
    hotline = Hotline(counter=DeadlyCounter(after_sending=after_sending))
    await hotline.dial_and_die(*script)

    call = await hotline.dial()

    assert call.turns[0].prompts[0] == Prompt.ORDER_ACCEPTED
    assert call.heard(Prompt.ORDER_ACCEPTED, number=NUMBER)
    assert len(hotline.counter.placed) == len(hotline.booked) == 1


async def test_a_confirmed_order_is_completed_though_nothing_is_left_to_sell() -> None:
    hotline = Hotline(counter=DeadlyCounter(after_sending=True))
    await hotline.dial_and_die(*SELL_ALL)

    call = await hotline.dial()

    assert call.heard(Prompt.ORDER_ACCEPTED, number=NUMBER)
    assert [order.draft.side for order in hotline.booked] == [Side.SELL]


async def test_a_confirmed_order_is_completed_before_reconciliation_has_been_done() -> None:
    hotline = Hotline(counter=DeadlyCounter(after_sending=True))
    await hotline.dial_and_die(*BUY)
    hotline.reconciled = False

    call = await hotline.dial()

    assert call.heard(Prompt.ORDER_ACCEPTED, number=NUMBER)
    assert not call.heard(Prompt.MESSAGE_NUMBER, number=9002)


async def test_a_confirmed_order_that_came_too_late_is_told_to_be_void() -> None:
    hotline = Hotline(counter=DeadlyCounter(after_sending=False))
    await hotline.dial_and_die(*BUY)
    hotline.clock.forward(PROMISE + timedelta(seconds=1))

    call = await hotline.dial()

    assert call.heard(Prompt.ORDER_WITHDRAWN, number=NUMBER)
    assert [order.state for order in hotline.booked] == [OrderState.WITHDRAWN]


async def test_an_order_that_was_placed_and_not_told_is_told_and_not_placed_again() -> None:
    hotline = Hotline()
    first = await hotline.dial_and_die(*BUY, at_once=True)
    assert not first.heard(Prompt.ORDER_ACCEPTED, number=NUMBER)

    second = await hotline.dial("*")

    assert second.heard(Prompt.ORDER_ACCEPTED, number=NUMBER)
    assert len(hotline.counter.placed) == 1


async def test_after_an_order_was_told_a_call_goes_on_in_its_menu() -> None:
    hotline = Hotline()
    await hotline.dial_and_die(*BUY)

    call = await hotline.dial("2")

    assert call.turns[0].prompts[0] == Prompt.MENU_BUY
    assert call.turns[-1].prompts == (Prompt.ASK_SELL_CODE,)


async def test_a_place_that_this_menu_does_not_have_leads_to_the_nearest_that_it_has() -> None:
    hotline = Hotline()
    call_id = make.call().id
    await hotline.calls.open(make.call())
    hotline.calls.places[call_id] = Place(
        account=AccountId("10000001"),
        dialogue="trade/block-trade",
        draft={"security": "SH600000", "price": "9.99", "quantity": "900"},
    )

    call = await hotline.dial("1", "601398#")

    assert [turn.prompts[0] for turn in call.turns[:3]] == [
        Prompt.MENU_BUY,
        Prompt.ASK_BUY_CODE,
        Prompt.NAME_AND_PRICE,
    ]
    assert call.place.dialogue == "trade/buy"
    assert call.place.draft == {"security": "SH601398", "side": "buy"}


async def test_a_daemon_that_dies_leaves_the_call_open() -> None:
    hotline = Hotline()

    first = await hotline.dial_and_die(*BUY[:5])
    assert first.end is None
    assert hotline.calls.ends == {}

    await hotline.dial()
    assert hotline.calls.ends[make.call().id] == (CallEnd.HUNG_UP, make.NOON)


async def test_what_was_keyed_for_a_question_that_died_is_no_answer_to_another() -> None:
    hotline = Hotline()
    await hotline.dial_and_die("1", "10000001#")

    call = await hotline.dial("135790#", burst=True)

    assert call.turns[0].prompts[0] == Prompt.ASK_ACCOUNT
    assert call.phone.dropped == "135790#"
    assert not any("135790" in turn.keys for turn in call.turns)
