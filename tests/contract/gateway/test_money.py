"""What an order freezes, and what the counter checks for itself."""

import asyncio
from decimal import Decimal
from typing import Any, Final

import pytest

from callcenter.domain.accounts import AccountId
from callcenter.domain.calls import CallerNumber
from callcenter.domain.orders import Order, Side
from callcenter.domain.refusals import Refusal
from callcenter.domain.securities import Board, Market, SecurityCode
from tests import make, rules
from tests.contract.gateway.counters import (
    BOUND,
    FROZEN,
    HOLDER,
    NOBODY,
    POOR,
    RICH,
    Counter,
    numbered,
)

STAR_SHARE: Final = make.security(code=SecurityCode("688981"), board=Board.STAR)
FUND: Final = make.security(code=SecurityCode("510300"), board=Board.FUND)
INDEX: Final = make.security(code=SecurityCode("000001"), board=Board.INDEX)
SUSPENDED: Final = make.security(code=SecurityCode("601989"))
UNLISTED: Final = make.security(code=SecurityCode("699999"))
ODD_LOT: Final = make.security(market=Market.SZ, code=SecurityCode("000001"), board=Board.SZ_MAIN)


def sell(**changes: Any) -> Order:
    return make.order(side=Side.SELL, **changes)


async def frozen_money(counter: Counter, account: AccountId = HOLDER) -> Decimal:
    return (await counter.money(account)).frozen


@pytest.mark.parametrize(
    ("changes", "cost"),
    [
        pytest.param({}, "1010.01", id="least-commission"),
        pytest.param({"quantity": 10_000}, "100531.16", id="shares"),
        pytest.param(
            {"security": FUND, "price": Decimal("4.652"), "quantity": 10_000},
            "46533.96",
            id="fund",
        ),
    ],
)
async def test_a_buy_freezes_the_amount_and_the_fees(
    counter: Counter, changes: dict[str, Any], cost: str
) -> None:
    before = await counter.money(HOLDER)

    await counter.place(make.order(**changes))

    after = await counter.money(HOLDER)
    assert after.frozen == Decimal(cost)
    assert before.usable - after.usable == Decimal(cost)
    assert after.withdrawable <= after.usable
    assert after.total == before.total


async def test_money_cannot_be_spent_twice(counter: Counter) -> None:
    affordable = rules.most_affordable(Decimal("5000.00"), Decimal("10.05"), make.security())

    answers = await asyncio.gather(
        *(counter.place(numbered(number, account=POOR)) for number in range(8))
    )

    assert sum(answer.accepted for answer in answers) == affordable / 100 == 4
    assert {answer.reason for answer in answers} == {None, Refusal.NOT_ENOUGH_MONEY}
    assert (await counter.money(POOR)).usable >= 0


async def test_a_sell_freezes_the_shares(counter: Counter) -> None:
    await counter.place(sell(quantity=3_000))

    held = next(p for p in await counter.positions(HOLDER) if p.security.id == "SH600000")
    assert (held.total, held.sellable, held.frozen) == (10_000, 7_000, 3_000)
    assert await frozen_money(counter) == 0


async def test_shares_cannot_be_sold_twice(counter: Counter) -> None:
    answers = await asyncio.gather(
        *(counter.place(numbered(number, side=Side.SELL, quantity=3_000)) for number in range(8))
    )

    assert sum(answer.accepted for answer in answers) == 3
    assert {answer.reason for answer in answers} == {None, Refusal.NOT_ENOUGH_SHARES}


@pytest.mark.parametrize(("quantity", "accepted"), [(99, True), (199, True), (298, False)])
async def test_odd_shares_are_sold_all_or_none(
    counter: Counter, quantity: int, accepted: bool
) -> None:
    answer = await counter.place(sell(security=ODD_LOT, price=Decimal("11.52"), quantity=quantity))

    assert answer.accepted == accepted


async def test_the_total_is_cash_and_shares_at_their_last_price(counter: Counter) -> None:
    money = await counter.money(HOLDER)

    shares = 10_000 * Decimal("10.05") + 299 * Decimal("11.52")
    assert money.total == Decimal("1000000.00") + shares
    assert money.usable == money.withdrawable == Decimal("1000000.00")


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        pytest.param(make.order(account=NOBODY), Refusal.LOGIN_FAILED, id="unknown-account"),
        pytest.param(make.order(account=FROZEN), Refusal.ACCOUNT_FROZEN, id="frozen"),
        pytest.param(
            make.order(account=BOUND, station=make.station(caller=CallerNumber("+8613900139000"))),
            Refusal.CALLER_NOT_BOUND,
            id="another-phone",
        ),
        pytest.param(make.order(account=BOUND), None, id="its-own-phone"),
        pytest.param(make.order(security=UNLISTED), Refusal.UNKNOWN_SECURITY, id="unlisted"),
        pytest.param(
            make.order(security=INDEX, price=Decimal("3912.46")),
            Refusal.UNKNOWN_SECURITY,
            id="index",
        ),
        pytest.param(
            make.order(security=SUSPENDED, price=Decimal("5.13")), Refusal.SUSPENDED, id="suspended"
        ),
        pytest.param(
            make.order(account=RICH, security=STAR_SHARE, price=Decimal("112.30"), quantity=200),
            Refusal.NO_STAR_PERMISSION,
            id="no-permission",
        ),
        pytest.param(
            make.order(price=Decimal("11.01")), Refusal.PRICE_OUTSIDE_LIMITS, id="above-limit"
        ),
        pytest.param(make.order(price=Decimal("11.00")), None, id="at-limit"),
        pytest.param(make.order(price=Decimal("10.005")), Refusal.WRONG_TICK, id="tick"),
        pytest.param(make.order(quantity=150), Refusal.WRONG_LOT, id="lot"),
        pytest.param(
            make.order(account=RICH, quantity=1_000_100), Refusal.QUANTITY_TOO_LARGE, id="large"
        ),
        pytest.param(
            make.order(account=POOR, quantity=500), Refusal.NOT_ENOUGH_MONEY, id="fees-missing"
        ),
        pytest.param(sell(account=RICH), Refusal.NOTHING_TO_SELL, id="nothing-held"),
        pytest.param(sell(quantity=10_100), Refusal.NOT_ENOUGH_SHARES, id="not-enough-held"),
        pytest.param(
            sell(account=POOR, security=STAR_SHARE, price=Decimal("112.30"), quantity=200),
            Refusal.NOTHING_TO_SELL,
            id="bought-today",
        ),
    ],
)
async def test_the_counter_checks_for_itself(
    counter: Counter, order: Order, reason: Refusal | None
) -> None:
    answer = await counter.place(order)

    assert answer.reason is reason
    assert answer.accepted == (reason is None)
