"""Money, holdings and orders of the day, as they are read out."""

from collections.abc import Sequence
from math import ceil

from callcenter.domain.accounts import AccountId, Position
from callcenter.domain.errors import OutcomeUnknown
from callcenter.domain.orders import ClientOrderId, OrderNumber, OrderState, Side
from callcenter.gateways.paper import demo
from callcenter.ivr.listing import PER_PAGE
from callcenter.ivr.prompts import Prompt
from tests import make
from tests.fakes.gateway import FakeCounter
from tests.fakes.market import FakeFeed
from tests.fakes.store import FakeOrderBook
from tests.unit.ivr.hotline_of import LOGIN, Hotline

ACCOUNT = ("2", *LOGIN)


def book_of(*states: OrderState) -> FakeOrderBook:
    """Return a book with one order per state, numbered from 1."""
    book = FakeOrderBook()
    for at, state in enumerate(states, start=1):
        order = make.order(number=OrderNumber(str(at)), state=state)
        book.kept[order.draft.number] = order
    return book


async def test_money_is_read_to_the_fen() -> None:
    call = await Hotline().dial("2", "10000003#", "246810#", "1")

    assert call.phone.said[-2] == (
        "可用资金八千八百八十八万八千八百八十八元八角八分，"
        "可取资金八千八百八十八万八千八百八十八元八角八分，"
        "冻结资金零元，总资产八千八百八十八万八千八百八十八元八角八分。"
    )


async def test_money_that_an_order_froze_is_told() -> None:
    call = await Hotline().dial("1", *LOGIN, "1", "600000#", "10#", "1000#", "1", "*", "2", "1")

    assert "冻结资金一万零五元一角，" in call.phone.said[-2]


async def test_holdings_are_read_with_what_can_be_sold() -> None:
    call = await Hotline().dial(*ACCOUNT, "2")

    assert call.phone.said[-2] == (
        "浦发银行，持仓一万股，可卖一万股。平安银行，持仓两百九十九股，可卖两百九十九股。"
    )


async def test_shares_that_were_bought_today_cannot_be_sold_yet() -> None:
    call = await Hotline().dial("2", "10000002#", "246810#", "2")

    assert call.phone.said[-2] == "中芯国际，持仓五百股，可卖零股。"


async def test_an_account_without_holdings_is_told_so() -> None:
    call = await Hotline().dial("2", "10000003#", "246810#", "2")

    assert call.heard(Prompt.NO_POSITIONS)


async def test_an_account_without_orders_is_told_so() -> None:
    call = await Hotline().dial(*ACCOUNT, "3")

    assert call.heard(Prompt.NO_ORDERS_TODAY)


async def test_orders_of_the_day_are_read_the_newest_first_with_their_states() -> None:
    book = book_of(OrderState.ACCEPTED, OrderState.REJECTED)
    sell = make.order(number=OrderNumber("3"), side=Side.SELL, state=OrderState.UNKNOWN)
    book.kept[sell.draft.number] = sell

    call = await Hotline(orders=book).dial(*ACCOUNT, "3")

    assert call.phone.said[-2] == (
        "委托号三，卖出浦发银行一百股，价格十点零五元，结果待确认。"
        "委托号二，买入浦发银行一百股，价格十点零五元，已作废单处理。"
        "委托号幺，买入浦发银行一百股，价格十点零五元，已报。"
    )


async def test_many_orders_are_read_page_by_page() -> None:
    book = book_of(*OrderState)

    pages = ceil(len(OrderState) / PER_PAGE)
    call = await Hotline(orders=book).dial(*ACCOUNT, "3", *["#"] * (pages - 1))

    assert call.prompts.count(Prompt.ORDER_TODAY_BUY) == len(OrderState)
    assert call.prompts.count(Prompt.MORE) == pages - 1
    assert set(call.prompts) >= {f"state-{state.value}" for state in OrderState}


async def test_an_order_that_is_partly_filled_is_told_with_what_is_filled() -> None:
    book = book_of()
    order = make.order(quantity=500, state=OrderState.PARTIALLY_FILLED, filled=300)
    book.kept[order.draft.number] = order

    call = await Hotline(orders=book).dial(*ACCOUNT, "3")

    assert call.phone.said[-2].endswith("部分成交，已成交三百股。")


async def test_nobody_hears_the_orders_of_another_account() -> None:
    book = book_of()
    other = make.order(account=AccountId("10000002"))
    book.kept[other.draft.number] = other

    call = await Hotline(orders=book).dial(*ACCOUNT, "3")

    assert call.heard(Prompt.NO_ORDERS_TODAY)


async def test_an_order_without_an_answer_is_found_among_the_orders_of_the_day() -> None:
    hotline = Hotline()
    hotline.counter.fails_with = OutcomeUnknown(ClientOrderId("any"))

    call = await hotline.dial("1", *LOGIN, "1", "600000#", "#", "100#", "1", "*", "2", "3")

    assert call.phone.said[-2].endswith("结果待确认。")


async def test_a_frozen_account_may_look() -> None:
    call = await Hotline().dial("2", "10000005#", "246810#", "1")

    assert Prompt.MONEY in call.prompts


async def test_the_account_menu_comes_again_after_each_answer() -> None:
    call = await Hotline().dial(*ACCOUNT, "1", "2", "3")

    assert call.prompts.count(Prompt.MENU_MONEY) == 4
    assert call.place.dialogue == "account"


class FullCounter(FakeCounter):
    """A counter where everybody holds so many shares of the demo's securities, by their id."""

    def __init__(self, **held: int) -> None:
        super().__init__()
        self._held = held

    async def positions(self, account: AccountId) -> Sequence[Position]:
        listed = {listing.security.id: listing.security for listing in demo.LISTINGS}
        return [
            Position(security=listed[name], total=total, sellable=total, frozen=0)
            for name, total in self._held.items()
        ]


async def test_holdings_are_read_by_their_worth_in_pages_and_counted() -> None:
    held = {"SH601398": 1000, "SH600519": 100, "SH600000": 300, "SZ000002": 200, "SZ000651": 0}

    call = await Hotline(counter=FullCounter(**held)).dial(*ACCOUNT, "2", "#")

    first, second = (said for said in call.phone.said if "持仓" in said and "请按一" not in said)
    assert first.startswith("共四只。贵州茅台")
    assert first.index("贵州茅台") < first.index("工商银行") < first.index("浦发银行")
    assert second.startswith("万科")
    assert "格力电器" not in first + second


async def test_holdings_without_a_price_come_last() -> None:
    held = {"SH601398": 1000, "SH600000": 300}
    feed = FakeFeed(make.quote(make.security()))

    call = await Hotline(counter=FullCounter(**held), feed=feed).dial(*ACCOUNT, "2")

    assert call.phone.said[-2].startswith("浦发银行")
