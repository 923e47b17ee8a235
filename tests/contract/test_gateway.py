"""What every counter promises. A new broker is added to `COUNTERS`, and nothing else."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from decimal import Decimal
from enum import Enum, auto
from typing import Any, Final, Protocol

import pytest

from callcenter.customers.ports import PasswordCheck
from callcenter.domain.accounts import AccountId, AccountStatus, Permission
from callcenter.domain.calls import CallerNumber
from callcenter.domain.errors import CounterUnavailable, OutcomeUnknown, Refused
from callcenter.domain.orders import ClientOrderId, Order, Side
from callcenter.domain.refusals import Refusal
from callcenter.domain.secret import Secret
from callcenter.domain.securities import Board, Market, SecurityCode
from callcenter.gateways.paper import Faults, PaperCounter, seed_demo
from callcenter.trading import rules
from callcenter.trading.ports import CounterOrder, TradingGateway
from tests import make
from tests.fakes.gateway import FakeCounter
from tests.fakes.store import AlwaysNoon

HOLDER: Final = AccountId("10000001")
POOR: Final = AccountId("10000002")
RICH: Final = AccountId("10000003")  # admitted to the main boards only
BOUND: Final = AccountId("10000004")
FROZEN: Final = AccountId("10000005")
NOBODY: Final = AccountId("99999999")

PASSWORD: Final = Secret("246810")
NOWHERE: Final = "postgresql://nobody@127.0.0.1:1/nothing"

STAR_SHARE: Final = make.security(code=SecurityCode("688981"), board=Board.STAR)
FUND: Final = make.security(code=SecurityCode("510300"), board=Board.FUND)
INDEX: Final = make.security(code=SecurityCode("000001"), board=Board.INDEX)
SUSPENDED: Final = make.security(code=SecurityCode("601989"))
UNLISTED: Final = make.security(code=SecurityCode("699999"))
ODD_LOT: Final = make.security(market=Market.SZ, code=SecurityCode("000001"), board=Board.SZ_MAIN)


class Counter(TradingGateway, PasswordCheck, Protocol):
    """A counter does both: it takes orders and checks passwords."""


class Trouble(Enum):
    NONE = auto()
    UNREACHABLE = auto()
    LOSES_ANSWERS = auto()
    LOSES_ORDERS = auto()
    REJECTS = auto()


Opens = Callable[[Trouble], AbstractAsyncContextManager[Counter]]


@asynccontextmanager
async def fake(trouble: Trouble) -> AsyncIterator[Counter]:
    errors: dict[Trouble, Exception] = {
        Trouble.UNREACHABLE: CounterUnavailable("gone"),
        Trouble.LOSES_ORDERS: OutcomeUnknown(make.order().client_id),
    }
    yield FakeCounter(
        fails_with=errors.get(trouble),
        loses_answers=trouble is Trouble.LOSES_ANSWERS,
        rejects_with=Refusal.SUSPENDED if trouble is Trouble.REJECTS else None,
    )


@asynccontextmanager
async def paper(trouble: Trouble, dsn: str) -> AsyncIterator[Counter]:
    await seed_demo(dsn, production=False, load_accounts=False)
    faults = {
        Trouble.LOSES_ANSWERS: Faults(after_s=3600.0),
        Trouble.LOSES_ORDERS: Faults(silent=True),
        Trouble.REJECTS: Faults(rejects=Refusal.SUSPENDED),
    }
    counter = PaperCounter(
        NOWHERE if trouble is Trouble.UNREACHABLE else dsn,
        AlwaysNoon(),
        # Half a second is enough to book on a busy machine; then the answer is given up.
        answer_within_s=5.0 if trouble is Trouble.NONE else 0.5,
        faults=faults.get(trouble, Faults()),
    )
    await counter.start()
    try:
        yield counter
    finally:
        await counter.stop()


@pytest.fixture(params=["fake", "paper"])
def opens(request: pytest.FixtureRequest) -> Opens:
    if request.param == "fake":
        return fake
    dsn: str = request.getfixturevalue("dsn")
    return lambda trouble: paper(trouble, dsn)


@pytest.fixture
async def counter(opens: Opens) -> AsyncIterator[Counter]:
    async with opens(Trouble.NONE) as opened:
        yield opened


def sell(**changes: Any) -> Order:
    return make.order(side=Side.SELL, **changes)


def numbered(number: int, **changes: Any) -> Order:
    """Return an order with an id of its own."""
    return make.order(client_id=ClientOrderId(f"20261120{number:08}"), **changes)


async def frozen_money(counter: Counter, account: AccountId = HOLDER) -> Decimal:
    return (await counter.money(account)).frozen


async def refusal_of(counter: Counter, login: str, password: str) -> Refusal:
    with pytest.raises(Refused) as refused:
        await counter.login(login, Secret(password), make.station())
    return refused.value.reason


# One order, whatever happens.


async def test_placing_twice_books_one_order(counter: Counter) -> None:
    order = make.order()

    first = await counter.place(order)
    frozen = await frozen_money(counter)
    second = await counter.place(order)

    assert first == second == CounterOrder(client_id=order.client_id, accepted=True)
    assert await frozen_money(counter) == frozen > 0


async def test_placing_at_the_same_time_books_one_order(counter: Counter) -> None:
    order = make.order()

    answers = await asyncio.gather(*(counter.place(order) for _ in range(10)))

    assert {answer.accepted for answer in answers} == {True}
    assert await frozen_money(counter) == rules.cost(Side.BUY, Decimal("10.05"), 100)


async def test_a_refusal_is_given_again_even_if_the_order_would_pass_now(counter: Counter) -> None:
    too_much = numbered(1, account=POOR, quantity=1_000)
    small = numbered(1, account=POOR, quantity=100)

    first = await counter.place(too_much)
    second = await counter.place(small)

    assert first == second
    assert second.reason is Refusal.NOT_ENOUGH_MONEY
    assert await frozen_money(counter, POOR) == 0


async def test_a_counter_says_whether_it_dedupes(counter: Counter) -> None:
    assert counter.dedupes


async def test_nothing_is_found_of_an_order_that_never_came(counter: Counter) -> None:
    assert await counter.find(ClientOrderId("2026112099999999")) is None


@pytest.mark.parametrize("quantity", [100, 101])
async def test_an_order_is_found_as_it_was_answered(counter: Counter, quantity: int) -> None:
    order = make.order(quantity=quantity)

    answer = await counter.place(order)

    assert await counter.find(order.client_id) == answer


async def test_a_withdrawn_order_is_refused_for_ever(counter: Counter) -> None:
    order = make.order()

    withdrawn = await counter.withdraw(order.client_id)
    answers = [await counter.place(order) for _ in range(2)]

    assert withdrawn is None
    assert [answer.accepted for answer in answers] == [False, False]
    assert await counter.find(order.client_id) is None
    assert await counter.withdraw(order.client_id) is None
    assert await frozen_money(counter) == 0


async def test_an_order_that_came_before_its_withdrawal_stands(counter: Counter) -> None:
    order = make.order()

    answer = await counter.place(order)

    assert await counter.withdraw(order.client_id) == answer
    assert await counter.find(order.client_id) == answer


async def test_an_order_and_its_withdrawal_at_the_same_time_agree(counter: Counter) -> None:
    for number in range(20):
        order = numbered(number)
        answer, left = await asyncio.gather(counter.place(order), counter.withdraw(order.client_id))

        assert answer.accepted == (left is not None)
        assert await counter.find(order.client_id) == left


# When the counter does not answer.


async def test_an_order_whose_answer_was_lost_is_found(opens: Opens) -> None:
    order = make.order()

    async with opens(Trouble.LOSES_ANSWERS) as counter:
        with pytest.raises(OutcomeUnknown) as unknown:
            await counter.place(order)

        found = await counter.find(order.client_id)
        frozen = await frozen_money(counter)

    assert unknown.value.client_id == order.client_id
    assert found == CounterOrder(client_id=order.client_id, accepted=True)
    assert frozen > 0


async def test_a_lost_order_can_be_withdrawn(opens: Opens) -> None:
    order = make.order()

    async with opens(Trouble.LOSES_ORDERS) as counter:
        with pytest.raises(OutcomeUnknown):
            await counter.place(order)

        assert await counter.find(order.client_id) is None
        assert await counter.withdraw(order.client_id) is None
        assert await frozen_money(counter) == 0


async def test_an_unreachable_counter_says_so_to_every_question(opens: Opens) -> None:
    async with opens(Trouble.UNREACHABLE) as counter:
        for question in (
            counter.ping(),
            counter.login(HOLDER, PASSWORD, make.station()),
            counter.customer(HOLDER),
            counter.place(make.order()),
            counter.find(make.order().client_id),
            counter.withdraw(make.order().client_id),
            counter.money(HOLDER),
            counter.positions(HOLDER),
            counter.securities(SecurityCode("600000")),
            counter.quote(make.security()),
        ):
            with pytest.raises(CounterUnavailable):
                await question


async def test_a_rejection_has_its_reason(opens: Opens) -> None:
    async with opens(Trouble.REJECTS) as counter:
        answer = await counter.place(make.order())

        assert answer.reason is Refusal.SUSPENDED
        assert not answer.accepted
        assert await frozen_money(counter) == 0


async def test_a_reachable_counter_answers_a_ping(counter: Counter) -> None:
    await counter.ping()


# Money and shares.


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


# What is listed.


async def test_a_code_is_found_on_every_market_that_has_it(counter: Counter) -> None:
    found = await counter.securities(SecurityCode("000001"))

    assert [(s.market, s.name) for s in found] == [
        (Market.SH, "上证指数"),
        (Market.SZ, "平安银行"),
    ]
    assert await counter.securities(SecurityCode("699999")) == []


async def test_a_quote_is_of_the_security_as_the_counter_knows_it(counter: Counter) -> None:
    quote = await counter.quote(make.security(name="?"))

    assert quote == make.quote(make.security())


async def test_an_unlisted_security_has_no_quote(counter: Counter) -> None:
    with pytest.raises(Refused) as refused:
        await counter.quote(UNLISTED)

    assert refused.value.reason is Refusal.UNKNOWN_SECURITY


async def test_holdings_are_listed_with_what_can_be_sold(counter: Counter) -> None:
    held = await counter.positions(HOLDER)

    assert [(p.security.id, p.total, p.sellable) for p in held] == [
        ("SH600000", 10_000, 10_000),
        ("SZ000001", 299, 299),
    ]
    assert await counter.positions(RICH) == []


# Who calls.


@pytest.mark.parametrize(
    "login",
    [
        pytest.param("10000001", id="account"),
        pytest.param("100000001", id="shanghai-code-without-letter"),
        pytest.param("0100000001", id="shenzhen-code"),
    ],
)
async def test_a_customer_logs_in_by_account_or_shareholder_code(
    counter: Counter, login: str
) -> None:
    customer = await counter.login(login, PASSWORD, make.station())

    assert customer == make.customer()
    assert await counter.customer(customer.account) == customer


@pytest.mark.parametrize(
    ("login", "password"),
    [
        pytest.param("10000001", "246811", id="wrong-password"),
        pytest.param("10000001", "135790", id="fund-password"),
        pytest.param("10000001", "", id="no-password"),
        pytest.param("99999999", "246810", id="unknown-account"),
        pytest.param("", "246810", id="no-account"),
        pytest.param("' OR true --", "246810", id="not-a-number"),
    ],
)
async def test_a_wrong_password_and_an_unknown_account_are_refused_alike(
    counter: Counter, login: str, password: str
) -> None:
    assert await refusal_of(counter, login, password) is Refusal.LOGIN_FAILED


async def test_a_customer_comes_with_what_he_may_do(counter: Counter) -> None:
    holder, rich, bound, frozen = [
        await counter.customer(account) for account in (HOLDER, RICH, BOUND, FROZEN)
    ]

    assert holder.permissions == frozenset(Permission)
    assert (rich.permissions, rich.branch) == (frozenset(), "017")
    assert bound.bound_numbers == {make.station().caller}
    assert frozen.status is AccountStatus.FROZEN


async def test_a_frozen_account_may_look(counter: Counter) -> None:
    await counter.login(FROZEN, PASSWORD, make.station())

    assert (await counter.money(FROZEN)).usable == Decimal("1000000.00")


@pytest.mark.parametrize("question", ["customer", "money"])
async def test_an_unknown_account_has_nothing_to_show(counter: Counter, question: str) -> None:
    with pytest.raises(Refused):
        await getattr(counter, question)(NOBODY)
