"""What was filled, as it is read out: today and in the past."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from callcenter.domain.fills import Fill, FillKey, FillNumber
from callcenter.domain.orders import OrderNumber, OrderState, Side
from callcenter.domain.refusals import Refusal
from callcenter.domain.securities import Market
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.reasons import refusal_words
from tests import make
from tests.fakes.store import FakeOrderBook
from tests.unit.ivr.hotline_of import LOGIN, Hotline

TODAY = ("2", *LOGIN, "4")
HISTORY = ("2", *LOGIN, "5")


def fill_in(
    book: FakeOrderBook,
    number: str,
    *,
    quantity: int = 100,
    price: str = "10.05",
    days_ago: int = 0,
    side: Side = Side.BUY,
    minutes: int = 0,
) -> None:
    """Put a fill into the book, and the order with it if it is not there."""
    at = make.NOON - timedelta(days=days_ago) + timedelta(minutes=minutes)
    order = make.order(
        number=OrderNumber(number),
        side=side,
        quantity=10_000,
        state=OrderState.FILLED,
        trade_date=at.date(),
    )
    order = book.kept.setdefault(order.draft.number, order)
    key = FillKey(
        trade_date=at.date(), market=Market.SH, number=FillNumber(str(len(book.filled) + 1))
    )
    book.filled[key] = Fill(
        key=key, client_id=order.client_id, quantity=quantity, price=Decimal(price), at=at
    )


async def test_fills_of_the_day_are_read_the_newest_first() -> None:
    book = FakeOrderBook()
    fill_in(book, "60000001")
    fill_in(book, "60000002", side=Side.SELL, minutes=5)

    call = await Hotline(orders=book).dial(*TODAY)

    assert call.phone.said[-2] == (
        "十二点零五分卖出浦发银行一百股，成交价十点零五元。"
        "十二点整买入浦发银行一百股，成交价十点零五元。"
    )


async def test_fills_of_an_order_at_one_price_are_one_line() -> None:
    book = FakeOrderBook()
    for minute in range(5):
        fill_in(book, "60000001", minutes=minute)
    fill_in(book, "60000001", price="10.06", minutes=9)

    call = await Hotline(orders=book).dial(*TODAY)

    assert call.phone.said[-2] == (
        "十二点零九分买入浦发银行一百股，成交价十点零六元。"
        "十二点零四分买入浦发银行五百股，成交价十点零五元。"
    )


async def test_an_account_without_fills_is_told_so() -> None:
    call = await Hotline().dial(*TODAY)

    assert call.heard(Prompt.NO_FILLS_TODAY)


async def test_many_fills_are_read_page_by_page() -> None:
    book = FakeOrderBook()
    for number in range(7):
        fill_in(book, f"6000000{number}", minutes=number)

    call = await Hotline(orders=book).dial(*TODAY, "#", "#")

    assert call.prompts.count(Prompt.FILL_BUY) == 7
    assert call.prompts.count(Prompt.MORE) == 2


async def test_the_end_key_alone_reads_the_last_seven_days() -> None:
    book = FakeOrderBook()
    fill_in(book, "60000001", days_ago=6)
    fill_in(book, "60000002", days_ago=7)

    call = await Hotline(orders=book).dial(*HISTORY, "#")

    assert call.phone.said[-2] == (
        "二零二六年十一月十四日，十二点整买入浦发银行一百股，成交价十点零五元。"
    )


async def test_a_day_is_announced_once_however_many_fills_it_has() -> None:
    book = FakeOrderBook()
    fill_in(book, "60000001", days_ago=1)
    fill_in(book, "60000002", days_ago=1)
    fill_in(book, "60000003", days_ago=2)

    call = await Hotline(orders=book).dial(*HISTORY, "20261101#", "1120#")

    assert call.prompts.count(Prompt.FILLS_OF_DAY) == 2
    assert call.prompts.count(Prompt.FILL_BUY) == 3


async def test_the_end_key_alone_ends_the_period_today() -> None:
    book = FakeOrderBook()
    fill_in(book, "60000001", days_ago=0)

    call = await Hotline(orders=book).dial(*HISTORY, "1101#", "#")

    assert Prompt.FILL_BUY in call.prompts


async def test_a_day_that_is_to_come_this_year_was_last_year() -> None:
    call = await Hotline().dial(*HISTORY, "1231#", "20260101#")

    assert call.heard(Prompt.NO_FILLS_IN_PERIOD, first=date(2025, 12, 31), last=date(2026, 1, 1))


@pytest.mark.parametrize(
    ("keyed", "reason"),
    [
        pytest.param(["1340#"], Refusal.NOT_A_DAY, id="no-such-month"),
        pytest.param(["20260230#"], Refusal.NOT_A_DAY, id="no-such-day"),
        pytest.param(["1#"], Refusal.NOT_A_DAY, id="too-short"),
        pytest.param(["202611201#"], Refusal.NOT_A_DAY, id="too-long"),
        pytest.param(["00000101#"], Refusal.NOT_A_DAY, id="no-such-year"),
        pytest.param(["20270101#"], Refusal.DAY_TO_COME, id="to-come"),
        pytest.param(["1110#", "1109#"], Refusal.DAYS_REVERSED, id="reversed"),
        pytest.param(["20250101#", "20260601#"], Refusal.PERIOD_TOO_LONG, id="too-long-a-period"),
        pytest.param(["20250101#", "#"], Refusal.PERIOD_TOO_LONG, id="too-long-until-today"),
    ],
)
async def test_a_day_that_is_none_is_refused_and_asked_again(
    keyed: list[str], reason: Refusal
) -> None:
    call = await Hotline().dial(*HISTORY, *keyed)

    question = Prompt.ASK_FIRST_DAY if len(keyed) == 1 else Prompt.ASK_LAST_DAY
    assert refusal_words(reason) in call.prompts
    assert call.turns[-1].prompts[-1] == question


async def test_back_at_the_last_day_is_the_first_day_again() -> None:
    call = await Hotline().dial(*HISTORY, "1110#", "*", "*")

    assert call.prompts.count(Prompt.ASK_FIRST_DAY) == 2
    assert call.place.dialogue == "account"
