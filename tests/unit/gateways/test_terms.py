"""The counter's checks against ours: two independent judges of the same orders."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain.accounts import AccountStatus, Permission
from callcenter.domain.clock import BEIJING
from callcenter.domain.errors import Refused
from callcenter.domain.orders import Draft, OrderKind, Side
from callcenter.domain.refusals import Refusal
from callcenter.domain.securities import Board, Market
from callcenter.gateways.paper.terms import Case, Listed, is_free, judge, to_freeze
from tests import make, rules

BOARDS = rules.BOARDS
MARKETS = {
    Board.BSE: Market.BJ,
    Board.CHINEXT: Market.SZ,
    Board.SZ_MAIN: Market.SZ,
    Board.SH_MAIN: Market.SH,
    Board.STAR: Market.SH,
}

drafts = st.builds(
    make.draft,
    side=st.sampled_from(Side),
    security=st.sampled_from(BOARDS).map(lambda board: make.security(board=board)),
    price=st.decimals("0.001", "30", places=3),
    quantity=st.one_of(st.integers(1, 1_000), st.integers(1, 1_200_000)),
)
cases = st.builds(
    lambda usable, sellable, close: make_case(
        usable=usable, sellable=sellable, previous_close=close
    ),
    usable=st.decimals("0", "20000000", places=2),
    sellable=st.one_of(st.integers(0, 1_000), st.integers(0, 2_000_000)),
    close=st.decimals("0.01", "20", places=2),
)


def make_case(**changes: object) -> Case:
    values: dict[str, object] = {
        "status": AccountStatus.NORMAL,
        "permissions": frozenset(Permission),
        "bound_numbers": frozenset(),
        "number": "13800138000",
        "usable": Decimal(1_000_000),
        "sellable": 10_000,
        "security": make.security(),
        "previous_close": Decimal("10.00"),
    }
    return Case(**{**values, **changes})  # type: ignore[arg-type]


def judged_by_us(draft: Draft, case: Case) -> Refusal | None:
    quote = make.quote(draft.security, previous_close=case.previous_close)
    try:
        rules.check_price(draft.security, quote, draft.price)
        rules.check_quantity(draft.security, draft.side, draft.quantity, case.sellable)
    except Refused as e:
        return e.reason
    needed = rules.cost(draft.side, draft.price, draft.quantity, board=draft.security.board)
    if draft.side is Side.BUY and needed > case.usable:
        return Refusal.NOT_ENOUGH_MONEY
    return None


@given(drafts, cases)
def test_both_judges_let_the_same_orders_pass(draft: Draft, case: Case) -> None:
    case = replace(case, security=draft.security)

    assert (judge(draft, case) is None) == (judged_by_us(draft, case) is None)


@given(st.sampled_from(BOARDS), st.integers(0, 700), st.integers(1, 800))
def test_both_judges_say_the_same_of_every_small_sell(
    board: Board, sellable: int, quantity: int
) -> None:
    security = make.security(board=board)
    draft = make.draft(side=Side.SELL, security=security, quantity=quantity)
    case = make_case(security=security, sellable=sellable)

    assert judge(draft, case) is judged_by_us(draft, case)


@given(st.sampled_from(BOARDS), st.integers(1, 3_000), st.integers(-1, 1))
def test_both_judges_draw_the_limits_at_the_same_fen(board: Board, fen: int, off: int) -> None:
    security = make.security(board=board)
    close, tick = Decimal(fen) / 100, rules.rule_of(security).tick
    case = make_case(security=security, previous_close=close)

    for limit in rules.price_limits(security, close):
        if limit + off * tick > 0:
            draft = make.draft(security=security, price=limit + off * tick, quantity=200)
            assert judge(draft, case) is judged_by_us(draft, case)


@pytest.mark.parametrize("board", BOARDS)
@pytest.mark.parametrize("off", [-1, 0, 1])
def test_both_judges_take_the_same_largest_order(board: Board, off: int) -> None:
    rule = rules.rule_of(make.security(board=board))
    draft = make.draft(security=make.security(board=board), quantity=rule.most + off * rule.step)
    case = make_case(security=draft.security, usable=Decimal(10**9))

    assert judge(draft, case) is judged_by_us(draft, case)


@given(drafts)
def test_a_buy_freezes_what_we_told_the_caller_it_costs(draft: Draft) -> None:
    case = make_case(security=draft.security)

    ours = rules.cost(Side.BUY, draft.price, draft.quantity, board=draft.security.board)

    assert to_freeze(draft, case) == ours


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        pytest.param({}, None, id="ordinary"),
        pytest.param({"status": AccountStatus.FROZEN}, Refusal.ACCOUNT_FROZEN, id="frozen"),
        pytest.param(
            {"bound_numbers": frozenset({"13900139000"})}, Refusal.CALLER_NOT_BOUND, id="not-bound"
        ),
        pytest.param({"bound_numbers": frozenset({"13800138000"})}, None, id="bound"),
        pytest.param(
            {"security": make.security(suspended=True)}, Refusal.SUSPENDED, id="suspended"
        ),
        pytest.param(
            {"security": make.security(board=Board.INDEX)}, Refusal.UNKNOWN_SECURITY, id="index"
        ),
        pytest.param(
            {"security": make.security(board=Board.STAR), "permissions": frozenset()},
            Refusal.NO_STAR_PERMISSION,
            id="no-star",
        ),
        pytest.param({"usable": Decimal("2015.00")}, Refusal.NOT_ENOUGH_MONEY, id="fees-missing"),
        pytest.param({"usable": Decimal("2015.02")}, None, id="to-the-fen"),
    ],
)
def test_a_buy_is_judged_by_account_security_and_money(
    case: dict[str, object], reason: Refusal | None
) -> None:
    assert judge(make.draft(quantity=200), make_case(**case)) is reason


@pytest.mark.parametrize("price", ["1E+30", "Infinity"])
def test_an_absurd_price_is_outside_the_limits(price: str) -> None:
    draft = make.draft(price=Decimal(price))

    assert judge(draft, make_case()) is Refusal.PRICE_OUTSIDE_LIMITS


def test_what_the_broker_suspended_or_is_st_needs_more_than_money() -> None:
    suspended = make_case(security=make.security(suspended_by_broker=True))
    st = make_case(security=make.security(st=True), permissions=frozenset())

    assert judge(make.draft(), suspended) is Refusal.SUSPENDED_BY_BROKER
    assert judge(make.draft(), st) is Refusal.NO_ST_PERMISSION
    assert judge(make.draft(side=Side.SELL), st) is None


def test_an_order_without_a_limit_needs_its_permission_and_price_limits() -> None:
    draft = make.draft(kind=OrderKind.FIVE_BEST_THEN_CANCEL)

    assert judge(draft, make_case()) is None
    without = judge(draft, make_case(permissions=frozenset()))
    assert without is Refusal.NO_MARKET_ORDER_PERMISSION
    assert judge(draft, make_case(free=True)) is Refusal.MARKET_ORDER_NEEDS_LIMITS


def test_on_a_first_day_a_price_may_be_far_away() -> None:
    draft = make.draft(price=Decimal("30.00"))

    assert judge(draft, make_case(free=True)) is None
    assert judge(draft, make_case()) is Refusal.PRICE_OUTSIDE_LIMITS


@pytest.mark.parametrize("board", [board for board in BOARDS if board is not Board.FUND])
def test_both_judges_count_the_same_first_days(board: Board) -> None:
    first = date(2026, 11, 5)
    security = make.security(board=board, market=MARKETS[board], listed_on=first)
    for ahead in range(15):
        day = first + timedelta(days=ahead)
        if not rules.calendar().is_session(day):
            continue
        at = datetime.combine(day, time(10), BEIJING)
        free = is_free(board, Listed(first, None), day, rules.calendar().is_session)

        lowest, _ = rules.book().price_limits(security, Decimal(10), at)
        assert free == (lowest is None), day
