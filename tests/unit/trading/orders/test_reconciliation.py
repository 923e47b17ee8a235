import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from callcenter.domain.errors import CallcenterError, CounterUnavailable, OutcomeUnknown
from callcenter.domain.events import OrderMoved
from callcenter.domain.orders import ClientOrderId, Order, OrderNumber, OrderState
from callcenter.domain.refusals import Refusal
from callcenter.trading.orders.placing import Placing
from callcenter.trading.orders.reconciliation import Reconciliation
from callcenter.trading.ports import CounterOrder
from tests import make
from tests.fakes.clock import FakeClock
from tests.fakes.gateway import FakeCounter
from tests.fakes.store import FakeOrderBook

PROMISE = timedelta(seconds=10)
LATER = make.NOON + PROMISE + timedelta(seconds=1)
ORDER = make.order()
NUMBER = ORDER.draft.number


def book_of(*orders: Order) -> FakeOrderBook:
    book = FakeOrderBook()
    book.kept = {order.draft.number: order for order in orders}
    return book


def reconciliation(
    book: FakeOrderBook, counter: FakeCounter, clock: FakeClock | None = None
) -> Reconciliation:
    placing = Placing(counter, book, clock or FakeClock(LATER), promise=PROMISE)
    return Reconciliation(book, placing, every_s=0)


def counter_with(*orders: CounterOrder) -> FakeCounter:
    counter = FakeCounter()
    counter.booked = {order.client_id: order for order in orders}
    return counter


BOOKED = CounterOrder(client_id=ORDER.client_id, accepted=True)
REJECTED = CounterOrder(client_id=ORDER.client_id, accepted=False, reason=Refusal.SUSPENDED)


@pytest.mark.parametrize("state", [OrderState.PENDING, OrderState.UNKNOWN])
@pytest.mark.parametrize(
    ("counter", "becomes", "message"),
    [
        pytest.param([BOOKED], OrderState.ACCEPTED, None, id="booked"),
        pytest.param([REJECTED], OrderState.REJECTED, 3002, id="rejected"),
        pytest.param([], OrderState.WITHDRAWN, None, id="never-seen"),
    ],
)
async def test_an_order_without_an_answer_becomes_what_the_counter_made_of_it(
    state: OrderState, counter: list[CounterOrder], becomes: OrderState, message: int | None
) -> None:
    book = book_of(make.order(state=state))

    await reconciliation(book, counter_with(*counter)).once()

    assert book.kept[NUMBER].state is becomes
    assert book.kept[NUMBER].message == message
    assert [e.state for e in book.outbox if isinstance(e, OrderMoved)] == [becomes]
    assert [entry.outcome for entry in book.trail] == [becomes.value]


async def test_an_order_that_is_withdrawn_cannot_arrive_later() -> None:
    counter = counter_with()
    await reconciliation(book_of(ORDER), counter).once()

    late = await counter.place(ORDER)

    assert not late.accepted


async def test_a_fresh_order_is_left_to_the_call_that_places_it() -> None:
    book = book_of(ORDER)

    once = reconciliation(book, counter_with(BOOKED), FakeClock(make.NOON))
    await once.once()

    assert book.kept[NUMBER].state is OrderState.PENDING
    assert once.done


async def test_reconciling_twice_changes_nothing_more() -> None:
    book = book_of(ORDER)
    again = reconciliation(book, counter_with(BOOKED))

    await again.once()
    await again.once()

    assert len(book.moves) == len(book.outbox) == 1


async def test_with_nothing_to_reconcile_it_is_done() -> None:
    nothing = reconciliation(book_of(), counter_with())
    assert not nothing.done

    await nothing.once()

    assert nothing.done


async def test_what_fails_is_tried_again() -> None:
    book, counter = book_of(ORDER), counter_with(BOOKED)
    counter.fails_with = CounterUnavailable()
    again = reconciliation(book, counter)

    await again.once()
    assert not again.done
    assert book.kept[NUMBER].state is OrderState.PENDING

    counter.fails_with = None
    await again.once()
    assert again.done
    assert book.kept[NUMBER].state is OrderState.ACCEPTED


class Silent(FakeCounter):
    """A counter that is there, and has no answer about one order."""

    def __init__(self, error: CallcenterError) -> None:
        super().__init__()
        self._error = error

    async def find(self, client_id: ClientOrderId) -> CounterOrder | None:
        if client_id == ORDER.client_id:
            raise self._error
        return await super().find(client_id)


@pytest.mark.parametrize(
    "error", [CounterUnavailable("no answer"), OutcomeUnknown(ORDER.client_id)], ids=type
)
async def test_an_order_without_an_answer_keeps_no_other_from_being_settled(
    error: CallcenterError,
) -> None:
    other = make.order(number=OrderNumber("60000002"), client_id=ClientOrderId("2026112060000002"))
    book = book_of(make.order(state=OrderState.UNKNOWN), other)
    again = reconciliation(book, Silent(error))

    await again.once()

    assert again.done
    assert book.kept[NUMBER].state is OrderState.UNKNOWN
    assert book.kept[other.draft.number].state is OrderState.WITHDRAWN


@pytest.mark.parametrize("days_later", [0, 1])
async def test_an_order_of_an_earlier_day_without_an_answer_is_listed_once(
    days_later: int,
) -> None:
    book = book_of(ORDER)
    clock = FakeClock(LATER + timedelta(days=days_later))
    counter = Silent(OutcomeUnknown(ORDER.client_id))

    for _ in range(2):
        again = reconciliation(book, counter, clock)
        await again.once()
        await again.once()

    assert book.kept[NUMBER].state is OrderState.UNKNOWN
    listed = [seen.difference for seen in await book.differences()]
    assert [one.number for one in listed] == [NUMBER] * days_later


async def test_without_a_store_it_is_not_done() -> None:
    book = book_of()
    book.gone = True
    again = reconciliation(book, counter_with())

    await again.once()

    assert not again.done


async def test_a_failure_later_does_not_close_the_gate_again() -> None:
    book, counter = book_of(), counter_with()
    again = reconciliation(book, counter)
    await again.once()

    book.gone = True
    await again.once()

    assert again.done


async def test_it_reconciles_again_and_again_until_cancelled() -> None:
    class Counting(FakeOrderBook):
        asked = 0

        async def unsettled(self) -> Sequence[Order]:
            self.asked += 1
            if self.asked == 3:
                enough.set()
            return await super().unsettled()

    enough = asyncio.Event()
    book = Counting()
    running = asyncio.create_task(reconciliation(book, counter_with()).run())
    await enough.wait()

    running.cancel()

    with pytest.raises(asyncio.CancelledError):
        await running
    assert book.asked >= 3


async def test_one_order_at_a_time_is_settled_the_oldest_first() -> None:
    other = make.order(number=OrderNumber("60000002"), created_at=make.NOON - timedelta(hours=1))
    book = book_of(ORDER, other)

    await reconciliation(book, counter_with()).once()

    assert [move.number for move in book.moves] == ["60000002", "60000001"]
