"""Who may call, and what is listed for them."""

from decimal import Decimal
from typing import Final

import pytest

from callcenter.domain.accounts import AccountStatus
from callcenter.domain.errors import Refused
from callcenter.domain.refusals import Refusal
from callcenter.domain.secret import Secret
from callcenter.domain.securities import Market, SecurityCode
from tests import make
from tests.contract.gateway.counters import BOUND, FROZEN, HOLDER, NOBODY, RICH, Counter

PASSWORD: Final = Secret("246810")


async def refusal_of(counter: Counter, login: str, password: str) -> Refusal:
    with pytest.raises(Refused) as refused:
        await counter.login(login, Secret(password), make.station())
    return refused.value.reason


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


async def test_a_login_means_an_account_whichever_way_it_is_keyed(counter: Counter) -> None:
    customer = await counter.login("10000001", PASSWORD, make.station())

    for login in ("10000001", "100000001", "0100000001"):
        assert await counter.account_of(login) == customer.account
    assert await counter.account_of("99999999") is None


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

    assert holder.permissions == make.customer().permissions
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
        await counter.quote(make.security(code=SecurityCode("699999")))

    assert refused.value.reason is Refusal.UNKNOWN_SECURITY


async def test_holdings_are_listed_with_what_can_be_sold(counter: Counter) -> None:
    held = await counter.positions(HOLDER)

    assert [(p.security.id, p.total, p.sellable) for p in held] == [
        ("SH600000", 10_000, 10_000),
        ("SZ000001", 299, 299),
    ]
    assert await counter.positions(RICH) == []
