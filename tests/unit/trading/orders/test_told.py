"""What the counter tells is written down once, whatever order it comes in."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.domain.events import FillHappened, OrderMoved
from callcenter.domain.fills import Fill, FillKey, FillNumber
from callcenter.domain.orders import ClientOrderId, Order, OrderState
from callcenter.domain.progress import Word
from callcenter.domain.refusals import Refusal
from callcenter.domain.securities import Market
from callcenter.trading.orders.ports import Change, StreamMark
from callcenter.trading.orders.told import Told
from callcenter.trading.ports import CounterOrder, StreamPosition
from tests import make
from tests.changes import add, tell
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeOrderBook

ORDER = make.order(quantity=300)
NUMBER = ORDER.draft.number
S = OrderState


def fill(number: str, quantity: int = 100, **changes: Any) -> Fill:
    made = Fill(
        key=FillKey(trade_date=ORDER.trade_date, market=Market.SH, number=FillNumber(number)),
        client_id=ORDER.client_id,
        quantity=quantity,
        price=Decimal("10.05"),
        at=make.NOON,
    )
    return replace(made, **changes)


def stands(**changes: Any) -> CounterOrder:
    return replace(CounterOrder(client_id=ORDER.client_id, accepted=True), **changes)


async def house() -> tuple[FakeOrderBook, Told]:
    book = FakeOrderBook()
    assert await add(book, ORDER) == [True]
    return book, Told(book, FakeClock())


async def test_a_day_is_written_down_with_its_events() -> None:
    book, told = await house()
    mark = StreamMark(gateway="paper", position=StreamPosition("4"))

    changed = await told.write([stands(), fill("1"), fill("2", 200)], mark=mark)

    order = book.kept[NUMBER]
    assert changed == 1
    assert (order.state, order.filled) == (S.FILLED, 300)
    assert [type(event) for event in book.outbox[1:]] == [
        OrderMoved,
        FillHappened,
        OrderMoved,
        FillHappened,
        OrderMoved,
    ]
    assert [entry.outcome for entry in book.trail] == ["pending", "accepted"]
    assert book.marks == {"paper": "4"}


async def test_the_answer_is_audited_whoever_hears_it_first() -> None:
    book, told = await house()

    await told.write([fill("1")])
    await told.write([stands()])

    assert [entry.outcome for entry in book.trail] == ["pending", "accepted"]


async def test_what_is_told_again_is_recorded_and_changes_nothing() -> None:
    book, told = await house()
    await told.write([stands(), fill("1")])
    before = book.kept[NUMBER]

    assert await told.write([fill("1"), stands(), fill("1")]) == 0

    assert book.kept[NUMBER] == before
    assert [move.applied for move in book.moves] == [True] * 3 + [False] * 3
    assert len([event for event in book.outbox if isinstance(event, FillHappened)]) == 1


async def test_a_comparison_records_no_repeats() -> None:
    book, told = await house()
    await told.write([stands(), fill("1")])
    moves = list(book.moves)

    assert await told.write([stands(filled=100), fill("1")], keep_repeats=False) == 1
    assert await told.write([stands(filled=100), fill("1")], keep_repeats=False) == 0

    assert len(book.moves) == len(moves) + 1  # the counter's own count of shares was news


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        pytest.param(fill("9", 400), "500 of 300 shares would be filled", id="overfill"),
        pytest.param(
            stands(accepted=False, reason=Refusal.SUSPENDED),
            "rejected was heard of an order that was accepted",
            id="rejected-after-all",
        ),
        pytest.param(
            fill("1", 100, client_id=ClientOrderId("nobody")),
            "is of no order of ours",
            id="nobodys-fill",
        ),
        pytest.param(
            stands(client_id=ClientOrderId("nobody")),
            "the counter has an order nobody that is not ours",
            id="nobodys-order",
        ),
        pytest.param(fill("1", 200), "is told as 200", id="another-fill-under-the-same-number"),
    ],
)
async def test_what_cannot_be_true_is_a_difference(wrong: CounterOrder | Fill, says: str) -> None:
    book, told = await house()
    await told.write([stands(), fill("1")])
    before = book.kept[NUMBER]

    await told.write([wrong, wrong])
    await told.write([wrong])

    assert book.kept[NUMBER] == before
    (difference,) = await book.differences()
    assert says in difference.difference.what


async def test_what_cannot_be_true_does_not_hold_back_the_rest() -> None:
    book, told = await house()

    await told.write([stands(), fill("8", 400), fill("1")])

    assert book.kept[NUMBER].filled == 100
    assert len(await book.differences()) == 1


async def test_a_fill_of_an_order_that_was_rejected_is_a_difference() -> None:
    book, told = await house()
    await told.write([stands(accepted=False, reason=Refusal.SUSPENDED)])

    await told.write([fill("1")])

    assert (book.kept[NUMBER].state, book.kept[NUMBER].filled) == (S.REJECTED, 0)
    assert len(await book.differences()) == 1
    assert not book.moves[-1].applied


async def test_a_fill_that_another_daemon_counts_between_two_looks_is_a_repeat() -> None:
    class Overtaken(FakeOrderBook):
        """Another daemon writes the last fill down after the first look."""

        overtaken = False

        async def by_client_id(
            self, client_ids: Collection[ClientOrderId]
        ) -> Mapping[ClientOrderId, Order]:
            await self._overtake()
            return await super().by_client_id(client_ids)

        async def known_fills(self, keys: Collection[FillKey]) -> Mapping[FillKey, Fill]:
            known = await super().known_fills(keys)
            await self._overtake()
            return known

        async def _overtake(self) -> None:
            if not self.overtaken:
                self.overtaken = True
                await Told(self, FakeClock()).write([fill("1", 300)])

    book = Overtaken()
    assert await add(book, ORDER) == [True]

    await Told(book, FakeClock()).write([fill("1", 300)])

    assert book.kept[NUMBER].filled == 300
    assert await book.differences() == []


async def test_what_another_daemon_writes_meanwhile_is_added_to() -> None:
    class Overtaken(FakeOrderBook):
        overtaken = False

        async def write(self, changes: Sequence[Change], **more: object) -> object:  # type: ignore[override]
            if not self.overtaken:
                self.overtaken = True
                await tell(self, NUMBER, Word(cancel_asked=1))
            return await super().write(changes, **more)  # type: ignore[arg-type]

    book = Overtaken()
    await add(book, ORDER)

    await Told(book, FakeClock()).write([stands(), fill("1")])

    order = book.kept[NUMBER]
    assert (order.state, order.filled, order.revision) == (S.CANCELLING, 100, 2)
    assert len(book.filled) == 1


SAID: list[CounterOrder | Fill] = [
    stands(),
    fill("1"),
    fill("2", 50),
    stands(filled=150),
    stands(filled=100, cancelled=150),
]


@settings(deadline=None)  # machines are busy at times
@given(
    st.permutations(SAID),
    st.lists(st.sampled_from(SAID), max_size=6),
    st.lists(st.integers(min_value=1, max_value=4), min_size=12, max_size=12),
)
async def test_any_order_and_any_batches_come_to_the_same_end(
    said: list[CounterOrder | Fill], again: list[CounterOrder | Fill], sizes: list[int]
) -> None:
    book, told = await house()
    left = [*said, *again]

    for size in sizes:
        batch, left = left[:size], left[size:]
        if batch:
            await told.write(batch)

    if not left:
        order = book.kept[NUMBER]
        assert (order.state, order.filled, order.cancelled) == (S.PARTIALLY_CANCELLED, 150, 150)
        assert sum(one.quantity for one in book.filled.values()) == 150
        assert await book.differences() == []
