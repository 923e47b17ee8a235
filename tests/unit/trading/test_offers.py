from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from callcenter.domain.errors import Refused
from callcenter.domain.orders import Side
from callcenter.domain.refusals import Refusal
from callcenter.domain.securities import Board
from callcenter.trading.offers import Offer
from tests import make, rules

PRICE = Decimal("10.05")


def buying(*, usable: str, board: Board = Board.SH_MAIN) -> Offer:
    security = make.security(board=board)
    return Offer(
        side=Side.BUY,
        security=security,
        quote=make.quote(security),
        usable=Decimal(usable),
        sellable=0,
        rules=rules.book(),
        at=make.NOON,
    )


def selling(*, sellable: int) -> Offer:
    security = make.security()
    return Offer(
        side=Side.SELL,
        security=security,
        quote=make.quote(security),
        usable=Decimal(0),
        sellable=sellable,
        rules=rules.book(),
        at=make.NOON,
    )


@pytest.mark.parametrize(
    ("usable", "most"),
    [
        pytest.param("0", 0, id="nothing"),
        pytest.param("1010.00", 0, id="not-even-the-fees"),
        pytest.param("1010.01", 100, id="exactly-one-lot"),
        pytest.param("1000000.00", 99400, id="many"),
    ],
)
def test_most_of_a_buy_is_what_the_money_pays_for_with_fees(usable: str, most: int) -> None:
    offer = buying(usable=usable)

    assert offer.most(PRICE) == most


def test_most_of_a_sell_is_what_can_be_sold() -> None:
    assert selling(sellable=299).most(PRICE) == 299


def test_the_most_may_be_ordered() -> None:
    buying(usable="1010.01").check_quantity(PRICE, 100)
    selling(sellable=299).check_quantity(PRICE, 299)


def test_a_buy_beyond_the_money_is_refused_with_what_there_is_money_for() -> None:
    offer = buying(usable="5000.00")

    with pytest.raises(Refused) as refused:
        offer.check_quantity(PRICE, 500)

    assert refused.value.reason is Refusal.NOT_ENOUGH_MONEY
    assert refused.value.facts == {"most": 400}


def test_a_fund_is_bought_without_the_fees_of_shares() -> None:
    fund = buying(usable="1010.00", board=Board.FUND)

    assert fund.most(PRICE) == 100
    fund.check_quantity(PRICE, 100)


def test_a_sell_needs_shares_and_no_money() -> None:
    with pytest.raises(Refused) as refused:
        selling(sellable=299).check_quantity(PRICE, 300)

    assert refused.value.reason is Refusal.NOT_ENOUGH_SHARES


def test_a_price_is_checked_against_the_days_limits() -> None:
    offer = buying(usable="5000.00")

    offer.check_price(Decimal("11.00"))
    with pytest.raises(Refused) as refused:
        offer.check_price(Decimal("11.01"))

    assert refused.value.reason is Refusal.PRICE_OUTSIDE_LIMITS


@pytest.mark.parametrize(
    ("price", "reason"),
    [
        pytest.param("99.00", None, id="any-price-on-a-tick"),
        pytest.param("10.005", Refusal.WRONG_TICK, id="between-two-ticks"),
        pytest.param("0", Refusal.NOT_A_PRICE, id="zero"),
        pytest.param("9" * 30, Refusal.NOT_A_PRICE, id="absurd"),
    ],
)
@pytest.mark.parametrize(
    "known",
    [
        pytest.param({"quote": None}, id="no-quote"),
        pytest.param({"quote_is_of_today": False}, id="a-quote-of-another-day"),
    ],
)
def test_without_a_quote_of_today_the_limits_are_left_to_the_counter(
    known: dict[str, Any], price: str, reason: Refusal | None
) -> None:
    offer = replace(buying(usable="5000.00"), **known)

    refused = None
    try:
        offer.check_price(Decimal(price))
    except Refused as error:
        refused = error.reason

    assert refused is reason


def test_the_most_of_a_sell_is_what_one_order_may_have() -> None:
    assert selling(sellable=1_234_567).most(PRICE) == 1_000_000
    selling(sellable=1_234_567).check_quantity(PRICE, 1_000_000)
