"""A wish to cancel is written down, sent, and answered by the order's state alone."""

from dataclasses import dataclass, field, replace

import pytest

from callcenter.domain.audit import Action
from callcenter.domain.errors import CounterUnavailable, OutcomeUnknown, Refused
from callcenter.domain.orders import CANCELLABLE, ClientOrderId, Order, OrderNumber, OrderState
from callcenter.domain.progress import Word
from callcenter.domain.refusals import Refusal
from callcenter.trading.orders.cancelling import Cancelling
from callcenter.trading.orders.told import Told
from callcenter.trading.ports import CounterOrder
from tests import make
from tests.changes import add, tell
from tests.fakes.clock import FakeClock
from tests.fakes.gateway import FakeCounter
from tests.fakes.store import FakeOrderBook
from tests.unit.trading.orders.test_told import fill

ORDER = make.order(quantity=300)
NUMBER = ORDER.draft.number
STATION = make.station(call="pbx-2.2", caller="+8613900139000")
S = OrderState


@dataclass
class House:
    counter: FakeCounter = field(default_factory=FakeCounter)
    book: FakeOrderBook = field(default_factory=FakeOrderBook)

    async def cancel(self, number: OrderNumber = NUMBER) -> Order:
        told = Told(self.book, FakeClock())
        cancelling = Cancelling(self.counter, self.book, told, FakeClock())
        return await cancelling.cancel(number, STATION)

    @property
    def state(self) -> OrderState:
        return self.book.kept[NUMBER].state

    async def refusal(self, number: OrderNumber = NUMBER) -> Refusal:
        with pytest.raises(Refused) as refused:
            await self.cancel(number)
        return refused.value.reason


async def accepted(*said: Word) -> House:
    house = House()
    await add(house.book, ORDER)
    await tell(house.book, NUMBER, Word(answer=S.ACCEPTED))
    for word in said:
        await tell(house.book, NUMBER, word)
    house.counter.booked[ORDER.client_id] = CounterOrder(client_id=ORDER.client_id, accepted=True)
    return house


async def test_an_order_is_cancelled_when_the_counter_says_so() -> None:
    house = await accepted()

    order = await house.cancel()

    assert (order.state, order.cancelled) == (S.CANCELLED, 300)
    assert house.state is S.CANCELLED
    assert house.counter.wishes == [ORDER.client_id]


async def test_until_the_counter_has_said_what_came_of_it_the_order_is_cancelling() -> None:
    house = await accepted()
    house.counter.ignores_cancels = True

    assert (await house.cancel()).state is S.CANCELLING
    assert house.state is S.CANCELLING


async def test_the_wish_is_audited_with_the_phone_that_it_came_from() -> None:
    house = await accepted()

    await house.cancel()

    entry = next(entry for entry in house.book.trail if entry.action is Action.CANCEL)
    assert (entry.station, entry.account, entry.outcome) == (STATION, "10000001", "asked")
    assert entry.details["number"] == NUMBER


async def test_a_wish_is_written_down_before_it_is_sent() -> None:
    class Looking(FakeCounter):
        async def cancel(self, order: Order) -> None:
            assert house.state is S.CANCELLING
            await super().cancel(order)

    house = await accepted()
    house.counter = Looking()
    house.counter.booked[ORDER.client_id] = CounterOrder(client_id=ORDER.client_id, accepted=True)

    assert (await house.cancel()).state is S.CANCELLED


async def test_cancelling_again_does_no_harm() -> None:
    house = await accepted()
    house.counter.ignores_cancels = True
    await house.cancel()

    again = await house.cancel()

    assert (again.state, again.cancel_asked) == (S.CANCELLING, 1)


async def test_a_wish_that_is_on_its_way_already_stands() -> None:
    house = await accepted()
    house.counter.ignores_cancels = True
    await house.cancel()
    house.counter.refuses_cancels = Refusal.CANCEL_REPEATED

    assert (await house.cancel()).state is S.CANCELLING


async def test_a_refused_wish_leaves_the_order_as_it_was() -> None:
    house = await accepted()
    house.counter.refuses_cancels = Refusal.CANCEL_NOT_ALLOWED_NOW

    assert await house.refusal() is Refusal.CANCEL_NOT_ALLOWED_NOW

    assert house.state is S.ACCEPTED
    outcomes = [entry.outcome for entry in house.book.trail if entry.action is Action.CANCEL]
    assert outcomes == ["asked", "refused"]
    house.counter.refuses_cancels = None
    assert (await house.cancel()).state is S.CANCELLED


async def test_a_fill_that_overtakes_the_wish_wins() -> None:
    house = await accepted()
    house.counter.refuses_cancels = Refusal.ALREADY_FILLED
    await tell(house.book, NUMBER, fill("1", 200))

    assert await house.refusal() is Refusal.ALREADY_FILLED
    await tell(house.book, NUMBER, fill("2", 100))

    assert house.state is S.FILLED


async def test_a_counter_that_says_yes_and_has_filled_all_cancels_nothing() -> None:
    house = await accepted()
    house.counter.ignores_cancels = True
    house.counter.booked[ORDER.client_id] = CounterOrder(
        client_id=ORDER.client_id, accepted=True, filled=300, cancelled=0
    )

    order = await house.cancel()

    assert (order.state, order.cancelled) == (S.FILLS_OUTSTANDING, 0)


async def test_a_wish_without_an_answer_may_have_arrived() -> None:
    class Silent(FakeCounter):
        async def cancel(self, order: Order) -> None:
            raise OutcomeUnknown(order.client_id)

    house = await accepted()
    house.counter = Silent()

    assert (await house.cancel()).state is S.CANCELLING


async def test_a_wish_that_was_sent_stands_although_nothing_is_heard_of_the_order() -> None:
    class SaysNothing(FakeCounter):
        async def find(self, client_id: ClientOrderId) -> CounterOrder | None:
            raise OutcomeUnknown(client_id)

    house = await accepted()
    house.counter = SaysNothing()
    house.counter.booked[ORDER.client_id] = CounterOrder(client_id=ORDER.client_id, accepted=True)

    assert (await house.cancel()).state is S.CANCELLING
    assert house.counter.wishes == [ORDER.client_id]


async def test_a_wish_that_was_sent_stands_although_the_store_is_gone_by_then() -> None:
    class Last(FakeCounter):
        async def cancel(self, order: Order) -> None:
            await super().cancel(order)
            house.book.gone = True

    house = await accepted()
    house.counter = Last()
    house.counter.booked[ORDER.client_id] = CounterOrder(client_id=ORDER.client_id, accepted=True)

    assert (await house.cancel()).state is S.CANCELLING
    assert house.counter.wishes == [ORDER.client_id]


async def test_without_a_counter_nothing_is_asked_for() -> None:
    house = await accepted()
    house.counter.fails_with = CounterUnavailable()

    assert await house.refusal() is Refusal.COUNTER_UNAVAILABLE

    assert house.state is S.ACCEPTED


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (S.PENDING, Refusal.ORDER_NOT_REPORTED_YET),
        (S.UNKNOWN, Refusal.ORDER_NOT_REPORTED_YET),
        (S.FILLED, Refusal.ALREADY_FILLED),
        (S.CANCELLED, Refusal.ALREADY_CANCELLED),
        (S.PARTIALLY_CANCELLED, Refusal.ALREADY_CANCELLED),
        (S.FILLS_OUTSTANDING, Refusal.NOTHING_TO_CANCEL),
        (S.EXPIRED, Refusal.ORDER_EXPIRED),
        (S.REJECTED, Refusal.ORDER_VOID),
        (S.WITHDRAWN, Refusal.ORDER_VOID),
    ],
)
async def test_what_cannot_be_cancelled_is_refused(state: OrderState, reason: Refusal) -> None:
    house = House()
    await add(house.book, replace(ORDER, state=state))

    assert state not in CANCELLABLE
    assert await house.refusal() is reason
    assert house.counter.wishes == []


async def test_an_order_that_does_not_exist_is_refused() -> None:
    assert await House().refusal(OrderNumber("69999999")) is Refusal.NO_SUCH_ORDER


async def test_a_reservation_is_cancelled_without_the_counter() -> None:
    house = House()
    house.counter.fails_with = CounterUnavailable()
    day = make.NOON.date()
    await add(house.book, replace(ORDER, state=S.RESERVED, reserved_for=day))

    assert (await house.cancel()).state is S.CANCELLED
    assert house.state is S.CANCELLED
    assert await house.refusal() is Refusal.ALREADY_CANCELLED
