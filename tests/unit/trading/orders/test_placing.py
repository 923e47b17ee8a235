"""Write down, send, write the answer: once each, whatever interrupts us."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from callcenter.domain.audit import Action, AuditEntry
from callcenter.domain.errors import CounterUnavailable, OutcomeUnknown, StoreUnavailable
from callcenter.domain.events import OrderMoved
from callcenter.domain.orders import ClientOrderId, Order, OrderState
from callcenter.domain.progress import Word
from callcenter.domain.refusals import Refusal
from callcenter.trading.orders.placing import Outcome, Placing
from callcenter.trading.ports import CounterOrder
from tests import make
from tests.changes import tell
from tests.fakes.clock import FakeClock
from tests.fakes.gateway import FakeCounter
from tests.fakes.store import FakeOrderBook

PROMISE = timedelta(seconds=10)
ORDER = make.order()
NUMBER = ORDER.draft.number
ACCEPTED, REJECTED = OrderState.ACCEPTED, OrderState.REJECTED
PENDING, UNKNOWN, WITHDRAWN = OrderState.PENDING, OrderState.UNKNOWN, OrderState.WITHDRAWN


@dataclass(slots=True, kw_only=True)
class House:
    """One broker's counter, our book, and as many daemons as a test starts over them."""

    counter: FakeCounter = field(default_factory=FakeCounter)
    book: FakeOrderBook = field(default_factory=FakeOrderBook)
    clock: FakeClock = field(default_factory=FakeClock)

    async def place(self, order: Order = ORDER) -> Outcome:
        return await self.daemon().place(order)

    def daemon(self) -> Placing:
        return Placing(self.counter, self.book, self.clock, promise=PROMISE)

    @property
    def events(self) -> list[OrderState]:
        return [event.state for event in self.book.outbox if isinstance(event, OrderMoved)]

    @property
    def state(self) -> OrderState:
        return self.book.kept[NUMBER].state


class DiesBeforeSending(FakeCounter):
    """A counter whose client is killed between writing and sending."""

    async def place(self, order: Order) -> CounterOrder:
        raise asyncio.CancelledError


class DiesBeforeTheAnswer(FakeCounter):
    """A counter whose client is killed when it has sent, and not heard yet."""

    async def place(self, order: Order) -> CounterOrder:
        await super().place(order)
        raise asyncio.CancelledError


class GoneWhenPlacing(FakeCounter):
    async def place(self, order: Order) -> CounterOrder:
        raise CounterUnavailable


class HasNotAnswered(FakeCounter):
    """A counter that has every order and has said neither yes nor no."""

    async def find(self, client_id: ClientOrderId) -> CounterOrder | None:
        raise OutcomeUnknown(client_id)


async def died_before_sending() -> House:
    """Return a house in which an order was written down, and then the daemon died."""
    house = House(counter=DiesBeforeSending())
    with pytest.raises(asyncio.CancelledError):
        await house.place()
    house.counter = FakeCounter()
    return house


async def test_an_order_is_written_down_before_it_is_sent() -> None:
    class Looking(FakeCounter):
        async def place(self, order: Order) -> CounterOrder:
            seen.append(house.state)
            return await super().place(order)

    seen: list[OrderState] = []
    house = House(counter=Looking())

    await house.place()

    assert seen == [PENDING]


@pytest.mark.parametrize(
    ("counter", "state", "message"),
    [
        pytest.param(FakeCounter(), ACCEPTED, None, id="accepted"),
        pytest.param(FakeCounter(rejects_with=Refusal.SUSPENDED), REJECTED, 3002, id="rejected"),
        pytest.param(FakeCounter(loses_answers=True), UNKNOWN, None, id="no-answer"),
        pytest.param(
            FakeCounter(fails_with=OutcomeUnknown(ORDER.client_id)), UNKNOWN, None, id="lost"
        ),
        pytest.param(GoneWhenPlacing(), WITHDRAWN, 9001, id="counter-gone"),
    ],
)
async def test_what_the_counter_says_is_written_down_told_and_published(
    counter: FakeCounter, state: OrderState, message: int | None
) -> None:
    house = House(counter=counter)

    outcome = await house.place()

    assert outcome == Outcome(state=state, message=message)
    assert (house.state, house.book.kept[NUMBER].message) == (state, message)
    account = ORDER.draft.account
    assert house.book.outbox == [
        OrderMoved(number=NUMBER, account=account, state=PENDING),
        OrderMoved(number=NUMBER, account=account, state=state, message=message),
    ]


async def test_an_order_and_its_answer_are_in_the_audit_trail() -> None:
    house = House()

    await house.place()

    order, answer = house.book.trail
    assert (order.action, order.outcome) == (Action.ORDER, "pending")
    assert (answer.action, answer.outcome) == (Action.ORDER_ANSWER, "accepted")
    assert order.station == answer.station == make.station()
    assert order.account == ORDER.draft.account
    assert order.details == {
        "number": "60000001",
        "client_id": "2026112060000001",
        "side": "buy",
        "security": "SH600000",
        "price": "10.05",
        "quantity": "100",
    }


async def test_an_order_that_took_longer_to_write_down_than_its_promise_is_not_sent() -> None:
    class Slow(FakeOrderBook):
        async def write_down(self, order: Order, entry: AuditEntry, event: OrderMoved) -> bool:
            house.clock.forward(PROMISE + timedelta(seconds=1))
            return await super().write_down(order, entry, event)

    house = House(book=Slow())

    outcome = await house.place()

    assert outcome == Outcome(state=WITHDRAWN)
    assert house.state is WITHDRAWN
    assert house.counter.placed == []


async def test_an_order_that_cannot_be_written_down_is_not_sent() -> None:
    house = House(book=FakeOrderBook(breaks_after=0))

    with pytest.raises(StoreUnavailable):
        await house.place()

    assert house.counter.placed == []
    assert house.book.kept == {}


async def test_an_answer_that_cannot_be_written_down_is_left_to_reconciliation() -> None:
    house = House(book=FakeOrderBook(breaks_after=1))

    outcome = await house.place()

    assert outcome == Outcome(state=PENDING)
    assert house.state is PENDING
    assert len(house.counter.placed) == 1


async def test_being_cancelled_while_the_counter_thinks_leaves_the_order_pending() -> None:
    house = House(counter=DiesBeforeTheAnswer())

    with pytest.raises(asyncio.CancelledError):
        await house.place()

    assert house.state is PENDING


async def test_placing_a_draft_twice_books_it_once() -> None:
    house = House()

    first = await house.place()
    second = await house.place()

    assert first == second == Outcome(state=ACCEPTED)
    assert len(house.counter.placed) == len(house.counter.booked) == 1
    assert len(house.book.outbox) == 2


async def test_two_daemons_that_place_the_same_draft_book_it_once() -> None:
    house = House()

    outcomes = await asyncio.gather(*[house.place() for _ in range(3)])

    assert outcomes == [Outcome(state=ACCEPTED)] * 3
    assert len(house.counter.booked) == 1
    assert house.events == [PENDING, ACCEPTED]


async def test_a_rejected_draft_stays_rejected_when_it_is_placed_again() -> None:
    house = House(counter=FakeCounter(rejects_with=Refusal.SUSPENDED))
    await house.place()
    house.counter.rejects_with = None

    outcome = await house.place()

    assert outcome == Outcome(state=REJECTED, message=3002)
    assert len(house.counter.placed) == 1


@pytest.mark.parametrize("dedupes", [True, False])
async def test_an_order_without_an_answer_is_never_sent_again(dedupes: bool) -> None:
    house = House(counter=FakeCounter(fails_with=OutcomeUnknown(ORDER.client_id), dedupes=dedupes))
    await house.place()
    house.counter.fails_with = None

    outcome = await house.place()

    assert outcome == Outcome(state=UNKNOWN)
    assert house.counter.placed == []


async def test_placing_an_order_without_an_answer_again_asks_the_counter() -> None:
    house = House(counter=FakeCounter(loses_answers=True))
    await house.place()

    outcome = await house.place()

    assert outcome == Outcome(state=ACCEPTED)
    assert len(house.counter.placed) == 1


async def test_a_crash_before_sending_is_made_good_within_the_promise() -> None:
    house = await died_before_sending()

    outcomes = [await house.place(), await house.place()]

    assert outcomes == [Outcome(state=ACCEPTED)] * 2
    assert len(house.counter.placed) == 1


async def test_a_crash_before_sending_is_withdrawn_after_the_promise() -> None:
    house = await died_before_sending()
    house.clock.forward(PROMISE + timedelta(seconds=1))

    outcome = await house.place()

    assert outcome == Outcome(state=WITHDRAWN)
    assert house.counter.placed == []
    assert house.counter.withdrawn == [ORDER.client_id]


async def test_a_counter_that_may_double_orders_is_never_sent_one_again() -> None:
    house = await died_before_sending()
    house.counter = FakeCounter(dedupes=False)

    outcome = await house.place()

    assert outcome == Outcome(state=PENDING)
    assert house.counter.placed == []


async def test_a_crash_after_sending_finds_what_the_counter_has() -> None:
    house = House(counter=DiesBeforeTheAnswer())
    with pytest.raises(asyncio.CancelledError):
        await house.place()

    outcome = await house.place()

    assert outcome == Outcome(state=ACCEPTED)
    assert len(house.counter.placed) == 1


async def test_an_order_that_may_have_been_sent_is_not_untaken_when_the_store_is_gone() -> None:
    house = await died_before_sending()
    house.book.gone = True

    assert await house.daemon().complete(ORDER) == Outcome(state=PENDING)


@pytest.mark.parametrize("counter", [FakeCounter(), GoneWhenPlacing()])
async def test_an_order_that_may_have_been_sent_is_not_void_when_the_counter_is_gone(
    counter: FakeCounter,
) -> None:
    house = await died_before_sending()
    house.counter = counter
    if not isinstance(counter, GoneWhenPlacing):
        counter.fails_with = CounterUnavailable()

    outcome = await house.place()

    assert outcome == Outcome(state=PENDING)
    assert house.state is PENDING


async def test_what_another_daemon_wrote_first_stands() -> None:
    class Overtaken(FakeCounter):
        async def place(self, order: Order) -> CounterOrder:
            await tell(house.book, NUMBER, Word(answer=ACCEPTED))
            raise OutcomeUnknown(order.client_id)

    house = House(counter=Overtaken())

    outcome = await house.place()

    assert outcome == Outcome(state=ACCEPTED)
    assert house.state is ACCEPTED
    assert house.events == [PENDING, ACCEPTED]


async def test_a_number_is_one_orders_only() -> None:
    house = House()
    await house.place()

    with pytest.raises(ValueError, match="another order's"):
        await house.place(make.order(quantity=200))

    assert len(house.counter.placed) == 1


async def test_a_security_that_was_renamed_meanwhile_is_the_same_order() -> None:
    house = await died_before_sending()
    renamed = make.security(name="ST浦发", suspended=True)

    outcome = await house.place(make.order(security=renamed))

    assert outcome == Outcome(state=ACCEPTED)


async def test_an_order_is_overdue_when_its_promise_is_over() -> None:
    house = House()
    placing = house.daemon()

    house.clock.forward(PROMISE)
    assert not placing.is_overdue(ORDER)

    house.clock.forward(timedelta(seconds=1))
    assert placing.is_overdue(ORDER)


async def test_an_order_that_the_counter_has_not_answered_is_unknown_and_said_so_once() -> None:
    house = await died_before_sending()
    house.counter = HasNotAnswered()
    house.clock.forward(PROMISE + timedelta(seconds=1))

    for _ in range(3):
        assert await house.daemon().settle(house.book.kept[NUMBER]) == Outcome(state=UNKNOWN)

    assert house.events == [PENDING, UNKNOWN]
    assert house.counter.withdrawn == []
