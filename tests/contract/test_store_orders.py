"""What every book of orders promises, in memory and in PostgreSQL."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Table, select

from callcenter.domain.accounts import AccountId
from callcenter.domain.audit import Action
from callcenter.domain.events import FillHappened, OrderEvent, OrderMoved
from callcenter.domain.fills import Fill, FillKey, FillNumber
from callcenter.domain.orders import (
    CANCELLABLE,
    UNANSWERED,
    ClientOrderId,
    Order,
    OrderKind,
    OrderNumber,
    OrderState,
    Side,
)
from callcenter.domain.progress import Word
from callcenter.domain.securities import Market, SecurityCode
from callcenter.storage.database import Database
from callcenter.storage.orders import PostgresOrderBook
from callcenter.storage.tables import audit_trail, order_events, outbox
from callcenter.trading.orders.hearing import moved
from callcenter.trading.orders.ports import Difference, OrderBook, OrderFill, StreamMark
from callcenter.trading.ports import StreamPosition
from tests import make
from tests.changes import add, change_of, tell
from tests.fakes.store import AlwaysNoon, FakeOrderBook, Move

NUMBER = OrderNumber("60000001")
ACCOUNT = AccountId("10000001")
DAY = make.NOON.date()
MOVED = OrderMoved(number=NUMBER, account=ACCOUNT, state=OrderState.PENDING, message=None)
ANSWERED = OrderMoved(number=NUMBER, account=ACCOUNT, state=OrderState.REJECTED, message=5001)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What a book has kept besides the orders themselves."""

    moves: list[Move] = field(default_factory=list)
    outbox: list[OrderEvent] = field(default_factory=list)
    trail: list[str] = field(default_factory=list)


def event_of(kind: str, payload: dict[str, Any]) -> OrderEvent:
    if kind == "OrderMoved":
        return OrderMoved(**payload | {"state": OrderState(payload["state"])})
    key = payload["fill"]
    fill = FillKey(
        trade_date=date.fromisoformat(key["trade_date"]),
        market=Market(key["market"]),
        number=key["number"],
    )
    at = datetime.fromisoformat(payload["at"])
    return FillHappened(**payload | {"fill": fill, "price": Decimal(payload["price"]), "at": at})


class Store:
    """A book of orders, and a look behind it."""

    def __init__(self, book: OrderBook, database: Database | None) -> None:
        self.book = book
        self._database = database

    @property
    def in_memory(self) -> bool:
        return self._database is None

    async def kept(self) -> Kept:
        if self._database is None:
            assert isinstance(self.book, FakeOrderBook)
            trail = [entry.outcome for entry in self.book.trail]
            return Kept(moves=self.book.moves, outbox=self.book.outbox, trail=trail)
        return Kept(
            moves=[
                Move(
                    number=row.order_number,
                    to=OrderState(row.to_state),
                    message=row.message,
                    applied=row.applied,
                )
                for row in await self._rows(order_events)
            ],
            outbox=[event_of(row.kind, row.payload) for row in await self._rows(outbox)],
            trail=[row.outcome for row in await self._rows(audit_trail)],
        )

    async def _rows(self, table: Table) -> list[Any]:
        assert self._database is not None
        async with self._database.at_once() as connection:
            return list(await connection.execute(select(table).order_by(table.c.id)))


@pytest.fixture(params=["fake", "postgres"])
def store(request: pytest.FixtureRequest) -> Store:
    if request.param == "fake":
        return Store(FakeOrderBook(), None)
    database = request.getfixturevalue("database")
    return Store(PostgresOrderBook(database, AlwaysNoon()), database)


async def keep(store: Store, *orders: Order) -> None:
    assert all(await add(store.book, *orders))


async def test_a_number_is_given_once(store: Store) -> None:
    numbers = await asyncio.gather(*(store.book.next_number() for _ in range(20)))

    assert sorted(numbers) == [str(number) for number in range(60000001, 60000021)]


async def test_an_order_is_found_as_it_was_added(store: Store) -> None:
    order = make.order(price=Decimal("10.050"), quantity=299, station=make.station(branch="017"))

    await keep(store, order)

    found = await store.book.find(NUMBER)
    assert found == order
    assert str(found.draft.price) == "10.050"


async def test_a_number_that_nobody_used_finds_nothing(store: Store) -> None:
    assert await store.book.find(NUMBER) is None


async def test_adding_an_order_is_an_event(store: Store) -> None:
    await keep(store, make.order())

    assert (await store.kept()).moves == [
        Move(number=NUMBER, to=OrderState.PENDING, message=None, applied=True)
    ]


async def test_the_same_number_is_added_once(store: Store) -> None:
    await keep(store, make.order(quantity=100))

    assert await add(store.book, make.order(quantity=200)) == [False]

    found = await store.book.find(NUMBER)
    assert found is not None
    assert found.draft.quantity == 100
    assert len((await store.kept()).moves) == 1


async def test_the_same_client_id_is_added_once_in_a_day(store: Store) -> None:
    first = make.order()
    await keep(store, first)

    assert await add(store.book, make.order(number="60000002", client_id=first.client_id)) == [
        False
    ]

    assert await store.book.find(OrderNumber("60000002")) is None


async def test_adding_an_order_is_audited_and_told(store: Store) -> None:
    await keep(store, make.order())

    kept = await store.kept()
    assert kept.outbox == [moved(make.order())]
    assert kept.trail == ["pending"]


async def test_a_new_order_is_written_down_with_its_audit_row_and_its_event(store: Store) -> None:
    order = make.order(price=Decimal("10.050"), station=make.station(branch="017"))

    assert await store.book.write_down(order, make.entry(outcome="pending"), MOVED)

    assert await store.book.find(NUMBER) == order
    assert await store.kept() == Kept(
        moves=[Move(number=NUMBER, to=OrderState.PENDING, message=None, applied=True)],
        outbox=[MOVED],
        trail=["pending"],
    )


async def test_an_order_that_was_written_down_is_not_written_down_again(store: Store) -> None:
    await store.book.write_down(make.order(quantity=100), make.entry(), MOVED)
    before = await store.kept()

    assert not await store.book.write_down(make.order(quantity=200), make.entry(), MOVED)

    assert await store.kept() == before


async def test_orders_that_come_at_the_same_moment_are_all_written_down_once(store: Store) -> None:
    twice = [make.order(number=f"6000000{n}") for n in range(8)] * 2

    new = await asyncio.gather(
        *(store.book.write_down(order, make.entry(), MOVED) for order in twice)
    )

    assert new == [True] * 8 + [False] * 8
    assert len((await store.kept()).trail) == 8


async def test_an_order_with_a_fault_takes_none_with_it_that_comes_at_the_same_moment(
    store: Store,
) -> None:
    good, faulty = make.order(), make.order(number="60000002", client_id=None)

    new = await asyncio.gather(
        *(store.book.write_down(order, make.entry(), MOVED) for order in (good, faulty)),
        return_exceptions=True,
    )

    assert new[0] is True
    assert await store.book.find(NUMBER) == good
    assert store.in_memory or isinstance(new[1], Exception)


async def test_an_answer_is_kept_with_its_event_and_its_audit_row(store: Store) -> None:
    order = make.order(updated_at=make.NOON - timedelta(seconds=3))
    await keep(store, order)

    assert await tell(store.book, NUMBER, Word(answer=OrderState.REJECTED, message=3002))

    rejected = replace(
        order, state=OrderState.REJECTED, message=3002, updated_at=make.NOON, revision=1
    )
    assert await store.book.find(NUMBER) == rejected
    kept = await store.kept()
    assert kept.moves[1:] == [
        Move(number=NUMBER, to=OrderState.REJECTED, message=3002, applied=True)
    ]
    assert kept.outbox[1:] == [moved(rejected)]
    assert kept.trail == ["pending", "rejected"]


async def test_the_first_answer_is_written_with_its_audit_row_and_its_event(store: Store) -> None:
    await keep(store, make.order())
    entry = make.entry(outcome="rejected", at=make.NOON + timedelta(seconds=1))

    assert await store.book.write_answer(entry, ANSWERED)

    found = await store.book.find(NUMBER)
    assert found is not None
    assert (found.state, found.message) == (OrderState.REJECTED, 5001)
    kept = await store.kept()
    assert kept.moves[1:] == [
        Move(number=NUMBER, to=OrderState.REJECTED, message=5001, applied=True)
    ]
    assert (kept.outbox[1:], kept.trail[1:]) == ([ANSWERED], ["rejected"])


async def test_an_answer_that_is_not_the_first_has_to_be_reckoned(store: Store) -> None:
    await keep(store, make.order())
    await tell(store.book, NUMBER, Word(answer=OrderState.UNKNOWN))
    before = await store.kept()

    assert not await store.book.write_answer(make.entry(), ANSWERED)

    assert await store.kept() == before


async def test_of_two_first_answers_at_the_same_moment_one_is_written(store: Store) -> None:
    await keep(store, make.order())

    first = await asyncio.gather(
        *(store.book.write_answer(make.entry(), ANSWERED) for _ in range(2))
    )

    assert sorted(first) == [False, True]
    assert len((await store.kept()).trail) == 2


async def test_all_that_is_known_of_an_order_is_found_again(store: Store) -> None:
    order = make.order(
        quantity=1_000, kind=OrderKind.FIVE_BEST_THEN_CANCEL, rules="2026-07-06", reserved_for=DAY
    )
    await keep(store, order)

    await tell(
        store.book,
        NUMBER,
        Word(answer=OrderState.ACCEPTED, counter_number="4711"),
        a_fill("1", 300),
        Word(cancel_asked=2, cancel_refused=1),
        Word(filled=200, cancelled=700, expired=True),
    )

    assert await store.book.find(NUMBER) == replace(
        order,
        state=OrderState.EXPIRED,
        filled=300,
        told_filled=300,
        cancelled=700,
        expired=True,
        cancel_asked=2,
        cancel_refused=1,
        counter_number="4711",
        revision=1,
    )


async def test_what_is_told_again_is_recorded_and_not_applied(store: Store) -> None:
    await keep(store, make.order())
    await tell(store.book, NUMBER, Word(answer=OrderState.ACCEPTED))
    before = await store.book.find(NUMBER)

    assert await tell(store.book, NUMBER, Word(answer=OrderState.UNKNOWN))

    assert await store.book.find(NUMBER) == before
    assert [m.applied for m in (await store.kept()).moves] == [True, True, False]


async def test_whoever_read_the_order_before_it_changed_writes_nothing(store: Store) -> None:
    await keep(store, make.order())
    late = change_of(make.order(), Word(answer=OrderState.UNKNOWN), a_fill("2", 100))
    await tell(store.book, NUMBER, Word(answer=OrderState.ACCEPTED))
    before = await store.kept()

    assert set(await store.book.write([late])) == {NUMBER}

    assert await store.kept() == before
    assert await store.book.known_fills([late.fills[0].key]) == {}


async def test_one_order_that_has_changed_does_not_hold_back_the_others(store: Store) -> None:
    other = make.order(number=OrderNumber("60000002"))
    await keep(store, make.order(), replace(other, client_id=ClientOrderId("2026112060000002")))
    late = change_of(make.order(), Word(answer=OrderState.UNKNOWN))
    await tell(store.book, NUMBER, Word(answer=OrderState.ACCEPTED))
    timely = change_of(other, Word(answer=OrderState.ACCEPTED))
    mark = StreamMark(gateway="paper", position=StreamPosition("7"))

    assert set(await store.book.write([late, timely], mark=mark)) == {NUMBER}

    moved_on = await store.book.find(other.draft.number)
    assert moved_on is not None
    assert moved_on.state is OrderState.ACCEPTED
    assert await store.book.position("paper") is None


async def test_of_two_answers_at_once_one_is_applied(store: Store) -> None:
    await keep(store, make.order())
    answers = (OrderState.ACCEPTED, OrderState.REJECTED)
    changes = [change_of(make.order(), Word(answer=answer)) for answer in answers]

    late = await asyncio.gather(*(store.book.write([change]) for change in changes))

    assert sorted(len(numbers) for numbers in late) == [0, 1]
    assert len((await store.kept()).moves) == 2


async def test_a_position_is_kept_with_what_was_told_before_it(store: Store) -> None:
    await keep(store, make.order())
    assert await store.book.position("paper") is None

    for position in ("7", "9"):
        found = await store.book.find(NUMBER)
        assert found is not None
        mark = StreamMark(gateway="paper", position=StreamPosition(position))
        change = change_of(found, Word(answer=OrderState.ACCEPTED))
        assert not await store.book.write([change], mark=mark)

    assert await store.book.position("paper") == "9"
    assert await store.book.position("another") is None


async def test_a_fill_is_kept_once_with_its_order(store: Store) -> None:
    await keep(store, make.order(quantity=300))
    fill, of_another_day = a_fill("1", 100), a_fill("1", 100, DAY - timedelta(days=1))

    await tell(store.book, NUMBER, fill)

    assert await store.book.known_fills([fill.key, of_another_day.key]) == {fill.key: fill}
    found = await store.book.find(NUMBER)
    assert found is not None
    assert (found.state, found.filled) == (OrderState.PARTIALLY_FILLED, 100)
    assert await store.book.fills(ACCOUNT, DAY, DAY) == [OrderFill(order=found, fill=fill)]
    assert await store.book.fills(AccountId("10000002"), DAY, DAY) == []
    assert await store.book.fills(ACCOUNT, DAY + timedelta(days=1), DAY + timedelta(days=9)) == []
    assert (
        FillHappened(
            number=NUMBER,
            account=ACCOUNT,
            fill=fill.key,
            quantity=100,
            price=fill.price,
            filled=100,
            at=fill.at,
        )
        in (await store.kept()).outbox
    )


async def test_orders_are_found_by_what_the_counter_calls_them(store: Store) -> None:
    order = make.order()
    await keep(store, order)

    found = await store.book.by_client_id([order.client_id, ClientOrderId("nobody's")])

    assert found == {order.client_id: order}


async def test_what_can_be_cancelled_is_found_the_newest_first(store: Store) -> None:
    await keep(store, *one_of_each_state())

    found = await store.book.open_orders(ACCOUNT, DAY)

    assert {order.state for order in found} == CANCELLABLE
    assert [order.created_at for order in found] == sorted(
        (order.created_at for order in found), reverse=True
    )
    assert await store.book.open_orders(AccountId("10000002"), DAY) == []
    assert await store.book.open_orders(ACCOUNT, DAY + timedelta(days=1)) == []


async def test_the_newest_order_of_the_same_terms_is_found(store: Store) -> None:
    since = make.NOON - timedelta(seconds=60)
    early, first, second = (
        make.order(
            number=OrderNumber(number),
            client_id=ClientOrderId(number),
            created_at=make.NOON - timedelta(seconds=ago),
        )
        for number, ago in (("60000002", 60), ("60000003", 2), ("60000004", 1))
    )
    await keep(store, early, first, second)

    assert await store.book.twin(make.draft(), since) == second
    assert await store.book.twin(second.draft, since) == first
    assert await store.book.twin(make.draft(), make.NOON) is None


@pytest.mark.parametrize(
    "other",
    [
        {"account": AccountId("10000002")},
        {"side": Side.SELL},
        {"security": make.security(code=SecurityCode("600004"))},
        {"price": Decimal("10.06")},
        {"quantity": 200},
        {"kind": OrderKind.AFTER_HOURS},
        {"state": OrderState.REJECTED},
        {"state": OrderState.WITHDRAWN},
        {"state": OrderState.CANCELLED},
    ],
    ids=str,
)
async def test_an_order_of_other_terms_or_that_came_to_nothing_is_no_twin(
    store: Store, other: dict[str, Any]
) -> None:
    await keep(store, make.order(number=OrderNumber("60000002"), **other))

    assert await store.book.twin(make.draft(), make.NOON - timedelta(seconds=60)) is None


async def test_each_of_many_who_ask_at_once_is_told_of_his_own_twin(store: Store) -> None:
    drafts = [
        make.draft(number=OrderNumber(f"6000001{n}"), account=AccountId(f"1000000{n}"))
        for n in range(1, 5)
    ]
    mine = make.order(number=OrderNumber("60000002"), account=drafts[2].account)
    await keep(store, mine)

    since = make.NOON - timedelta(seconds=60)
    found = await asyncio.gather(*(store.book.twin(draft, since) for draft in drafts))

    assert found == [None, None, mine, None]


async def test_days_with_an_order_that_is_still_open_are_found(store: Store) -> None:
    for ago, state in enumerate([OrderState.ACCEPTED, OrderState.FILLED, OrderState.CANCELLING]):
        day = DAY - timedelta(days=ago)
        number = OrderNumber(f"6000000{ago}")
        await keep(store, make.order(number=number, trade_date=day, state=state))
    long_ago = DAY - timedelta(days=15)
    await keep(store, make.order(number="60000009", trade_date=long_ago, state=OrderState.ACCEPTED))

    assert await store.book.unfinished_days(DAY) == [DAY - timedelta(days=2)]


async def test_reservations_are_found_on_their_day_and_after_it(store: Store) -> None:
    of_today, of_tomorrow = (
        make.order(
            number=OrderNumber(f"6000000{day}"),
            client_id=ClientOrderId(f"{day}"),
            state=OrderState.RESERVED,
            reserved_for=DAY + timedelta(days=day),
        )
        for day in (0, 1)
    )
    await keep(store, of_today, of_tomorrow, make.order(number=OrderNumber("60000009")))

    assert await store.book.reserved(DAY) == [of_today]
    assert await store.book.reserved(DAY + timedelta(days=1)) == [of_today, of_tomorrow]


async def test_what_the_counter_must_know_is_found_page_by_page(store: Store) -> None:
    await keep(store, *one_of_each_state())
    late = make.NOON + timedelta(seconds=1)

    found = [order.state async for page in store.book.standing(DAY, late) for order in page]
    of_another_day = [page async for page in store.book.standing(DAY - timedelta(days=1), late)]

    assert set(found) == set(OrderState) - {
        OrderState.RESERVED,
        OrderState.PENDING,
        OrderState.UNKNOWN,
        OrderState.REJECTED,
        OrderState.WITHDRAWN,
    }
    assert of_another_day == []


async def test_a_difference_is_seen_once_and_resolved_once(store: Store) -> None:
    nobodys = Difference(key="nobody's 4711", what="an order that is nobody's")
    ours = Difference(key="overfill", what="too many", client_id=ClientOrderId("2"), number=NUMBER)
    await store.book.write([], differences=[nobodys, ours])
    await store.book.write([], differences=[ours])

    seen = await store.book.differences()
    assert [one.difference for one in seen] == [nobodys, ours]

    entry = make.entry(action=Action.DIFFERENCE_RESOLVED, outcome="resolved")
    assert await store.book.resolve(seen[0].id, "wang", "bought at the branch", entry)
    assert not await store.book.resolve(seen[0].id, "li", "again", entry)
    assert not await store.book.resolve(4711, "li", "never seen", entry)

    assert [one.difference for one in await store.book.differences()] == [ours]
    (resolved,) = await store.book.differences(resolved=True)
    assert (resolved.resolved_by, resolved.resolved_why) == ("wang", "bought at the branch")
    assert (await store.kept()).trail == ["resolved"]


async def test_the_day_of_an_account_comes_newest_first(store: Store) -> None:
    early = make.order(number="60000001", created_at=make.NOON)
    late = make.order(number="60000002", created_at=make.NOON + timedelta(minutes=1))
    same_time = make.order(number="60000003", created_at=make.NOON)
    of_yesterday = make.order(number="60000004", trade_date=make.NOON.date() - timedelta(days=1))
    of_another = make.order(number="60000005", account="10000002")
    await keep(store, early, late, same_time, of_yesterday, of_another)

    found = await store.book.orders(AccountId("10000001"), make.NOON.date())

    assert found == [late, same_time, early]


async def test_what_waits_for_the_counter_comes_oldest_first(store: Store) -> None:
    await keep(store, *one_of_each_state())

    found = await store.book.unsettled()

    assert {order.state for order in found} == UNANSWERED
    assert found == sorted(found, key=lambda order: order.created_at)


def one_of_each_state() -> list[Order]:
    return [
        make.order(
            number=f"600000{i:02}",
            client_id=ClientOrderId(f"{i}"),
            state=state,
            created_at=make.NOON - timedelta(minutes=i),
        )
        for i, state in enumerate(OrderState)
    ]


def a_fill(number: str, quantity: int, day: date = DAY) -> Fill:
    return Fill(
        key=FillKey(trade_date=day, market=Market.SH, number=FillNumber(number)),
        client_id=make.order().client_id,
        quantity=quantity,
        price=Decimal("10.050"),
        at=make.NOON,
    )
