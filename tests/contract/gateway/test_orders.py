"""One order is booked once, whatever happens."""

import asyncio
from decimal import Decimal

import pytest

from callcenter.domain.accounts import AccountId
from callcenter.domain.errors import CounterUnavailable, OutcomeUnknown
from callcenter.domain.orders import ClientOrderId, Side
from callcenter.domain.refusals import Refusal
from callcenter.domain.secret import Secret
from callcenter.domain.securities import SecurityCode
from callcenter.trading.ports import CounterOrder
from tests import make, rules
from tests.contract.gateway.counters import HOLDER, POOR, Counter, Opens, Trouble, numbered


async def frozen_money(counter: Counter, account: AccountId = HOLDER) -> Decimal:
    return (await counter.money(account)).frozen


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
    assert None not in [answer.reason for answer in answers]
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
            counter.login(HOLDER, Secret("246810"), make.station()),
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
