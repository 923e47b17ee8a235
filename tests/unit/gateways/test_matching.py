"""Who is filled at which price, as the paper counter decides it."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain.orders import ClientOrderId, OrderKind, Side
from callcenter.gateways.paper.matching import LEVELS, Made, Market, Resting, match
from callcenter.gateways.paper.sessions import Phase

MADE = Made(seed="test")
MARKET = Market(
    last=Decimal("10.05"),
    bid=Decimal("10.04"),
    ask=Decimal("10.05"),
    tick=Decimal("0.01"),
    lowest=Decimal("9.00"),
    highest=Decimal("11.00"),
)


def resting(number: int = 1, **changes: object) -> Resting:
    values: dict[str, object] = {
        "client_id": ClientOrderId(str(number)),
        "contract": number,
        "side": Side.BUY,
        "kind": OrderKind.LIMIT,
        "price": Decimal("10.05"),
        "works_at": Decimal("10.05"),
        "rest": 100,
    }
    return Resting(**{**values, **changes})  # type: ignore[arg-type]


def at_market(kind: OrderKind, number: int = 1, **changes: object) -> Resting:
    return resting(number, kind=kind, works_at=None, price=Decimal("10.90"), **changes)


def test_the_same_books_come_to_the_same_fills() -> None:
    orders = [resting(number, rest=5000) for number in range(5)]

    first, second = (match(orders, MARKET, Phase.CONTINUOUS, MADE) for _ in range(2))

    assert first.deals == second.deals != []


def test_a_better_price_goes_first_and_then_who_came_first() -> None:
    late, early = resting(2, rest=10_000), resting(1, rest=10_000)
    better = resting(3, works_at=Decimal("10.06"), price=Decimal("10.06"), rest=10_000)

    deals = match([late, early, better], MARKET, Phase.CONTINUOUS, MADE).deals

    ids = [deal.client_id for deal in deals]
    assert ids == sorted(ids, key=["3", "1", "2"].index)
    assert ids[0] == "3"


@pytest.mark.parametrize(
    "phase",
    [
        p
        for p in Phase
        if p not in {Phase.CONTINUOUS, Phase.ALWAYS_OPEN, Phase.OPENING, Phase.CLOSING}
    ],
)
def test_outside_trading_nothing_is_filled(phase: Phase) -> None:
    outcome = match([resting()], MARKET, phase, MADE)

    assert (outcome.deals, outcome.ended, outcome.limits) == ([], [], {})


@pytest.mark.parametrize("phase", [Phase.OPENING, Phase.CLOSING])
def test_a_call_has_one_price_for_both_sides(phase: Phase) -> None:
    buy = resting(1, works_at=Decimal("10.50"), price=Decimal("10.50"), rest=90_000)
    sell = resting(2, side=Side.SELL, works_at=Decimal("9.50"), price=Decimal("9.50"))
    away = resting(3, works_at=Decimal("10.04"), price=Decimal("10.04"))

    deals = match([buy, sell, away], MARKET, phase, MADE).deals

    assert {(deal.client_id, deal.price) for deal in deals} == {
        ("1", Decimal("10.05")),
        ("2", Decimal("10.05")),
    }


def test_five_levels_are_the_most_that_an_order_of_the_best_five_takes() -> None:
    order = at_market(OrderKind.FIVE_BEST_THEN_CANCEL, rest=1_000_000)

    outcome = match([order], MARKET, Phase.CONTINUOUS, MADE)

    assert [deal.price for deal in outcome.deals] == [
        MARKET.ask + MARKET.tick * level for level in range(LEVELS)
    ]
    assert outcome.ended == ["1"]


def test_the_rest_of_five_best_then_limit_works_at_the_last_price() -> None:
    order = at_market(OrderKind.FIVE_BEST_THEN_LIMIT, rest=1_000_000)

    outcome = match([order], MARKET, Phase.CONTINUOUS, MADE)

    assert outcome.limits == {"1": outcome.deals[-1].price}
    assert outcome.ended == []


def test_all_or_nothing_takes_all_or_nothing() -> None:
    small = match([at_market(OrderKind.FILL_OR_KILL)], MARKET, Phase.CONTINUOUS, MADE)
    large = at_market(OrderKind.FILL_OR_KILL, rest=1_000_000)
    nothing = match([large], MARKET, Phase.CONTINUOUS, MADE)

    assert (sum(deal.quantity for deal in small.deals), small.ended) == (100, [])
    assert (nothing.deals, nothing.ended) == ([], ["1"])


@pytest.mark.parametrize(
    ("kind", "limit"),
    [(OrderKind.OTHER_SIDE_BEST, "10.05"), (OrderKind.OWN_SIDE_BEST, "10.04")],
)
def test_the_best_of_a_side_becomes_the_limit(kind: OrderKind, limit: str) -> None:
    outcome = match([at_market(kind, rest=1_000_000)], MARKET, Phase.CONTINUOUS, MADE)

    assert outcome.limits == {"1": Decimal(limit)}
    assert {deal.price for deal in outcome.deals} <= {Decimal(limit)}


@pytest.mark.parametrize(
    "kind", [kind for kind in OrderKind if kind not in {OrderKind.LIMIT, OrderKind.AFTER_HOURS}]
)
def test_an_empty_side_ends_an_order_without_a_limit(kind: OrderKind) -> None:
    empty = replace(MARKET, bid=Decimal(0), ask=Decimal(0))

    outcome = match([at_market(kind)], empty, Phase.CONTINUOUS, MADE)

    assert (outcome.deals, outcome.ended) == ([], ["1"])


def test_at_an_upper_limit_without_sellers_a_buy_waits() -> None:
    outcome = match(
        [resting(works_at=Decimal(11), price=Decimal(11))],
        replace(MARKET, last=Decimal(11), bid=Decimal(11), ask=Decimal(0)),
        Phase.CONTINUOUS,
        MADE,
    )

    assert (outcome.deals, outcome.ended) == ([], [])


@given(
    orders=st.lists(
        st.builds(
            lambda side, kind, ticks, lots: (side, kind, Decimal(10) + ticks * MARKET.tick, lots),
            st.sampled_from(Side),
            st.sampled_from(OrderKind),
            st.integers(-100, 100),
            st.integers(1, 2000),
        ),
        max_size=12,
    ),
    phase=st.sampled_from(Phase),
    gap=st.integers(1, 100),
)
def test_nobody_gets_more_than_wanted_or_a_worse_price_than_said(
    orders: list[tuple[Side, OrderKind, Decimal, int]], phase: Phase, gap: int
) -> None:
    market = replace(MARKET, ask=MARKET.bid + gap * MARKET.tick)
    fixed = {OrderKind.LIMIT, OrderKind.AFTER_HOURS}
    wanted = {
        str(number): resting(
            number,
            side=side,
            kind=kind,
            price=price,
            works_at=price if kind in fixed else None,
            rest=lots * 100,
        )
        for number, (side, kind, price, lots) in enumerate(orders)
    }

    outcome = match(list(wanted.values()), market, phase, MADE)

    for deal in outcome.deals:
        order = wanted[deal.client_id]
        assert market.lowest <= deal.price <= market.highest
        buys = order.side is Side.BUY
        assert deal.price <= order.price if buys else deal.price >= order.price
    for number, order in wanted.items():
        got = sum(deal.quantity for deal in outcome.deals if deal.client_id == number)
        assert got <= order.rest
        if got == order.rest:
            assert number not in outcome.ended
