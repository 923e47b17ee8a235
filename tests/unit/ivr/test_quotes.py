"""Quotes, and the orders that are given from there."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

import pytest

from callcenter.domain.calls import Language
from callcenter.domain.errors import CounterUnavailable
from callcenter.domain.orders import Side
from callcenter.domain.refusals import Refusal
from callcenter.domain.securities import Quote, Security, SecurityCode
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.reasons import refusal_words
from tests import make
from tests.fakes.gateway import FakeCounter
from tests.fakes.market import FakeFeed
from tests.fakes.phone import SILENCE
from tests.unit.ivr.hotline_of import LOGIN, Hotline, words

QUOTED = ("3", "600000#")


class MarketOf(FakeCounter):
    """A market in which everything stands at one price."""

    def __init__(self, last: str, *, previous_close: str) -> None:
        super().__init__()
        self._last, self._previous_close = Decimal(last), Decimal(previous_close)

    async def quote(self, security: Security) -> Quote:
        return make.quote(security, last=self._last, previous_close=self._previous_close)


async def test_a_quote_tells_price_change_and_book() -> None:
    call = await Hotline().dial(*QUOTED)

    assert call.phone.said[3] == (
        "浦发银行，最新价十点零五元，上涨零点零五元，涨幅百分之零点五，"
        "最高十点二元，最低九点九五元，买一十点零四元，卖一十点零五元，"
        "成交量一千二百三十四万五千六百股。"
        "重听请按一，查询其他证券请按二，到价提醒请按三，买入请按四，卖出请按五，返回请按星号。"
    )


@pytest.mark.parametrize(
    ("last", "told"),
    [
        pytest.param("10.50", "上涨零点五元，涨幅百分之五，", id="up"),
        pytest.param("9.67", "下跌零点三三元，跌幅百分之三点三，", id="down"),
        pytest.param("10.00", "没有涨跌，", id="flat"),
    ],
)
async def test_a_change_is_up_down_or_none(last: str, told: str) -> None:
    call = await Hotline(counter=MarketOf(last, previous_close="10.00")).dial(*QUOTED)

    assert told in call.phone.said[3]


async def test_a_code_of_two_markets_is_asked_about() -> None:
    call = await Hotline().dial("3", "000001#", "1", "2", "1#", "2")

    assert call.phone.said[3] == "该代码在多个市场上市。上海请按一，深圳请按二，"
    assert call.phone.said[4].startswith("上证指数")
    assert call.phone.said[7].startswith("平安银行")


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(["*"], id="back"),
        pytest.param(["3", "9", "8"], id="wrong-keys"),
    ],
)
async def test_who_chooses_no_market_is_asked_for_a_code(script: list[str]) -> None:
    call = await Hotline().dial("3", "000001#", *script)

    assert call.turns[-1].prompts[-1] == Prompt.ASK_QUOTE_CODE
    assert call.place.dialogue == "quotes"


async def test_an_index_is_quoted_in_points_without_the_offer_to_trade_it() -> None:
    call = await Hotline().dial("3", "000001#", "1", "4", "2")

    assert call.phone.said[4] == (
        "上证指数，最新三千九百一十二点四六点，上涨十一点三六点，涨幅百分之零点二九，"
        "最高三千九百二十点零五点，最低三千八百九十六点七二点，"
        "成交量四百八十二亿一千一百九十三万股。"
        "重听请按一，查询其他证券请按二，到价提醒请按三，返回请按星号。"
    )
    assert call.phone.said[5] == words(Prompt.WRONG_KEY)
    assert call.turns[-1].prompts == (Prompt.ASK_QUOTE_CODE,)


async def test_key_1_quotes_again_with_the_price_of_that_moment() -> None:
    class Rising(FakeCounter):
        last = Decimal("10.00")

        async def quote(self, security: Security) -> Quote:
            self.last += Decimal("0.01")
            return make.quote(security, last=self.last)

    call = await Hotline(counter=Rising()).dial(*QUOTED, "1")

    assert "最新价十点零一" in call.phone.said[3]
    assert "最新价十点零二" in call.phone.said[4]


async def test_key_2_asks_for_another_security() -> None:
    call = await Hotline().dial(*QUOTED, "2", "601398#")

    assert call.phone.said[-1].startswith("工商银行")


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(["3", "*"], id="from-the-code"),
        pytest.param(["3", SILENCE, SILENCE, SILENCE], id="silent-at-the-code"),
        pytest.param([*QUOTED, "*"], id="from-the-quote"),
        pytest.param([*QUOTED, "9", "9", "9"], id="wrong-keys-at-the-quote"),
    ],
)
async def test_going_back_leads_to_the_main_menu(script: list[str]) -> None:
    call = await Hotline().dial(*script)

    assert call.turns[-1].prompts[-1] == Prompt.MENU_AGAIN
    assert call.place.dialogue == ""


@pytest.mark.parametrize(("key", "side"), [("4", Side.BUY), ("5", Side.SELL)])
async def test_a_quoted_security_can_be_ordered_after_a_login(key: str, side: Side) -> None:
    hotline = Hotline()

    call = await hotline.dial(*QUOTED, key, *LOGIN, "#", "100#", "1")

    [order] = hotline.booked
    assert (order.draft.side, order.draft.security) == (side, make.security())
    assert Prompt.ASK_BUY_CODE not in call.prompts
    assert call.turns[-1].prompts[-1] == Prompt.QUOTE_MENU


async def test_going_back_in_such_an_order_asks_for_the_code_and_then_quotes_again() -> None:
    call = await Hotline().dial(*QUOTED, "4", *LOGIN, "*#", "*", "*", "1")

    questions = [turn.prompts[-1] for turn in call.turns]
    assert questions[-5:] == [
        Prompt.ASK_PRICE,
        Prompt.ASK_BUY_CODE,
        Prompt.QUOTE_MENU,
        Prompt.MENU_AGAIN,
        Prompt.MENU_BACK,
    ]
    assert call.place.dialogue == "trade"


async def test_what_such_an_order_is_refused_for_is_said_at_the_quote() -> None:
    call = await Hotline().dial("3", "601989#", "4", *LOGIN)

    assert call.heard(Prompt.MESSAGE_NUMBER, number=3002)
    assert call.turns[-1].prompts[-1] == Prompt.QUOTE_MENU
    assert call.place.dialogue == "quotes"


async def test_a_caller_who_does_not_log_in_hears_the_quote_again() -> None:
    call = await Hotline().dial(*QUOTED, "4", "*")

    assert call.turns[-1].prompts[-1] == Prompt.QUOTE_MENU
    assert call.place.dialogue == "quotes"


async def test_without_a_counter_there_is_no_quote_but_a_reason() -> None:
    hotline = Hotline()
    hotline.counter.fails_with = CounterUnavailable()

    call = await hotline.dial(*QUOTED)

    assert call.heard(Prompt.MESSAGE_NUMBER, number=9001)
    assert call.turns[-1].prompts[-1] == Prompt.MENU_AGAIN


@pytest.mark.parametrize(
    ("ago", "told"),
    [
        pytest.param(timedelta(minutes=1), "浦发银行，最新价", id="of-this-minute"),
        pytest.param(timedelta(minutes=95), "行情截至十点二十五分，浦发银行，最新价", id="older"),
        pytest.param(
            timedelta(days=2, hours=-3),
            "行情截至二零二六年十一月十八日十五点整，浦发银行，最新价",
            id="of-another-day",
        ),
    ],
)
async def test_an_old_quote_says_first_how_far_it_goes(ago: timedelta, told: str) -> None:
    quote = make.quote(at=make.NOON - ago)

    call = await Hotline(feed=FakeFeed(quote)).dial(*QUOTED)

    assert call.phone.said[3].startswith(told)


async def test_an_old_index_says_how_far_it_goes_in_english_too() -> None:
    index = (await FakeCounter().securities(SecurityCode("000001")))[0]
    feed = FakeFeed(make.quote(index, at=make.NOON - timedelta(minutes=95)))

    call = await Hotline(feed=feed).dial("7", "3", "000001#", "1")

    assert call.heard(Prompt.QUOTE_AS_OF, Language.EN, at=make.NOON - timedelta(minutes=95))


@pytest.mark.parametrize(
    ("bid", "ask", "told"),
    [
        pytest.param("11.00", None, "买一十一元，没有卖盘，成交量", id="upper-limit"),
        pytest.param(None, "9.00", "没有买盘，卖一九元，成交量", id="lower-limit"),
        pytest.param(None, None, "最低九点九五元，成交量", id="no-book"),
    ],
)
async def test_an_empty_side_of_the_book_is_said_to_be_empty(
    bid: str | None, ask: str | None, told: str
) -> None:
    quote = make.quote(bid=bid and Decimal(bid), ask=ask and Decimal(ask))

    call = await Hotline(feed=FakeFeed(quote)).dial(*QUOTED)

    assert told in call.phone.said[3]


async def test_without_a_quote_the_reason_is_said_and_another_code_is_asked_for() -> None:
    call = await Hotline(feed=FakeFeed()).dial(*QUOTED)

    assert call.heard(Prompt.MESSAGE_NUMBER, number=9004)
    assert call.turns[-1].prompts[-1] == Prompt.ASK_QUOTE_CODE
    assert call.place.dialogue == "quotes"


async def test_a_market_that_went_away_in_the_middle_is_said_so() -> None:
    class GoingAway(FakeFeed):
        async def quotes(self, securities: Sequence[Security]) -> Mapping[str, Quote]:
            found = await super().quotes(securities)
            self.away = True
            return found

    call = await Hotline(feed=GoingAway(make.quote())).dial(*QUOTED, "1")

    assert call.heard(Prompt.QUOTE_MENU)
    assert call.heard(refusal_words(Refusal.QUOTES_UNAVAILABLE))
