"""What was given outside the hours is judged again on its day, and sent once."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from callcenter.domain.accounts import AccountId, Money
from callcenter.domain.audit import Action
from callcenter.domain.clock import BEIJING
from callcenter.domain.errors import CounterUnavailable, OutcomeUnknown, Refused
from callcenter.domain.events import OrderMoved
from callcenter.domain.orders import Order, OrderState, Side
from callcenter.domain.refusals import Refusal
from callcenter.domain.securities import Security, SecurityCode
from callcenter.trading.orders.placing import Placing
from callcenter.trading.orders.reconciliation import Reconciliation
from callcenter.trading.orders.reservations import Reservations
from callcenter.trading.ports import MarketHours
from callcenter.trading.quotes import Quotes
from callcenter.trading.service import Trading
from tests import make, rules
from tests.fakes.clock import FakeClock
from tests.fakes.gateway import FakeCounter
from tests.fakes.market import FakeFeed
from tests.fakes.store import FakeOrderBook

DAY = date(2026, 11, 23)  # a Monday
EVENING = datetime(2026, 11, 20, 22, 0, tzinfo=BEIJING)
DRAFT = make.draft()
NUMBER = DRAFT.number
S = OrderState


def on_the_day(hour: int, minute: int) -> datetime:
    return datetime.combine(DAY, time(hour, minute), BEIJING)


class KeptFor(MarketHours):
    def reserved_for(self, security: Security, at: datetime) -> date | None:
        return DAY if at < on_the_day(9, 15) else None


class House:
    def __init__(self, counter: FakeCounter | None = None) -> None:
        self.clock = FakeClock(EVENING)
        self.counter = counter or FakeCounter()
        self.book = FakeOrderBook(self.clock)
        self.feed = FakeFeed(make.quote(at=on_the_day(9, 0)))
        self.placing = Placing(self.counter, self.book, self.clock, promise=timedelta(seconds=10))
        self.reconciliation = Reconciliation(self.book, self.placing, every_s=0)
        self.reconciliation.done = True
        self.quotes = Quotes(self.feed, self.clock)
        self.trading = Trading(
            self.counter,
            self.book,
            self.clock,
            self.placing,
            self.reconciliation,
            self.quotes,
            rules=rules.book(),
            hours=KeptFor(),
        )

    def daemon(self) -> Reservations:
        return Reservations(
            self.book,
            self.counter,
            self.placing,
            self.reconciliation,
            self.quotes,
            rules.book(),
            self.clock,
            every_s=0,
        )

    async def look(self, at: datetime) -> None:
        self.clock.at = at
        await self.daemon().once()

    @property
    def order(self) -> Order:
        return self.book.kept[NUMBER]


async def reserved(counter: FakeCounter | None = None, **changes: object) -> House:
    house = House(counter)
    draft = replace(DRAFT, **changes)  # type: ignore[arg-type]
    outcome = await house.trading.place(draft, make.customer(), make.station())
    assert outcome.state is S.RESERVED
    return house


async def test_an_order_outside_the_hours_is_kept_and_not_sent() -> None:
    house = await reserved()

    assert house.counter.placed == []
    assert (house.order.state, house.order.reserved_for, house.order.trade_date) == (
        S.RESERVED,
        DAY,
        DAY,
    )
    assert house.order.client_id == f"20261123{NUMBER}"
    assert [entry.action for entry in house.book.trail] == [Action.RESERVATION]
    assert await house.trading.open_orders(AccountId("10000001")) == [house.order]


async def test_it_is_taken_even_while_the_day_is_being_reconciled() -> None:
    house = House()
    house.reconciliation.gap()

    outcome = await house.trading.place(DRAFT, make.customer(), make.station())

    assert outcome.state is S.RESERVED


async def test_it_is_sent_on_its_day_under_its_number_and_never_before() -> None:
    house = await reserved()

    for early in (EVENING, on_the_day(9, 9), on_the_day(9, 10), on_the_day(9, 14)):
        await house.look(early)
        assert house.order.state is S.RESERVED

    await house.look(on_the_day(9, 15))

    assert house.order.state is S.ACCEPTED
    (sent,) = house.counter.placed
    assert (sent.draft.number, sent.client_id) == (NUMBER, f"20261123{NUMBER}")
    actions = [entry.action for entry in house.book.trail]
    assert actions == [Action.RESERVATION, Action.ORDER, Action.ORDER_ANSWER]
    events = [event.state for event in house.book.outbox if isinstance(event, OrderMoved)]
    assert events == [S.RESERVED, S.PENDING, S.ACCEPTED]


async def test_of_two_daemons_one_sends_it() -> None:
    house = await reserved()
    house.clock.at = on_the_day(9, 15)
    one, other = house.daemon(), house.daemon()
    found = house.order

    await one._look_at(found)
    await other._look_at(found)  # read before the first one claimed it

    assert len(house.counter.placed) == 1


async def test_its_promise_begins_when_it_is_sent() -> None:
    house = await reserved()
    house.counter.loses_answers = True

    await house.look(on_the_day(9, 15))

    assert house.order.state is S.UNKNOWN
    assert not house.placing.is_overdue(house.order)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param(
            {"price": Decimal("12.00")}, Refusal.RESERVATION_OUTSIDE_LIMITS, id="beyond-the-limits"
        ),
        pytest.param(
            {"quantity": 900_000}, Refusal.RESERVATION_MONEY_SHORT, id="more-than-the-money"
        ),
        pytest.param(
            {"side": Side.SELL, "quantity": 20_000},
            Refusal.RESERVATION_SHARES_SHORT,
            id="more-than-the-shares",
        ),
        pytest.param(
            {"security": make.security(code=SecurityCode("601989")), "price": Decimal("5.13")},
            Refusal.RESERVATION_SUSPENDED,
            id="suspended-since",
        ),
        pytest.param(
            {"security": make.security(code=SecurityCode("699999"))},
            Refusal.RESERVATION_NOT_VALID,
            id="no-more-listed",
        ),
    ],
)
async def test_what_cannot_be_placed_any_more_is_rejected_before_the_opening(
    changes: dict[str, Any], reason: Refusal
) -> None:
    house = await reserved(**changes)

    await house.look(on_the_day(9, 10))

    assert (house.order.state, house.order.message) == (S.REJECTED, reason.value)
    assert house.counter.placed == []
    last = house.book.outbox[-1]
    assert isinstance(last, OrderMoved)
    assert (last.state, last.message) == (S.REJECTED, reason.value)


async def test_the_base_price_is_that_of_its_day() -> None:
    house = await reserved(price=Decimal("11.00"))
    house.feed.say(make.quote(at=on_the_day(9, 0), previous_close=Decimal("9.50")))

    await house.look(on_the_day(9, 10))

    assert house.order.message == Refusal.RESERVATION_OUTSIDE_LIMITS.value


async def test_one_whose_day_has_passed_is_never_sent() -> None:
    house = await reserved()

    await house.look(on_the_day(9, 15) + timedelta(days=1))

    assert (house.order.state, house.order.message) == (
        S.REJECTED,
        Refusal.RESERVATION_OVERDUE.value,
    )


@pytest.mark.parametrize("late", [on_the_day(9, 16), on_the_day(11, 45), on_the_day(14, 59)])
async def test_a_daemon_that_comes_late_judges_and_sends_until_the_close(late: datetime) -> None:
    house = await reserved()
    sale = make.draft(number="60000002", side=Side.SELL, quantity=20_000)
    await house.trading.place(sale, make.customer(), make.station())

    await house.look(late)

    assert house.order.state is S.ACCEPTED
    assert house.book.kept[sale.number].message == Refusal.RESERVATION_SHARES_SHORT.value
    assert [sent.draft.number for sent in house.counter.placed] == [NUMBER]


@pytest.mark.parametrize("late", [on_the_day(15, 0), on_the_day(15, 30), on_the_day(23, 59)])
async def test_after_the_close_of_its_day_it_is_void_and_its_customer_told(late: datetime) -> None:
    house = await reserved()

    await house.look(late)

    overdue = Refusal.RESERVATION_OVERDUE.value
    assert (house.order.state, house.order.message) == (S.REJECTED, overdue)
    assert house.counter.placed == []
    last = house.book.outbox[-1]
    assert isinstance(last, OrderMoved)
    assert (last.state, last.message) == (S.REJECTED, overdue)


async def test_one_that_was_being_judged_at_the_close_is_not_sent_after_it() -> None:
    class Slow(FakeCounter):
        async def money(self, account: AccountId) -> Money:
            house.clock.forward(timedelta(minutes=2))
            return await super().money(account)

    house = await reserved(Slow())

    await house.look(on_the_day(14, 59))

    assert house.order.message == Refusal.RESERVATION_OVERDUE.value
    assert house.counter.placed == []


async def test_one_that_was_cancelled_is_not_sent() -> None:
    house = await reserved()
    await house.trading.cancel(NUMBER, make.customer(), make.station())

    await house.look(on_the_day(9, 15))

    assert house.order.state is S.CANCELLED
    assert house.counter.placed == []


async def test_nobody_cancels_the_order_of_another_account() -> None:
    house = await reserved()

    with pytest.raises(Exception, match="NO_SUCH_ORDER"):
        await house.trading.cancel(
            NUMBER, make.customer(account=AccountId("10000002")), make.station()
        )

    assert house.order.state is S.RESERVED


async def test_without_a_counter_it_waits() -> None:
    house = await reserved()
    house.counter.fails_with = CounterUnavailable()
    await house.look(on_the_day(9, 15))
    assert house.counter.placed == []

    house.counter.fails_with = None
    await house.look(on_the_day(9, 16))
    assert house.order.state is S.ACCEPTED


async def test_before_the_day_has_been_compared_nothing_is_sent() -> None:
    house = await reserved()
    house.reconciliation.gap()

    await house.look(on_the_day(9, 15))

    assert house.order.state is S.RESERVED


async def test_one_that_is_lost_on_its_way_is_unknown_and_not_sent_again() -> None:
    house = await reserved()
    house.counter.fails_with = OutcomeUnknown(house.order.client_id)

    await house.look(on_the_day(9, 15))
    await house.look(on_the_day(9, 16))

    assert house.order.state is S.UNKNOWN


async def test_a_reservation_that_took_long_to_judge_is_sent_all_the_same() -> None:
    class Slow(FakeCounter):
        async def money(self, account: AccountId) -> Money:
            house.clock.forward(timedelta(seconds=11))
            return await super().money(account)

    house = await reserved(Slow())

    await house.look(on_the_day(9, 15))

    assert house.order.state is S.ACCEPTED


async def test_one_that_cannot_be_judged_holds_no_other_back() -> None:
    class KnowsNoMoney(FakeCounter):
        async def money(self, account: AccountId) -> Money:
            raise Refused(Refusal.LOGIN_FAILED)

    house = await reserved(KnowsNoMoney())
    sale = make.draft(number="60000002", side=Side.SELL)
    await house.trading.place(sale, make.customer(), make.station())

    await house.look(on_the_day(9, 15))

    assert (house.order.state, house.order.message) == (
        S.REJECTED,
        Refusal.RESERVATION_NOT_VALID.value,
    )
    assert house.book.kept[sale.number].state is S.ACCEPTED
