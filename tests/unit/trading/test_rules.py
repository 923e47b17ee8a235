"""The exchanges' rules, by table where people know the answer and by property elsewhere."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain.accounts import Permission
from callcenter.domain.errors import Refused
from callcenter.domain.orders import Side
from callcenter.domain.refusals import Refusal
from callcenter.domain.securities import Board, Security
from tests import make, rules

BOARDS = rules.BOARDS
MAIN, STAR, BSE, CHINEXT, FUND, INDEX = (
    make.security(board=board)
    for board in (
        Board.SH_MAIN,
        Board.STAR,
        Board.BSE,
        Board.CHINEXT,
        Board.FUND,
        Board.INDEX,
    )
)

securities = st.sampled_from(BOARDS).map(lambda board: make.security(board=board))
closes = st.decimals("0.01", "3000", places=2)
prices = st.decimals("0.001", "4000", places=4)
quantities = st.integers(1, 1_200_000)
holdings = st.integers(0, 2_000_000)


def refusal_of(check: object, *args: object) -> Refusal | None:
    """Return why `check` refuses, or None."""
    assert callable(check)
    try:
        check(*args)
    except Refused as e:
        return e.reason
    return None


@pytest.mark.parametrize("quantity", [99, 100, 199, 200, 299])
def test_299_shares_may_be_sold_in_lots_with_or_without_all_odd_ones(quantity: int) -> None:
    rules.check_quantity(MAIN, Side.SELL, quantity, 299)


@pytest.mark.parametrize("quantity", [1, 98, 101, 150, 198, 298])
def test_odd_shares_are_not_split(quantity: int) -> None:
    with pytest.raises(Refused) as refused:
        rules.check_quantity(MAIN, Side.SELL, quantity, 299)

    assert refused.value.reason is Refusal.WRONG_ODD_LOT
    assert refused.value.facts == {"unit": 100, "odd": 99}


@pytest.mark.parametrize(
    ("security", "side", "quantity", "sellable", "reason"),
    [
        pytest.param(MAIN, Side.BUY, 100, 0, None, id="main-buy-one-lot"),
        pytest.param(MAIN, Side.BUY, 50, 0, Refusal.WRONG_LOT, id="main-buy-half-a-lot"),
        pytest.param(MAIN, Side.BUY, 199, 299, Refusal.WRONG_LOT, id="main-buy-odd"),
        pytest.param(MAIN, Side.BUY, 1_000_000, 0, None, id="main-buy-most"),
        pytest.param(MAIN, Side.BUY, 1_000_100, 0, Refusal.QUANTITY_TOO_LARGE, id="main-too-much"),
        pytest.param(MAIN, Side.SELL, 50, 200, Refusal.WRONG_LOT, id="main-sell-half-a-lot"),
        pytest.param(MAIN, Side.SELL, 300, 299, Refusal.NOT_ENOUGH_SHARES, id="main-sell-more"),
        pytest.param(MAIN, Side.SELL, 100, 0, Refusal.NOTHING_TO_SELL, id="main-sell-nothing"),
        pytest.param(MAIN, Side.BUY, 0, 0, Refusal.QUANTITY_TOO_SMALL, id="nothing"),
        pytest.param(STAR, Side.BUY, 199, 0, Refusal.QUANTITY_TOO_SMALL, id="star-buy-199"),
        pytest.param(STAR, Side.BUY, 200, 0, None, id="star-buy-200"),
        pytest.param(STAR, Side.BUY, 201, 0, None, id="star-buy-201"),
        pytest.param(STAR, Side.BUY, 100_001, 0, Refusal.QUANTITY_TOO_LARGE, id="star-too-much"),
        pytest.param(STAR, Side.SELL, 150, 150, None, id="star-sell-the-rest"),
        pytest.param(STAR, Side.SELL, 100, 150, Refusal.WRONG_ODD_LOT, id="star-split-the-rest"),
        pytest.param(STAR, Side.SELL, 201, 300, None, id="star-sell-201-of-300"),
        pytest.param(STAR, Side.SELL, 100, 300, Refusal.QUANTITY_TOO_SMALL, id="star-sell-100"),
        pytest.param(BSE, Side.BUY, 99, 0, Refusal.QUANTITY_TOO_SMALL, id="bse-buy-99"),
        pytest.param(BSE, Side.BUY, 101, 0, None, id="bse-buy-101"),
        pytest.param(BSE, Side.SELL, 50, 50, None, id="bse-sell-the-rest"),
        pytest.param(CHINEXT, Side.BUY, 300_000, 0, None, id="chinext-most"),
        pytest.param(CHINEXT, Side.BUY, 300_100, 0, Refusal.QUANTITY_TOO_LARGE, id="chinext-more"),
        pytest.param(FUND, Side.BUY, 100, 0, None, id="fund-one-lot"),
        pytest.param(INDEX, Side.BUY, 100, 0, Refusal.UNKNOWN_SECURITY, id="index"),
    ],
)
def test_each_board_takes_its_quantities(
    security: Security, side: Side, quantity: int, sellable: int, reason: Refusal | None
) -> None:
    assert refusal_of(rules.check_quantity, security, side, quantity, sellable) is reason


@given(holdings)
def test_a_holding_can_always_be_sold_whole(sellable: int) -> None:
    for board in BOARDS:
        security = make.security(board=board)
        most = rules.rule_of(security).most
        if 0 < sellable <= most:
            rules.check_quantity(security, Side.SELL, sellable, sellable)


@given(securities, st.sampled_from(Side), quantities, holdings)
def test_no_quantity_passes_that_is_too_large_or_not_held(
    security: Security, side: Side, quantity: int, sellable: int
) -> None:
    if refusal_of(rules.check_quantity, security, side, quantity, sellable) is None:
        assert quantity <= rules.rule_of(security).most
        assert side is Side.BUY or quantity <= sellable


@pytest.mark.parametrize(
    ("security", "close", "low", "high"),
    [
        pytest.param(MAIN, "10.00", "9.00", "11.00", id="main"),
        pytest.param(MAIN, "10.05", "9.05", "11.06", id="half-a-fen-goes-up"),
        pytest.param(MAIN, "0.03", "0.02", "0.04", id="at-least-a-tick"),
        pytest.param(MAIN, "0.01", "0.01", "0.02", id="never-nothing"),
        pytest.param(STAR, "10.00", "8.00", "12.00", id="star"),
        pytest.param(CHINEXT, "10.01", "8.01", "12.01", id="chinext"),
        pytest.param(BSE, "10.00", "7.00", "13.00", id="bse"),
        pytest.param(FUND, "4.123", "3.711", "4.535", id="fund-in-thousandths"),
    ],
)
def test_limits_are_a_part_of_the_previous_close_rounded_to_the_tick(
    security: Security, close: str, low: str, high: str
) -> None:
    assert rules.price_limits(security, Decimal(close)) == (Decimal(low), Decimal(high))


@pytest.mark.parametrize(
    ("security", "price", "reason"),
    [
        pytest.param(MAIN, "11.00", None, id="highest"),
        pytest.param(MAIN, "9.00", None, id="lowest"),
        pytest.param(MAIN, "11.01", Refusal.PRICE_OUTSIDE_LIMITS, id="above"),
        pytest.param(MAIN, "8.99", Refusal.PRICE_OUTSIDE_LIMITS, id="below"),
        pytest.param(MAIN, "10.005", Refusal.WRONG_TICK, id="between-ticks"),
        pytest.param(FUND, "10.005", None, id="funds-have-a-finer-tick"),
        pytest.param(MAIN, "0", Refusal.NOT_A_PRICE, id="zero"),
        pytest.param(MAIN, "NaN", Refusal.NOT_A_PRICE, id="not-a-number"),
        pytest.param(MAIN, "1E+30", Refusal.NOT_A_PRICE, id="absurd"),
        pytest.param(MAIN, "1000000", Refusal.PRICE_OUTSIDE_LIMITS, id="a-million"),
        pytest.param(INDEX, "10.00", Refusal.UNKNOWN_SECURITY, id="index"),
    ],
)
def test_a_price_is_on_a_tick_and_inside_the_limits(
    security: Security, price: str, reason: Refusal | None
) -> None:
    quote = make.quote(security)

    assert refusal_of(rules.check_price, security, quote, Decimal(price)) is reason


def test_a_refused_price_tells_what_would_be_allowed() -> None:
    with pytest.raises(Refused) as refused:
        rules.check_price(MAIN, make.quote(MAIN), Decimal(12))

    assert refused.value.facts == {"low": Decimal("9.00"), "high": Decimal("11.00")}


@given(securities, closes, prices)
def test_every_price_that_passes_is_on_a_tick_and_inside_the_limits(
    security: Security, close: Decimal, price: Decimal
) -> None:
    quote = make.quote(security, previous_close=close)

    if refusal_of(rules.check_price, security, quote, price) is None:
        low, high = rules.price_limits(security, close)
        assert low <= price <= high
        assert price % rules.rule_of(security).tick == 0


@given(securities, closes)
def test_both_limits_and_the_previous_close_are_allowed_prices(
    security: Security, close: Decimal
) -> None:
    quote = make.quote(security, previous_close=close)

    for price in (*rules.price_limits(security, close), close):
        rules.check_price(security, quote, price)


@pytest.mark.parametrize(
    ("security", "reason"),
    [
        pytest.param(STAR, Refusal.NO_STAR_PERMISSION, id="star"),
        pytest.param(CHINEXT, Refusal.NO_CHINEXT_PERMISSION, id="chinext"),
        pytest.param(BSE, Refusal.NO_BSE_PERMISSION, id="bse"),
        pytest.param(MAIN, None, id="main"),
        pytest.param(FUND, None, id="fund"),
    ],
)
def test_a_board_is_open_to_whom_it_was_opened(security: Security, reason: Refusal | None) -> None:
    nobody = make.customer(permissions=frozenset())
    everybody = make.customer(permissions=frozenset(Permission))

    assert refusal_of(rules.check_permission, nobody, security) is reason
    assert refusal_of(rules.check_permission, everybody, security) is None


@pytest.mark.parametrize(
    ("security", "reason"),
    [
        pytest.param(make.security(suspended=True), Refusal.SUSPENDED, id="suspended"),
        pytest.param(INDEX, Refusal.UNKNOWN_SECURITY, id="index"),
        pytest.param(MAIN, None, id="listed"),
    ],
)
def test_neither_an_index_nor_a_suspended_security_trades(
    security: Security, reason: Refusal | None
) -> None:
    assert refusal_of(rules.check_tradable, security) is reason


@pytest.mark.parametrize(
    ("side", "price", "quantity", "fee"),
    [
        pytest.param(Side.BUY, "10.05", 100, "5.01", id="least-commission"),
        pytest.param(Side.BUY, "10.00", 10_000, "31.00", id="commission-and-transfer"),
        pytest.param(Side.SELL, "10.00", 10_000, "81.00", id="stamp-duty-on-a-sell"),
        pytest.param(Side.SELL, "10.05", 99, "5.51", id="each-fee-is-rounded-for-itself"),
    ],
)
def test_fees_are_commission_transfer_fee_and_stamp_duty(
    side: Side, price: str, quantity: int, fee: str
) -> None:
    assert rules.fee(side, Decimal(price), quantity) == Decimal(fee)


def test_a_buy_takes_amount_and_fees_and_a_sell_takes_fees() -> None:
    assert rules.cost(Side.BUY, Decimal("10.05"), 100) == Decimal("1010.01")
    assert rules.cost(Side.SELL, Decimal("10.05"), 100) == Decimal("5.51")


def test_a_fund_pays_commission_only() -> None:
    assert rules.fee(Side.SELL, Decimal("4.000"), 10_000, board=Board.FUND) == Decimal("12.00")


@given(securities, st.decimals("0", "90000000", places=2), st.decimals("0.01", "3000", places=2))
def test_most_affordable_is_the_largest_quantity_that_the_money_pays_for(
    security: Security, money: Decimal, price: Decimal
) -> None:
    rule = rules.rule_of(security)

    most = rules.most_affordable(money, price, security)

    if most:
        assert rules.cost(Side.BUY, price, most, board=security.board) <= money
        rules.check_quantity(security, Side.BUY, most, 0)
    more = most + rule.step if most else rule.least
    if more <= rule.most:
        assert rules.cost(Side.BUY, price, more, board=security.board) > money
