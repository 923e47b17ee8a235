"""Buying and selling, as a caller dictates them to the whole hotline."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import pytest

from callcenter.domain.accounts import AccountId, Customer, Position
from callcenter.domain.calls import CallEnd, CallerNumber, Language
from callcenter.domain.errors import CounterUnavailable, OutcomeUnknown
from callcenter.domain.orders import ClientOrderId, Draft, Order, OrderState, Side, Station
from callcenter.domain.refusals import Refusal
from callcenter.domain.securities import Board, Security, SecurityCode
from callcenter.gateways.paper import demo
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.reasons import refusal_words, rejected_words
from callcenter.trading.orders.placing import Outcome
from callcenter.trading.ports import CounterOrder
from callcenter.trading.service import Trading
from tests import make
from tests.fakes.gateway import FakeCounter
from tests.fakes.market import FakeFeed
from tests.fakes.phone import SILENCE
from tests.fakes.store import FakeOrderBook
from tests.unit.ivr.hotline_of import LOGIN, Dialled, Hotline, words

TRADE = ("1", *LOGIN)
BUY = (*TRADE, "1")
SELL = (*TRADE, "2")
NUMBER = "60000001"


def login_of(account: str) -> tuple[str, str]:
    return f"{account}#", f"{demo.TRADE_PASSWORD}#"


def asked_for(call: Dialled) -> str:
    """Return the last question that the caller heard before hanging up."""
    return call.turns[-1].prompts[-1]


async def test_a_buy_is_dictated_read_back_confirmed_and_numbered() -> None:
    hotline = Hotline()

    call = await hotline.dial(*BUY, "600000#", "10*05#", "200#", "1")

    [order] = hotline.booked
    assert order.draft == make.draft(number=NUMBER, price=Decimal("10.05"), quantity=200)
    assert order.state is OrderState.ACCEPTED
    assert hotline.counter.placed[0].draft == order.draft
    assert call.phone.said[5:10] == [
        "请输入要买入的证券代码，按井号结束。",
        "浦发银行，最新价十点零五元。"
        "请输入委托价格，小数点请按星号，按井号结束，直接按井号按最新价委托。",
        "您最多可买九万九千四百股。请输入委托数量，按井号结束。",
        "买入浦发银行，代码六零零零零零，价格十点零五元，数量两百股，金额两千零一十元。"
        "确认请按一，重新输入请按二，重听请按井号，放弃请按星号。",
        "委托成功，委托号六零零零零零零幺。",
    ]


async def test_a_sell_is_dictated_read_back_confirmed_and_numbered() -> None:
    hotline = Hotline()

    call = await hotline.dial(*SELL, "1#", "#", "299#", "1")

    [order] = hotline.booked
    assert (order.draft.side, order.draft.security.id) == (Side.SELL, "SZ000001")
    assert (order.draft.price, order.draft.quantity) == (Decimal("11.52"), 299)
    assert order.state is OrderState.ACCEPTED
    assert call.phone.said[6:9] == [
        "平安银行，最新价十一点五二元。"
        "请输入委托价格，小数点请按星号，按井号结束，直接按井号按最新价委托。",
        "您可卖两百九十九股。请输入委托数量，按井号结束。",
        "卖出平安银行，代码零零零零零幺，价格十一点五二元，数量两百九十九股，"
        "金额三千四百四十四元四角八分。确认请按一，重新输入请按二，重听请按井号，放弃请按星号。",
    ]


async def test_an_order_carries_where_it_came_from() -> None:
    hotline = Hotline()

    call = await hotline.dial(*BUY, "600000#", "#", "100#", "1")

    assert hotline.counter.placed[0].station == make.station()
    assert call.turns[7].outcome == "yes"


async def test_a_buy_can_be_dictated_in_english() -> None:
    call = await Hotline().dial("7", *BUY, "600000#", "#", "100#", "1")

    assert call.heard(Prompt.ORDER_ACCEPTED, Language.EN, number=NUMBER)
    assert call.phone.said[-3] == (
        "Buy Pudong Development Bank, code six zero zero zero zero zero, at ten point zero five"
        " yuan, one hundred shares, amount one thousand five yuan. To confirm press one. To enter"
        " again press two. To hear this again press pound. To give up press star."
    )


async def test_pound_alone_orders_at_the_last_price() -> None:
    hotline = Hotline()

    await hotline.dial(*BUY, "600000#", "#", "100#", "1")

    assert hotline.booked[0].draft.price == make.quote().last


async def test_an_old_last_price_is_said_to_be_old() -> None:
    feed = FakeFeed(make.quote(at=make.NOON - timedelta(minutes=95)))

    call = await Hotline(feed=feed).dial(*BUY, "600000#")

    assert call.phone.said[-1].startswith("行情截至十点二十五分，浦发银行，最新价十点零五元。")


async def test_the_limits_of_another_day_are_not_those_of_today() -> None:
    hotline = Hotline(feed=FakeFeed(make.quote(at=make.NOON - timedelta(days=1))))

    await hotline.dial(*BUY, "600000#", "12#", "100#", "1")

    assert hotline.booked[0].draft.price == Decimal(12)


async def test_without_a_last_price_the_price_must_be_keyed_and_the_order_is_taken() -> None:
    hotline = Hotline(feed=FakeFeed())

    call = await hotline.dial(*BUY, "600000#", "#", "10*08#", "100#", "1")

    assert call.heard(Prompt.NAME_WITHOUT_PRICE, name="浦发银行")
    assert call.heard(Prompt.NO_DEFAULT)
    assert hotline.booked[0].draft.price == Decimal("10.08")


async def test_without_a_last_price_an_absurd_one_is_refused_and_not_read_back() -> None:
    call = await Hotline(feed=FakeFeed()).dial(*BUY, "600000#", "9" * 30 + "#")

    assert call.heard(Prompt.MESSAGE_NUMBER, number=4001)
    assert call.turns[-1].prompts[-1] == Prompt.ASK_PRICE_WITHOUT_LAST


async def test_after_an_order_the_trade_menu_comes_again() -> None:
    hotline = Hotline()

    call = await hotline.dial(*BUY, "600000#", "#", "100#", "1", "2", "600000#", "#", "10000#", "1")

    assert [order.draft.side for order in hotline.booked] == [Side.BUY, Side.SELL]
    assert asked_for(call) == Prompt.MENU_BACK
    assert call.place.dialogue == "trade"


@pytest.mark.parametrize(
    ("script", "asked"),
    [
        pytest.param(["*"], Prompt.MENU_BACK, id="code-to-menu"),
        pytest.param(["600000#", "*#"], Prompt.ASK_BUY_CODE, id="price-to-code"),
        pytest.param(["600000#", "#", "*"], Prompt.ASK_PRICE, id="quantity-to-price"),
        pytest.param(["600000#", "#", "*", "*#", "*"], Prompt.MENU_BACK, id="all-the-way"),
        pytest.param(["600000#", *[SILENCE] * 3], Prompt.ASK_BUY_CODE, id="silence"),
        pytest.param(["600000#", "#", *["1#"] * 3], Prompt.ASK_PRICE, id="three-refusals"),
    ],
)
async def test_the_back_key_leads_to_the_question_before(script: list[str], asked: str) -> None:
    call = await Hotline().dial(*BUY, *script)

    assert asked_for(call) == asked


async def test_what_was_told_before_going_back_is_forgotten() -> None:
    hotline = Hotline()

    await hotline.dial(*BUY, "600000#", "10#", "*", "*#", "601398#", "7*40#", "300#", "1")

    [order] = hotline.booked
    assert order.draft.security.code == "601398"
    assert (order.draft.price, order.draft.quantity) == (Decimal("7.40"), 300)


async def test_key_2_at_the_read_back_asks_everything_again() -> None:
    hotline = Hotline()

    call = await hotline.dial(*BUY, "600000#", "#", "100#", "2", "601398#", "#", "200#", "1")

    [order] = hotline.booked
    assert (order.draft.security.code, order.draft.quantity) == ("601398", 200)
    assert call.prompts.count(Prompt.ASK_BUY_CODE) == 2


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(["*"], id="star"),
        pytest.param([SILENCE] * 3, id="silence"),
        pytest.param(["9", "8", "7"], id="wrong-keys"),
    ],
)
async def test_an_order_that_nobody_confirms_is_dropped(script: list[str]) -> None:
    hotline = Hotline()

    call = await hotline.dial(*BUY, "600000#", "#", "100#", *script)

    assert hotline.booked == hotline.counter.placed == []
    assert call.heard(Prompt.ORDER_DROPPED)
    assert (call.place.dialogue, call.place.draft) == ("trade", {})


async def test_hanging_up_before_key_1_places_nothing() -> None:
    hotline = Hotline()

    call = await hotline.dial(*BUY, "600000#", "#", "100#")

    assert call.end is CallEnd.HUNG_UP
    assert hotline.booked == hotline.counter.placed == []


async def test_hanging_up_after_key_1_keeps_the_order() -> None:
    hotline = Hotline()

    call = await hotline.dial(*BUY, "600000#", "#", "100#", "1", hangs_up_at_once=True)

    assert call.end is CallEnd.HUNG_UP
    assert [order.state for order in hotline.booked] == [OrderState.ACCEPTED]
    assert not call.heard(Prompt.ORDER_ACCEPTED, number=NUMBER)


@pytest.mark.parametrize(
    ("account", "script", "number", "asked"),
    [
        pytest.param("10000001", ["600001#"], 3001, Prompt.ASK_BUY_CODE, id="unknown-code"),
        pytest.param("10000001", ["1234567#"], 3001, Prompt.ASK_BUY_CODE, id="too-long-a-code"),
        pytest.param("10000001", ["601989#"], 3002, Prompt.ASK_BUY_CODE, id="suspended"),
        pytest.param("10000003", ["688981#"], 2002, Prompt.ASK_BUY_CODE, id="no-star"),
        pytest.param("10000003", ["300750#"], 2003, Prompt.ASK_BUY_CODE, id="no-chinext"),
        pytest.param("10000003", ["920799#"], 2004, Prompt.ASK_BUY_CODE, id="no-bse"),
        pytest.param("10000001", ["600000#", "1*0*5#"], 4001, Prompt.ASK_PRICE, id="two-points"),
        pytest.param("10000001", ["600000#", "0#"], 4001, Prompt.ASK_PRICE, id="price-zero"),
        pytest.param("10000001", ["600000#", "10*005#"], 4002, Prompt.ASK_PRICE, id="tick"),
        pytest.param("10000001", ["600000#", "11*01#"], 4003, Prompt.ASK_PRICE, id="limits"),
        pytest.param("10000001", ["600000#", "#", "150#"], 4101, Prompt.ASK_QUANTITY, id="lot"),
        pytest.param("10000001", ["600000#", "#", "0#"], 4102, Prompt.ASK_QUANTITY, id="none"),
        pytest.param(
            "10000003", ["600000#", "#", "1000100#"], 4103, Prompt.ASK_QUANTITY, id="too-large"
        ),
        pytest.param(
            "10000003", ["600000#", "#", "9" * 5000 + "#"], 4103, Prompt.ASK_QUANTITY, id="endless"
        ),
        pytest.param("10000002", ["600000#", "#", "500#"], 5001, Prompt.ASK_QUANTITY, id="poor"),
    ],
)
async def test_what_a_buyer_keys_wrongly_is_explained_and_asked_again(
    account: str, script: list[str], number: int, asked: str
) -> None:
    hotline = Hotline()

    call = await hotline.dial("1", *login_of(account), "1", *script)

    assert call.heard(Prompt.MESSAGE_NUMBER, number=number)
    assert asked_for(call) == asked
    assert hotline.booked == []


@pytest.mark.parametrize(
    ("account", "script", "number", "asked"),
    [
        pytest.param("10000001", ["601398#"], 5003, Prompt.ASK_SELL_CODE, id="not-held"),
        pytest.param("10000002", ["688981#"], 5003, Prompt.ASK_SELL_CODE, id="bought-today"),
        pytest.param(
            "10000001", ["600000#", "#", "10100#"], 5002, Prompt.ASK_QUANTITY, id="too-many"
        ),
        pytest.param("10000001", ["1#", "#", "150#"], 4104, Prompt.ASK_QUANTITY, id="odd-lot"),
        pytest.param("10000001", ["600000#", "#", "150#"], 4101, Prompt.ASK_QUANTITY, id="lot"),
    ],
)
async def test_what_a_seller_keys_wrongly_is_explained_and_asked_again(
    account: str, script: list[str], number: int, asked: str
) -> None:
    hotline = Hotline()

    call = await hotline.dial("1", *login_of(account), "2", *script)

    assert call.heard(Prompt.MESSAGE_NUMBER, number=number)
    assert asked_for(call) == asked
    assert hotline.booked == []


async def test_a_refused_price_tells_what_would_be_allowed() -> None:
    call = await Hotline().dial(*BUY, "600000#", "11*01#")

    assert call.phone.said[-2] == "价格超出涨跌幅限制，应在九元到十一元之间。消息号四零零三。"


async def test_a_buyer_who_is_short_of_money_hears_how_much_there_is_money_for() -> None:
    call = await Hotline().dial("1", *login_of("10000002"), "1", "600000#", "#", "500#")

    assert call.phone.said[-2] == "资金不足，您最多可买四百股。消息号五零零幺。"


async def test_three_refused_codes_lead_back_to_the_menu() -> None:
    call = await Hotline().dial(*BUY, "601989#", "601989#", "601989#")

    assert asked_for(call) == Prompt.MENU_BACK


@pytest.mark.parametrize(
    ("account", "caller", "reason"),
    [
        pytest.param("10000005", "+8613800138000", Refusal.ACCOUNT_FROZEN, id="frozen"),
        pytest.param("10000004", "+8613900139000", Refusal.CALLER_NOT_BOUND, id="other-number"),
        pytest.param("10000004", "", Refusal.CALLER_NOT_BOUND, id="withheld-number"),
    ],
)
async def test_who_may_not_trade_is_told_before_any_question(
    account: str, caller: str, reason: Refusal
) -> None:
    dialled = make.call(caller=CallerNumber(caller))

    call = await Hotline().dial("1", *login_of(account), "1", call=dialled)

    assert call.heard(Prompt.MESSAGE_NUMBER, number=reason.value)
    assert Prompt.ASK_BUY_CODE not in call.prompts
    assert asked_for(call) == Prompt.MENU_BACK


async def test_a_bound_number_may_trade() -> None:
    hotline = Hotline()

    await hotline.dial("1", *login_of("10000004"), "1", "600000#", "#", "100#", "1")

    assert [order.state for order in hotline.booked] == [OrderState.ACCEPTED]


async def test_leading_zeros_of_a_code_may_be_left_out() -> None:
    call = await Hotline().dial(*BUY, "2#")

    assert call.heard(Prompt.NAME_AND_PRICE, name="万科A", last=Decimal("6.71"))


async def test_a_code_that_an_index_has_too_needs_no_market_to_be_bought() -> None:
    call = await Hotline().dial(*BUY, "000001#")

    assert call.heard(Prompt.NAME_AND_PRICE, name="平安银行", last=Decimal("11.52"))
    assert Prompt.CHOOSE_MARKET not in call.prompts


async def test_an_index_cannot_be_bought() -> None:
    hotline = Hotline(counter=OnlyIndices())

    call = await hotline.dial(*BUY, "000001#")

    assert call.heard(Prompt.MESSAGE_NUMBER, number=3001)


class OnlyIndices(FakeCounter):
    async def securities(self, code: SecurityCode) -> list[Security]:
        return [s for s in await super().securities(code) if s.board is Board.INDEX]


async def test_a_seller_may_choose_from_the_holdings() -> None:
    hotline = Hotline()

    call = await hotline.dial(*SELL, "#", "#", "1", "#", "299#", "1")

    assert [order.draft.security.id for order in hotline.booked] == ["SZ000001"]
    assert call.heard(Prompt.HOLDING_TO_SELL, name="浦发银行", sellable=10_000)
    assert call.heard(Prompt.HOLDING_TO_SELL, name="平安银行", sellable=299)


class OddFundShares(FakeCounter):
    """A counter where everybody holds 99 shares of a fund, which has prices in thousandths."""

    async def positions(self, account: AccountId) -> Sequence[Position]:
        [fund] = await self.securities(SecurityCode("510300"))
        return [Position(security=fund, total=99, sellable=99, frozen=0)]


async def test_an_amount_is_read_back_to_the_fen() -> None:
    call = await Hotline(counter=OddFundShares()).dial(*SELL, "510300#", "4*651#", "99#")

    assert "数量九十九股，金额四百六十元四角五分。" in call.phone.said[-1]


@pytest.mark.parametrize(
    ("account", "script"),
    [
        pytest.param("10000001", ["#", "*"], id="back"),
        pytest.param("10000001", ["#", "#", "#"], id="none-of-them"),
        pytest.param("10000002", ["#"], id="none-sellable"),
        pytest.param("10000003", ["#"], id="none-at-all"),
    ],
)
async def test_a_seller_who_chooses_no_holding_is_asked_for_a_code(
    account: str, script: list[str]
) -> None:
    call = await Hotline().dial("1", *login_of(account), "2", *script)

    assert asked_for(call) == Prompt.ASK_SELL_CODE
    assert call.place.dialogue == "trade/sell"


@pytest.mark.parametrize(
    ("counter", "state", "told"),
    [
        pytest.param(
            FakeCounter(loses_answers=True),
            OrderState.UNKNOWN,
            words(Prompt.ORDER_UNKNOWN, number=NUMBER),
            id="no-answer",
        ),
        pytest.param(
            FakeCounter(fails_with=OutcomeUnknown(ClientOrderId("any"))),
            OrderState.UNKNOWN,
            words(Prompt.ORDER_UNKNOWN, number=NUMBER),
            id="lost-on-its-way",
        ),
        pytest.param(
            FakeCounter(rejects_with=Refusal.NOT_ENOUGH_MONEY),
            OrderState.REJECTED,
            words(Prompt.ORDER_REJECTED, number=NUMBER)
            + words(rejected_words(Refusal.NOT_ENOUGH_MONEY))
            + words(Prompt.MESSAGE_NUMBER, number=5001),
            id="rejected-with-figures-we-lack",
        ),
        pytest.param(
            FakeCounter(rejects_with=Refusal.ACCOUNT_FROZEN),
            OrderState.REJECTED,
            words(Prompt.ORDER_REJECTED, number=NUMBER)
            + words(refusal_words(Refusal.ACCOUNT_FROZEN))
            + words(Prompt.MESSAGE_NUMBER, number=2001),
            id="rejected",
        ),
    ],
)
async def test_what_became_of_an_order_is_told_as_it_is(
    counter: FakeCounter, state: OrderState, told: str
) -> None:
    hotline = Hotline(counter=counter)

    call = await hotline.dial(*BUY, "600000#", "#", "100#", "1")

    assert [order.state for order in hotline.booked] == [state]
    assert told in call.phone.said


async def test_an_order_that_never_left_us_is_told_to_be_void() -> None:
    hotline = Hotline(counter=GoneWhenPlacing())

    call = await hotline.dial(*BUY, "600000#", "#", "100#", "1")

    assert [order.state for order in hotline.booked] == [OrderState.WITHDRAWN]
    assert call.phone.said[-2] == (
        words(Prompt.ORDER_WITHDRAWN, number=NUMBER)
        + words(refusal_words(Refusal.COUNTER_UNAVAILABLE))
        + words(Prompt.MESSAGE_NUMBER, number=9001)
    )


@pytest.mark.parametrize("state", OrderState)
async def test_every_state_that_an_order_has_when_it_is_told_has_its_words(
    state: OrderState,
) -> None:
    class Places(Trading):
        async def place(self, draft: Draft, customer: Customer, station: Station) -> Outcome:
            return Outcome(state=state)

    call = await Hotline(trades=Places).dial(*BUY, "600000#", "#", "100#", "1")

    told = {
        OrderState.PENDING: Prompt.ORDER_UNKNOWN,
        OrderState.UNKNOWN: Prompt.ORDER_UNKNOWN,
        OrderState.REJECTED: Prompt.ORDER_REJECTED,
        OrderState.WITHDRAWN: Prompt.ORDER_WITHDRAWN,
        OrderState.RESERVED: Prompt.ORDER_RESERVED,
    }
    assert call.heard(told.get(state, Prompt.ORDER_ACCEPTED), number=NUMBER)


class GoneWhenPlacing(FakeCounter):
    async def place(self, order: Order) -> CounterOrder:
        raise CounterUnavailable


async def test_an_order_that_cannot_be_written_down_is_not_sent() -> None:
    hotline = Hotline(orders=FakeOrderBook(breaks_after=0))

    call = await hotline.dial(*BUY, "600000#", "#", "100#", "1")

    assert hotline.counter.placed == []
    assert call.heard(Prompt.MESSAGE_NUMBER, number=9003)


async def test_an_order_whose_answer_cannot_be_written_down_is_told_to_be_unknown() -> None:
    hotline = Hotline(orders=FakeOrderBook(breaks_after=1))

    call = await hotline.dial(*BUY, "600000#", "#", "100#", "1")

    assert [order.state for order in hotline.booked] == [OrderState.PENDING]
    assert call.heard(Prompt.ORDER_UNKNOWN, number=NUMBER)
    assert not call.heard(Prompt.MESSAGE_NUMBER, number=9003)


@pytest.mark.parametrize("message", list(Refusal))
async def test_every_reason_of_a_counter_can_be_told(message: Refusal) -> None:
    hotline = Hotline(counter=FakeCounter(rejects_with=message))

    call = await hotline.dial(*BUY, "600000#", "#", "100#", "1")

    assert call.heard(Prompt.MESSAGE_NUMBER, number=message.value)
    assert call.end is CallEnd.HUNG_UP


async def test_an_order_that_was_placed_is_not_placed_again_by_more_keys() -> None:
    hotline = Hotline()

    await hotline.dial(*BUY, "600000#", "#", "100#", "1111")

    assert len(hotline.booked) == len(hotline.counter.placed) == 1


async def test_a_seller_of_an_odd_holding_hears_which_quantities_are_allowed() -> None:
    call = await Hotline().dial(*SELL, "1#", "#", "150#")

    assert call.phone.said[-2].endswith(
        "您可卖的股份是两百九十九股。可以委托的数量是，"
        "九十九股，一百股，一百九十九股，两百股，两百九十九股，消息号四幺零四。"
    )


async def test_a_buyer_who_keys_no_lot_hears_the_next_ones() -> None:
    call = await Hotline().dial(*BUY, "600000#", "#", "150#")

    assert call.heard(Prompt.INSTEAD_NEAREST)
    assert "最接近的数量是，一百股，两百股，消息号" in call.phone.said[-2]


async def test_a_price_off_the_tick_is_told_the_next_ones() -> None:
    call = await Hotline().dial(*BUY, "600000#", "10*005#")

    assert "最接近的价格是，十元，十点零一元，消息号四零零二。" in call.phone.said[-2]


@pytest.mark.parametrize("price", ["#", "1435#"], ids=["last", "keyed"])
async def test_who_cannot_pay_for_one_lot_hears_so_before_the_quantity(price: str) -> None:
    call = await Hotline().dial("1", *login_of("10000002"), "1", "600519#", price)

    assert call.heard(rejected_words(Refusal.NOT_ENOUGH_MONEY))
    assert call.heard(Prompt.INSTEAD_USABLE, figure=Decimal("5000.00"))
    assert Prompt.INSTEAD_NEEDED in call.prompts
    assert asked_for(call) == Prompt.ASK_PRICE


async def test_who_bought_today_hears_how_much_is_held_that_cannot_be_sold() -> None:
    call = await Hotline().dial("1", *login_of("10000002"), "2", "688981#")

    assert call.heard(Prompt.INSTEAD_HELD, figure=500)


@pytest.mark.parametrize("language", list(Language))
async def test_a_missing_permission_is_named_with_how_to_get_it(language: Language) -> None:
    switch = [] if language is Language.ZH else ["7"]

    call = await Hotline().dial(*switch, "1", *login_of("10000003"), "1", "688981#")

    assert call.heard(refusal_words(Refusal.NO_STAR_PERMISSION), language)
    how = {Language.ZH: "科创板交易权限，请到营业部", Language.EN: "STAR market. Please apply"}
    assert how[language] in call.phone.said[-2]
