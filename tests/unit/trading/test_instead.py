"""With a refusal comes what would be allowed: quantities when they are few, else the next ones."""

from decimal import Decimal

import pytest

from callcenter.domain.errors import Fact, Refused
from callcenter.domain.orders import Side
from callcenter.domain.refusals import Refusal
from callcenter.domain.securities import Board
from callcenter.trading.offers import Offer
from tests import make, rules

PRICE = Decimal("10.05")


def offer(
    side: Side,
    *,
    board: Board = Board.SH_MAIN,
    usable: str = "0",
    sellable: int = 0,
    close: str = "10.00",
) -> Offer:
    security = make.security(board=board)
    return Offer(
        side=side,
        security=security,
        quote=make.quote(security, previous_close=Decimal(close)),
        usable=Decimal(usable),
        sellable=sellable,
        rules=rules.book(),
        at=make.NOON,
    )


def refusal(of: Offer, quantity: int) -> tuple[Refusal, dict[str, Fact]] | None:
    try:
        of.check_quantity(PRICE, quantity)
    except Refused as refused:
        return refused.reason, dict(refused.facts)
    return None


def test_who_sells_part_of_an_odd_holding_hears_every_quantity_that_passes() -> None:
    reason, facts = refusal(offer(Side.SELL, sellable=299), 150) or (None, {})

    assert reason is Refusal.WRONG_ODD_LOT
    assert facts["may_sell"] == 299
    assert facts["allowed"] == (99, 100, 199, 200, 299)


@pytest.mark.parametrize("board", [Board.SH_MAIN, Board.STAR, Board.BSE, Board.FUND])
@pytest.mark.parametrize("held", [1, 50, 99, 100, 101, 199, 200, 201, 250, 299, 300, 399])
def test_what_is_allowed_is_all_that_passes_and_nothing_else(board: Board, held: int) -> None:
    of = offer(Side.SELL, board=board, sellable=held)
    passing = tuple(shares for shares in range(1, held + 1) if refusal(of, shares) is None)

    for shares in {1, held // 2, held - 1, held + 1} - {0}:
        _, facts = refusal(of, shares) or (None, {})
        if "allowed" in facts:
            assert facts["allowed"] == passing, shares
        for nearest in facts.get("nearest", ()):  # type: ignore[union-attr]
            assert nearest in passing, shares


def test_who_holds_much_hears_the_quantities_next_to_what_was_keyed() -> None:
    _, facts = refusal(offer(Side.SELL, sellable=10_000), 150) or (None, {})

    assert facts["nearest"] == (100, 200)
    assert "allowed" not in facts


def test_a_buyer_hears_what_there_is_money_for() -> None:
    _, facts = refusal(offer(Side.BUY, usable="5000"), 150) or (None, {})

    assert facts["allowed"] == (100, 200, 300, 400)


@pytest.mark.parametrize(
    ("quantity", "nearest"), [(150, (100, 200)), (50, (100,)), (999_950, (999_900, 1_000_000))]
)
def test_a_rich_buyer_hears_the_next_lots(quantity: int, nearest: tuple[int, ...]) -> None:
    _, facts = refusal(offer(Side.BUY, usable="88888888"), quantity) or (None, {})

    assert facts["nearest"] == nearest


@pytest.mark.parametrize(
    ("price", "prices"),
    [
        ("10.005", ("10.00", "10.01")),
        ("11.0049", ("11.00",)),
        ("8.996", ("9.00",)),
        ("0.001", ()),
    ],
)
def test_a_price_off_the_tick_is_told_the_next_ones_inside_the_limits(
    price: str, prices: tuple[str, ...]
) -> None:
    with pytest.raises(Refused) as refused:
        offer(Side.BUY).check_price(Decimal(price))

    assert refused.value.reason is Refusal.WRONG_TICK
    assert refused.value.facts["prices"] == tuple(map(Decimal, prices))


def test_without_money_for_one_lot_it_is_told_how_much_one_costs() -> None:
    poor = offer(Side.BUY, usable="1000.00")

    with pytest.raises(Refused) as refused:
        poor.check_affordable(PRICE)

    needed = poor.rules.cost(poor.security, Side.BUY, PRICE, 100, make.NOON)
    assert refused.value.reason is Refusal.NOT_ENOUGH_MONEY
    assert refused.value.facts == {"usable": Decimal("1000.00"), "needed": needed}


def test_with_money_for_one_lot_or_for_a_sell_nothing_is_refused() -> None:
    offer(Side.BUY, usable="1100.00").check_affordable(PRICE)
    offer(Side.SELL, sellable=50).check_affordable(PRICE)
