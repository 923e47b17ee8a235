"""A call that drops before a confirmation is offered again to whoever logs in from its number."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest

from callcenter.domain.accounts import AccountId
from callcenter.domain.calls import Call, CallEnd, CallerNumber, CallId, Language, LeftOff
from callcenter.domain.errors import StoreUnavailable
from callcenter.domain.orders import OrderState, Side
from callcenter.ivr.prompts import Prompt
from tests import make
from tests.fakes.hours import FakeHours
from tests.fakes.market import FakeFeed
from tests.fakes.phone import SILENCE
from tests.fakes.store import FakeCallBook
from tests.unit.ivr.hotline_of import LOGIN, Dialled, Hotline

TRADE = ("1", *LOGIN)
BUY = (*TRADE, "1", "600000#", "10*05#", "200#")
SELL = (*TRADE, "2", "600000#", "#", "200#")
GO_ON = ("1", SILENCE)
FIRST, SECOND = "60000001", "60000002"
AGAIN = make.call(id=CallId("pbx-2.1"), answered_at=make.NOON + timedelta(minutes=1))
THIRD = make.call(id=CallId("pbx-3.1"), answered_at=make.NOON + timedelta(minutes=2))


async def redial(
    hotline: Hotline,
    first: Sequence[str],
    *script: str,
    call: Call = AGAIN,
    after: timedelta = timedelta(seconds=30),
    burst: bool = False,
) -> Dialled:
    """Drop a call after the keys of `first`, and dial in again."""
    await hotline.dial(*first)
    hotline.clock.forward(after)
    return await hotline.dial(*script, call=call, burst=burst)


# It is offered, and leads to the read-back


async def test_what_was_dropped_at_the_read_back_is_offered_after_the_login() -> None:
    hotline = Hotline()

    call = await redial(hotline, BUY, *TRADE)

    assert call.phone.said[4] == (
        "您上次通话中断时，还有业务没有确认。正在买入浦发银行两百股，价格十点零五元。"
        "继续请按一，放弃请按二，重听请按井号。"
    )
    assert hotline.booked == []


async def test_key_1_leads_to_the_read_back_and_one_order_is_placed() -> None:
    hotline = Hotline()

    call = await redial(hotline, BUY, *TRADE, *GO_ON, "1")

    [order] = hotline.booked
    assert (order.draft.side, order.draft.quantity) == (Side.BUY, 200)
    assert order.station.call == AGAIN.id
    assert call.heard(Prompt.ORDER_ACCEPTED, number=FIRST)
    assert call.place.dialogue == "trade"
    assert len(hotline.counter.placed) == 1


async def test_it_is_offered_in_english_too() -> None:
    call = await redial(Hotline(), BUY, "7", *TRADE, *GO_ON, "1")

    assert call.heard(Prompt.LEFT_OFF, Language.EN)
    assert call.heard(Prompt.ORDER_ACCEPTED, Language.EN, number=FIRST)


@pytest.mark.parametrize("key", ["2", "3", "4"])
async def test_it_is_offered_whatever_the_login_was_for(key: str) -> None:
    entry = {"2": ("2",), "3": ("3", "600000#", "4"), "4": ("4",)}[key]

    call = await redial(Hotline(), BUY, *entry, *LOGIN, *GO_ON, "1")

    assert call.heard(Prompt.ORDER_ACCEPTED, number=FIRST)


async def test_an_order_that_began_at_a_quote_goes_on_there() -> None:
    quoted = ("3", "600000#", "4", *LOGIN, "10*05#", "200#")

    call = await redial(Hotline(), quoted, *TRADE, *GO_ON, "1")

    assert call.heard(Prompt.ORDER_ACCEPTED, number=FIRST)
    assert call.place.dialogue == "quotes"


async def test_key_2_gives_it_up_for_good_and_goes_on_where_the_caller_was() -> None:
    hotline = Hotline()

    call = await redial(hotline, BUY, *TRADE, "2", SILENCE)
    third = await hotline.dial(*TRADE, call=THIRD)

    assert call.turns[-1].prompts[0] == Prompt.MENU_BUY
    assert Prompt.LEFT_OFF not in third.prompts
    assert hotline.booked == []


@pytest.mark.parametrize(
    "script",
    [
        ["*", SILENCE],
        [SILENCE] * 3,
        ["9", SILENCE, "9", SILENCE, "9", SILENCE],
        ["#", SILENCE, "*", SILENCE],
    ],
    ids=["star", "silence", "wrong-keys", "again"],
)
async def test_without_an_answer_the_call_goes_on_where_the_caller_was(script: list[str]) -> None:
    hotline = Hotline()

    call = await redial(hotline, BUY, *TRADE, *script)

    assert call.turns[-1].prompts[0] == Prompt.MENU_BUY
    assert hotline.booked == []


async def test_who_keys_on_in_a_hurry_loses_no_key_and_is_not_kept() -> None:
    hotline = Hotline()

    call = await redial(hotline, BUY, *TRADE, "1", "601398#", "7*40#", "300#", burst=True)

    assert call.turns[-1].prompts[0] == Prompt.READ_BACK_BUY
    assert [turn.keys for turn in call.turns][3:7] == ["1", "601398#", "7*40#", "300#"]


async def test_what_a_call_drops_at_this_question_is_offered_to_the_next_one() -> None:
    hotline = Hotline()
    await redial(hotline, BUY, *TRADE)

    third = await hotline.dial(*TRADE, *GO_ON, "1", call=THIRD)

    assert [order.station.call for order in hotline.booked] == [THIRD.id]
    assert third.place.dialogue == "trade"


async def test_what_was_told_before_the_login_is_not_lost() -> None:
    quoted = ("3", "601398#", "4", *LOGIN, "2", SILENCE)

    call = await redial(Hotline(), BUY, *quoted)

    assert call.heard(Prompt.NAME_AND_PRICE, name="工商银行", last=Decimal("7.42"))
    assert call.place.draft["security"] == "SH601398"


async def test_a_daemon_that_dies_at_the_question_asks_it_again() -> None:
    hotline = Hotline()
    await hotline.dial(*BUY)
    await hotline.dial_and_die("3", "601398#", "4", *LOGIN, call=AGAIN)

    call = await hotline.dial("2", SILENCE, call=AGAIN)

    assert call.turns[0].prompts[0] == Prompt.LEFT_OFF
    assert call.heard(Prompt.NAME_AND_PRICE, name="工商银行", last=Decimal("7.42"))


# It is not offered


@pytest.mark.parametrize("told", [3, 4, 5, 6])
async def test_an_order_without_a_quantity_is_not_offered(told: int) -> None:
    call = await redial(Hotline(), BUY[:told], *TRADE)

    assert Prompt.LEFT_OFF not in call.prompts


@pytest.mark.parametrize(
    ("call", "login"),
    [
        pytest.param(
            make.call(id="pbx-2.1", caller=CallerNumber("+8613900000001")), LOGIN, id="number"
        ),
        pytest.param(AGAIN, ("10000003#", "246810#"), id="account"),
    ],
)
async def test_another_number_or_account_hears_nothing_of_it(
    call: Call, login: tuple[str, str]
) -> None:
    dialled = await redial(Hotline(), BUY, "1", *login, call=call)

    assert Prompt.LEFT_OFF not in dialled.prompts


async def test_a_withheld_number_is_no_number() -> None:
    hotline = Hotline()
    await hotline.dial(*BUY, call=make.call(caller=CallerNumber("")))

    call = await hotline.dial(*TRADE, call=make.call(id="pbx-2.1", caller=CallerNumber("")))

    assert Prompt.LEFT_OFF not in call.prompts


@pytest.mark.parametrize(("minutes", "offered"), [(10, True), (11, False)])
async def test_it_is_offered_for_ten_minutes(minutes: int, offered: bool) -> None:
    call = await redial(Hotline(), BUY, *TRADE, after=timedelta(minutes=minutes))

    assert (Prompt.LEFT_OFF in call.prompts) == offered


async def test_what_was_given_up_or_done_is_not_offered() -> None:
    for end in (["*"], ["1"]):
        call = await redial(Hotline(), (*BUY, *end), *TRADE)

        assert Prompt.LEFT_OFF not in call.prompts


async def test_a_call_that_ended_by_silence_is_not_offered() -> None:
    hotline = Hotline()
    await hotline.dial(*BUY)
    hotline.calls.ends[make.call().id] = (CallEnd.GOODBYE, make.NOON)

    assert Prompt.LEFT_OFF not in (await hotline.dial(*TRADE, call=AGAIN)).prompts


class BrokenCallBook(FakeCallBook):
    async def left_off(self, call: Call, account: AccountId, since: object) -> LeftOff | None:
        raise StoreUnavailable("switched off by the test")


async def test_an_outage_keeps_nobody_from_logging_in() -> None:
    call = await redial(Hotline(calls=BrokenCallBook()), BUY, *TRADE)

    assert call.turns[-1].prompts[0] == Prompt.MENU_BUY


# Nothing is done twice


async def test_what_was_confirmed_is_told_and_not_offered() -> None:
    hotline = Hotline()
    await hotline.dial(*BUY, "1", hangs_up_at_once=True)

    call = await hotline.dial(*TRADE, call=AGAIN)
    third = await hotline.dial(*TRADE, call=THIRD)

    assert call.heard(Prompt.LEFT_OFF_DONE)
    assert call.heard(Prompt.ORDER_ACCEPTED, number=FIRST)
    assert call.turns[-1].prompts[-1] == Prompt.MENU_BACK
    assert Prompt.LEFT_OFF_DONE not in third.prompts
    assert len(hotline.counter.placed) == 1


class ContendedCallBook(FakeCallBook):
    """A book in which another call takes over first."""

    async def take_over(self, call: CallId) -> bool:
        await super().take_over(call)
        return await super().take_over(call)


async def test_what_another_call_goes_on_with_is_not_gone_on_with_here() -> None:
    hotline = Hotline(calls=ContendedCallBook())

    call = await redial(hotline, BUY, *TRADE)

    assert Prompt.LEFT_OFF not in call.prompts
    assert call.turns[-1].prompts[0] == Prompt.MENU_BUY


async def test_wherever_a_daemon_dies_the_order_is_placed_once() -> None:
    keys = (*TRADE, *GO_ON, "1")

    async def started() -> Hotline:
        hotline = Hotline()
        await hotline.dial(*BUY)
        return hotline

    steps = (await (await started()).dial(*keys, call=AGAIN)).phone.step
    for step in range(1, steps):
        hotline = await started()
        first = await hotline.dial_and_die(*keys, call=AGAIN, at=step)
        if not first.place.account:
            continue  # a login that is cut short begins again
        left = first.phone.left
        second = await hotline.dial(*(keys[len(keys) - left :] if left else ("*",)), call=AGAIN)

        assert len(hotline.booked) == len(hotline.counter.placed) <= 1, step
        told = [call.heard(Prompt.ORDER_ACCEPTED, number=FIRST) for call in (first, second)]
        assert any(told) == bool(hotline.booked), step


# With fresh checks


async def test_a_price_that_is_not_allowed_any_more_is_asked_again() -> None:
    hotline = Hotline()
    await hotline.dial(*BUY)
    hotline.feed = FakeFeed(make.quote(previous_close=Decimal("20.00"), last=Decimal("20.10")))

    call = await hotline.dial(*TRADE, *GO_ON, "20#", "100#", "1", call=AGAIN)

    assert call.heard(Prompt.MESSAGE_NUMBER, number=4003)
    assert [(order.draft.price, order.draft.quantity) for order in hotline.booked] == [
        (Decimal(20), 100)
    ]


async def test_a_quantity_that_there_is_no_money_for_any_more_is_asked_again() -> None:
    hotline = Hotline()
    big = (*TRADE, "1", "600000#", "10*05#", "90000#")
    await hotline.dial(*big)
    spends = make.call(id="pbx-9.1", caller=CallerNumber("+8613900000001"))
    await hotline.dial(*big, "1", call=spends)

    call = await hotline.dial(*TRADE, *GO_ON, "100#", "1", call=AGAIN)

    assert call.heard(Prompt.MESSAGE_NUMBER, number=5001)
    assert [order.draft.quantity for order in hotline.booked] == [90_000, 100]


async def test_a_market_that_closed_meanwhile_makes_it_a_reservation() -> None:
    hotline = Hotline(hours=FakeHours())
    await hotline.dial(*BUY)
    hotline.hours = FakeHours(opens=date(2026, 11, 23))

    call = await hotline.dial(*TRADE, *GO_ON, "1", call=AGAIN)

    assert Prompt.READ_BACK_RESERVATION in call.prompts
    assert [order.state for order in hotline.booked] == [OrderState.RESERVED]


# Whatever it was


async def has_orders(hotline: Hotline) -> None:
    for at, quantity in enumerate(("200", "300")):
        keys = (*BUY[:-1], f"{quantity}#", "1")
        await hotline.dial(*keys, call=make.call(id=f"pbx-0.{at}"))


async def has_reservation(hotline: Hotline) -> None:
    hotline.hours = FakeHours(opens=date(2026, 11, 23))
    await has_orders(hotline)


async def has_application(hotline: Hotline) -> None:
    keys = (*TRADE, "6", "1", "110011#", "5000#", "1")
    await hotline.dial(*keys, call=make.call(id="pbx-0.1"))


async def has_nothing(hotline: Hotline) -> None:
    pass


MATTERS = [
    pytest.param(has_nothing, SELL, Prompt.LEFT_OFF_SELL, Prompt.READ_BACK_SELL, id="sell"),
    pytest.param(
        has_nothing,
        ("4", *LOGIN, "1", "10000#", "112358#"),
        Prompt.LEFT_OFF_TRANSFER,
        Prompt.ASK_BANK_PASSWORD,
        id="transfer",
    ),
    pytest.param(
        has_nothing,
        (*TRADE, "4", "1", "500#"),
        Prompt.LEFT_OFF_ISSUE,
        Prompt.READ_BACK_ISSUE,
        id="issue",
    ),
    pytest.param(
        has_nothing,
        (*TRADE, "4", "2", "1", "90#"),
        Prompt.LEFT_OFF_ISSUE,
        Prompt.READ_BACK_RIGHTS,
        id="rights",
    ),
    pytest.param(
        has_nothing,
        (*TRADE, "6", "1", "110011#", "5000#"),
        Prompt.LEFT_OFF_SUBSCRIBE,
        Prompt.READ_BACK_FUND_SUBSCRIBE,
        id="subscribe",
    ),
    pytest.param(
        has_nothing,
        (*TRADE, "6", "2", "110011#", "300#"),
        Prompt.LEFT_OFF_REDEEM,
        Prompt.READ_BACK_FUND_REDEEM,
        id="redeem",
    ),
    pytest.param(
        has_orders,
        (*TRADE, "3", f"{FIRST}#"),
        Prompt.LEFT_OFF_CANCEL,
        Prompt.ORDER_TODAY_BUY,
        id="cancel",
    ),
    pytest.param(
        has_orders,
        (*TRADE, "3", "3"),
        Prompt.LEFT_OFF_CANCEL_ALL,
        Prompt.CANCEL_ALL_READ_BACK,
        id="cancel-all",
    ),
    pytest.param(
        has_reservation,
        (*TRADE, "5", "1"),
        Prompt.LEFT_OFF_CANCEL,
        Prompt.READ_BACK_CANCEL,
        id="reservation",
    ),
    pytest.param(
        has_application,
        (*TRADE, "6", "3", "1"),
        Prompt.LEFT_OFF_APPLICATION_CANCEL,
        Prompt.READ_BACK_APPLICATION_CANCEL,
        id="application",
    ),
]


@pytest.mark.parametrize(("prepare", "script", "offered", "read_back"), MATTERS)
async def test_whatever_was_dropped_is_offered_and_leads_to_its_confirmation(
    prepare: object, script: tuple[str, ...], offered: Prompt, read_back: Prompt
) -> None:
    hotline = Hotline()
    await prepare(hotline)  # type: ignore[operator]
    before = [order.state for order in hotline.booked]

    call = await redial(hotline, script, *TRADE, *GO_ON)

    assert offered in call.prompts
    assert call.turns[-1].prompts[0] == read_back
    assert [order.state for order in hotline.booked] == before


@pytest.mark.parametrize("key", ["", "2"], ids=["first", "next"])
async def test_who_has_cancelled_none_yet_is_asked_about_the_order_that_was_being_read(
    key: str,
) -> None:
    hotline = Hotline()
    await has_orders(hotline)

    call = await redial(hotline, (*TRADE, "3", *key), *TRADE, *GO_ON)

    assert call.heard(Prompt.LEFT_OFF_CANCEL, number=FIRST if key else SECOND)
    assert call.turns[-1].prompts[0] == Prompt.ORDER_TODAY_BUY


NOT_WISHED = [
    pytest.param(has_orders, (*TRADE, "3", "1"), id="after-the-first"),
    pytest.param(has_orders, (*TRADE, "3", f"{FIRST}#", "1"), id="after-a-number"),
    pytest.param(has_reservation, (*TRADE, "5"), id="reservation-heard"),
    pytest.param(has_reservation, (*TRADE, "5", "1", "1"), id="reservation-after-one"),
    pytest.param(has_reservation, (*TRADE, "5", "1", "*"), id="reservation-given-up"),
]


@pytest.mark.parametrize(("prepare", "script"), NOT_WISHED)
async def test_an_order_that_the_list_alone_went_on_to_is_not_offered(
    prepare: object, script: tuple[str, ...]
) -> None:
    hotline = Hotline()
    await prepare(hotline)  # type: ignore[operator]

    call = await redial(hotline, script, *TRADE)

    assert Prompt.LEFT_OFF not in call.prompts
    assert Prompt.LEFT_OFF_DONE not in call.prompts


@pytest.mark.parametrize("declined", [("2", "2"), ("3", "*")], ids=["each", "all"])
async def test_what_was_declined_is_not_offered_to_who_hangs_up_on_the_answer(
    declined: tuple[str, ...],
) -> None:
    hotline = Hotline()
    await has_orders(hotline)
    await hotline.dial(*TRADE, "3", *declined, hangs_up_at_once=True)

    call = await hotline.dial(*TRADE, call=AGAIN)

    assert Prompt.LEFT_OFF not in call.prompts


async def test_a_number_that_was_keyed_after_a_cancellation_is_offered() -> None:
    hotline = Hotline()
    await has_orders(hotline)

    call = await redial(hotline, (*TRADE, "3", "1", f"{FIRST}#"), *TRADE)

    assert call.heard(Prompt.LEFT_OFF_CANCEL, number=FIRST)


async def test_a_daemon_that_dies_after_a_cancellation_makes_no_wish_of_the_next_order() -> None:
    hotline = Hotline()
    await has_orders(hotline)
    await hotline.dial_and_die(*TRADE, "3", "1")
    await hotline.dial(SILENCE)

    call = await hotline.dial(*TRADE, call=AGAIN)

    assert Prompt.LEFT_OFF not in call.prompts


CONFIRMED = [
    pytest.param(
        has_nothing,
        ("4", *LOGIN, "1", "10000#", "112358#", "1"),
        Prompt.TRANSFER_DONE,
        id="transfer",
    ),
    pytest.param(
        has_nothing, (*TRADE, "4", "1", "500#", "1"), Prompt.APPLICATION_ACCEPTED, id="issue"
    ),
    pytest.param(
        has_nothing,
        (*TRADE, "6", "1", "110011#", "5000#", "1"),
        Prompt.APPLICATION_ACCEPTED,
        id="fund",
    ),
    pytest.param(has_orders, (*TRADE, "3", "1"), Prompt.CANCEL_DONE, id="cancel"),
    pytest.param(has_orders, (*TRADE, "3", "1", "1"), Prompt.CANCEL_DONE, id="cancel-two"),
    pytest.param(has_orders, (*TRADE, "3", "3", "1"), Prompt.LEFT_OFF_ALL_OVER, id="cancel-all"),
    pytest.param(has_reservation, (*TRADE, "5", "1", "1"), Prompt.CANCEL_DONE, id="reservation"),
    pytest.param(
        has_application,
        (*TRADE, "6", "3", "1", "1"),
        Prompt.APPLICATION_CANCELLED,
        id="application",
    ),
]


@pytest.mark.parametrize(("prepare", "script", "result"), CONFIRMED)
async def test_whatever_was_confirmed_is_told_and_not_done_again(
    prepare: object, script: tuple[str, ...], result: Prompt
) -> None:
    hotline = Hotline()
    await prepare(hotline)  # type: ignore[operator]
    await hotline.dial(*script, hangs_up_at_once=True)
    placed, wishes = len(hotline.counter.placed), len(hotline.counter.wishes)

    call = await hotline.dial(*TRADE, call=AGAIN)

    assert Prompt.LEFT_OFF not in call.prompts
    assert result in call.prompts
    assert len(hotline.desk.applied) <= 1
    assert (len(hotline.counter.placed), len(hotline.counter.wishes)) == (placed, wishes)


async def test_an_issue_of_another_day_is_not_mistaken_for_one_of_today() -> None:
    hotline = Hotline()
    await hotline.dial(*TRADE, "4", "1", "500#")
    hotline.desk.on_sale = ()

    call = await hotline.dial(*TRADE, *GO_ON, call=AGAIN)

    assert call.turns[-1].prompts[0] == Prompt.RIGHTS_OFFER
    assert not hotline.applications.kept


async def test_a_fund_that_is_closed_meanwhile_is_refused_before_the_read_back() -> None:
    hotline = Hotline()
    await hotline.dial(*TRADE, "6", "1", "110011#", "5000#")
    hotline.desk.funds = ()

    call = await hotline.dial(*TRADE, call=AGAIN)

    assert call.turns[-1].prompts[0] == Prompt.MENU_BUY  # nothing is left to be offered
