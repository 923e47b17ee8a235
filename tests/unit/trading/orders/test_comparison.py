"""What was missed is taken over, and what does not agree is listed, before an order is taken."""

from dataclasses import replace
from datetime import timedelta

from callcenter.domain.errors import CounterUnavailable
from callcenter.domain.orders import ClientOrderId, OrderNumber, OrderState
from callcenter.domain.progress import Word
from callcenter.trading.orders.comparison import Comparison
from callcenter.trading.orders.placing import Placing
from callcenter.trading.orders.reconciliation import Reconciliation
from callcenter.trading.orders.told import Told
from callcenter.trading.ports import CounterOrder
from tests import make
from tests.changes import add, tell
from tests.fakes.clock import FakeClock
from tests.fakes.gateway import FakeCounter
from tests.fakes.store import FakeOrderBook
from tests.unit.trading.orders.test_told import NUMBER, ORDER, fill, stands

LATER = make.NOON + timedelta(minutes=1)
S = OrderState


class House:
    def __init__(self) -> None:
        self.clock = FakeClock(LATER)
        self.counter = FakeCounter()
        self.book = FakeOrderBook(self.clock)
        comparison = Comparison(self.counter, self.book, Told(self.book, self.clock), self.clock)
        placing = Placing(self.counter, self.book, self.clock, promise=timedelta(seconds=10))
        self.reconciliation = Reconciliation(self.book, placing, every_s=0, comparison=comparison)

    async def differences(self) -> list[str]:
        return [one.difference.what for one in await self.book.differences()]


async def test_fills_that_were_missed_are_taken_over() -> None:
    house = House()
    await add(house.book, ORDER)
    house.counter.tell(stands(filled=300, cancelled=0), fill("1"), fill("2", 200))

    await house.reconciliation.once()

    assert house.book.kept[NUMBER].state is S.FILLED
    assert house.reconciliation.done
    assert await house.differences() == []


async def test_an_order_that_is_nobodys_is_listed() -> None:
    house = House()
    nobodys = ClientOrderId("2026112069999999")
    house.counter.tell(CounterOrder(client_id=nobodys, accepted=True))

    await house.reconciliation.once()
    house.reconciliation.gap()
    await house.reconciliation.once()

    assert await house.differences() == [
        "the counter has an order 2026112069999999 that is not ours"
    ]


async def test_an_order_that_the_counter_has_lost_is_listed() -> None:
    house = House()
    await add(house.book, ORDER)
    await tell(house.book, NUMBER, Word(answer=S.ACCEPTED))

    await house.reconciliation.once()

    assert await house.differences() == [
        "the counter does not know the order that is accepted here"
    ]


async def test_an_order_that_was_placed_meanwhile_is_not_missed() -> None:
    house = House()
    await add(house.book, replace(ORDER, created_at=LATER))
    await tell(house.book, NUMBER, Word(answer=S.ACCEPTED))

    await house.reconciliation.once()

    assert await house.differences() == []


async def test_a_day_that_ended_while_we_were_away_is_finished() -> None:
    house = House()
    yesterday = ORDER.trade_date - timedelta(days=1)
    client_id = ClientOrderId(f"{yesterday:%Y%m%d}60000001")
    await add(house.book, replace(ORDER, trade_date=yesterday, client_id=client_id))
    await tell(house.book, NUMBER, Word(answer=S.ACCEPTED))
    house.counter.tell(stands(client_id=client_id, cancelled=300, expired=True))

    await house.reconciliation.once()

    assert house.book.kept[NUMBER].state is S.EXPIRED


async def test_after_a_gap_no_order_is_taken_before_the_day_has_been_compared() -> None:
    house = House()
    await add(house.book, replace(ORDER, created_at=LATER))
    await house.reconciliation.once()
    assert house.reconciliation.done

    house.reconciliation.gap()
    assert not house.reconciliation.done
    house.counter.fails_with = CounterUnavailable()
    await house.reconciliation.once()
    assert not house.reconciliation.done

    house.counter.fails_with = None
    house.counter.tell(stands(), fill("1"))
    await house.reconciliation.once()
    assert house.reconciliation.done
    assert house.book.kept[NUMBER].filled == 100


async def test_the_day_is_compared_once_and_not_at_every_turn() -> None:
    house = House()
    await house.reconciliation.once()
    house.counter.tell(CounterOrder(client_id=ClientOrderId("20261120nobody"), accepted=True))

    await house.reconciliation.once()

    assert await house.differences() == []


async def test_many_orders_are_compared_in_batches() -> None:
    house = House()
    orders = [
        replace(
            ORDER,
            draft=make.draft(number=OrderNumber(str(70000000 + at)), quantity=300),
            client_id=ClientOrderId(f"20261120{70000000 + at}"),
        )
        for at in range(2_500)
    ]
    house.book.kept = {order.draft.number: order for order in orders}
    house.counter.tell(*(stands(client_id=order.client_id) for order in orders))

    await house.reconciliation.once()

    assert {order.state for order in house.book.kept.values()} == {S.ACCEPTED}
    assert await house.differences() == []
