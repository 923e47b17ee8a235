"""What is not filled can be cancelled, and what happens is told."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import TypeVar

import pytest

from callcenter.domain.errors import CounterUnavailable, Refused
from callcenter.domain.orders import Side
from callcenter.domain.refusals import Refusal
from callcenter.trading.ports import CounterOrder
from tests import make
from tests.contract.gateway.counters import HOLDER, Counter, Opens, Trouble, numbered

T = TypeVar("T")


async def first(number: int, stream: AsyncIterator[T]) -> list[T]:
    return [await anext(stream) for _ in range(number)]


async def test_a_cancelled_order_has_no_rest(counter: Counter) -> None:
    order = make.order()
    await counter.place(order)

    await counter.cancel(order)

    assert await counter.find(order.client_id) == CounterOrder(
        client_id=order.client_id, accepted=True, cancelled=100
    )


async def test_a_wish_that_is_repeated_changes_nothing(counter: Counter) -> None:
    order = make.order()
    await counter.place(order)
    await counter.cancel(order)
    once = await counter.find(order.client_id)

    await counter.cancel(order)

    assert await counter.find(order.client_id) == once


async def test_what_never_came_cannot_be_cancelled(counter: Counter) -> None:
    with pytest.raises(Refused) as refused:
        await counter.cancel(make.order())

    assert refused.value.reason is Refusal.NO_SUCH_ORDER


async def test_a_cancelled_order_that_comes_again_is_not_booked_again(counter: Counter) -> None:
    order = make.order()
    await counter.place(order)
    await counter.cancel(order)

    assert (await counter.place(order)).cancelled == 100


async def test_the_orders_of_a_day_are_told_and_no_others(counter: Counter) -> None:
    orders = [numbered(number) for number in range(3)]
    for order in orders:
        await counter.place(order)
    withdrawn = numbered(3)
    await counter.withdraw(withdrawn.client_id)

    told = [order.client_id async for order in counter.orders(make.NOON.date())]

    assert told == [order.client_id for order in orders]


async def test_a_day_without_orders_is_told_at_once(counter: Counter) -> None:
    day = make.NOON.date().replace(year=2025)

    assert [order async for order in counter.orders(day)] == []
    assert [fill async for fill in counter.fills(day)] == []


async def test_a_cancellation_is_an_event(counter: Counter) -> None:
    order = make.order(side=Side.SELL, price=Decimal("10.90"))
    await counter.place(order)
    await counter.cancel(order)

    words: list[CounterOrder] = []
    async for event in counter.events(None):
        assert isinstance(event.of, CounterOrder)
        words.append(event.of)
        if event.of.cancelled is not None:
            break

    assert words[-1] == CounterOrder(client_id=order.client_id, accepted=True, cancelled=100)


async def test_events_go_on_after_the_last_one_that_was_heard(counter: Counter) -> None:
    orders = [numbered(number) for number in range(4)]
    for order in orders:
        await counter.place(order)
        await counter.cancel(order)

    heard = await first(4, counter.events(None))
    rest = counter.events(heard[-2].position)

    assert await anext(rest) == heard[-1]


async def test_an_unreachable_counter_tells_nothing(opens: Opens) -> None:
    async with opens(Trouble.UNREACHABLE) as counter:
        day = make.NOON.date()
        with pytest.raises(CounterUnavailable):
            await counter.cancel(make.order(account=HOLDER))
        for stream in (counter.orders(day), counter.fills(day), counter.events(None)):
            with pytest.raises(CounterUnavailable):
                await anext(stream)
