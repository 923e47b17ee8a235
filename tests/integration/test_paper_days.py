"""The paper counter's day: its hours, its roll, and what an operator types."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from callcenter.domain.clock import BEIJING
from callcenter.domain.errors import Refused
from callcenter.domain.orders import OrderKind, Side
from callcenter.domain.refusals import Refusal
from callcenter.gateways.paper.sessions import ClockMode
from callcenter.trading.ports import CounterOrder
from tests import make
from tests.integration.paper_books import HOLDER, Paper, SetClock, paper
from tests.unit.cli.typed import type_in

FRIDAY = date(2026, 11, 20)


@pytest.fixture
async def books(dsn: str) -> AsyncIterator[Paper]:
    async with paper(dsn) as opened:
        yield opened


def at(clock: str, day: date = FRIDAY) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=BEIJING)


@pytest.fixture
async def exchange(dsn: str) -> AsyncIterator[Paper]:
    """A counter that keeps the hours of the exchange, on a Friday at ten."""
    async with paper(dsn, clock=SetClock(at("10:00")), mode=ClockMode.CALENDAR) as opened:
        yield opened


async def test_settlement_rolls_money_shares_and_closes(books: Paper) -> None:
    await books.place()
    await books.place(side=Side.SELL, price=Decimal("10.04"))
    await books.clerk.work()
    rest = await books.place(price=Decimal("9.90"))

    expired = await books.clerk.settle()

    assert expired == 1
    assert (await books.standing(rest)).cancelled == 100
    money = await books.counter.money(HOLDER)
    assert (money.withdrawable, money.frozen) == (money.usable, Decimal(0))
    [held, _] = await books.counter.positions(HOLDER)
    assert (held.total, held.sellable) == (10_000, 10_000)
    quote = await books.counter.quote(make.security())
    assert quote.previous_close == Decimal("10.05")
    assert await books.findings() == []


async def test_what_the_day_ended_has_expired_and_what_was_cancelled_has_not(books: Paper) -> None:
    part = await books.place(side=Side.SELL, price=Decimal("10.04"), quantity=8_000)
    await books.clerk.work()
    filled = (await books.standing(part)).filled
    assert 0 < filled < 8_000
    cancelled = await books.place(price=Decimal("9.90"))
    await books.counter.cancel(cancelled)

    await books.clerk.settle()

    over = CounterOrder(
        client_id=part.client_id,
        accepted=True,
        filled=filled,
        cancelled=8_000 - filled,
        expired=True,
    )
    gone = CounterOrder(client_id=cancelled.client_id, accepted=True, cancelled=100)
    assert await books.standing(part) == await books.counter.place(part) == over
    assert await books.standing(cancelled) == gone
    assert [one async for one in books.counter.orders(part.trade_date)] == [over, gone]
    assert [event.of for event in await books.events()][-2:] == [gone, over]


async def test_settling_twice_settles_once(books: Paper) -> None:
    assert await books.clerk.settle(FRIDAY) == 0
    assert await books.clerk.settle(FRIDAY) is None
    assert await books.clerk.settle(FRIDAY - timedelta(days=1)) is None


async def test_what_is_bought_after_a_settlement_waits_for_the_next(books: Paper) -> None:
    await books.clerk.settle(FRIDAY)
    await books.place()
    await books.place(side=Side.SELL, price=Decimal("10.04"))
    await books.clerk.work()

    assert await books.clerk.settle(FRIDAY) is None
    [held, _] = await books.counter.positions(HOLDER)
    assert (held.total, held.sellable) == (10_000, 9_900)
    assert await books.findings() == []


async def test_an_ex_day_begins_at_its_base(books: Paper) -> None:
    await books.sql.execute(
        "INSERT INTO paper.ex_days (security, day, cash, bonus) VALUES ('SH600000', $1, 0.5, 0.1)",
        FRIDAY + timedelta(days=1),
    )

    await books.clerk.settle(FRIDAY)

    quote = await books.counter.quote(make.security())
    assert quote.previous_close == Decimal("8.68")  # (10.05 - 0.50) / 1.1


async def test_a_new_day_rolls_the_old_one_and_the_first_one_nothing(books: Paper) -> None:
    assert (await books.clerk.work()).expired is None
    order = await books.place(price=Decimal("9.90"))

    books.clock.at += timedelta(days=1)
    assert (await books.clerk.work()).expired == 1
    assert (await books.clerk.work()).expired is None
    assert (await books.standing(order)).cancelled == 100


@pytest.mark.parametrize(
    ("clock", "reason"),
    [
        ("09:14:59", Refusal.MARKET_CLOSED),
        ("09:15", None),
        ("09:24:59", None),
        ("09:25", Refusal.NO_ORDERS_NOW),
        ("09:30", None),
        ("11:30", Refusal.NO_ORDERS_NOW),
        ("13:00", None),
        ("14:59:59", None),
        ("15:00", Refusal.MARKET_CLOSED),
    ],
)
async def test_the_exchange_takes_orders_in_its_hours(
    exchange: Paper, clock: str, reason: Refusal | None
) -> None:
    exchange.clock.at = at(clock)

    answer = await exchange.counter.place(exchange.order())

    assert answer.reason == reason


async def test_a_weekend_is_closed(exchange: Paper) -> None:
    exchange.clock.at = at("10:00", FRIDAY + timedelta(days=1))

    answer = await exchange.counter.place(exchange.order())

    assert answer.reason is Refusal.MARKET_CLOSED


@pytest.mark.parametrize("clock", ["09:20", "09:25", "11:30", "14:57", "15:00"])
async def test_there_are_times_without_cancels(exchange: Paper, clock: str) -> None:
    order = await exchange.place(price=Decimal("9.90"))
    exchange.clock.at = at(clock)

    with pytest.raises(Refused) as refused:
        await exchange.counter.cancel(order)

    assert refused.value.reason is Refusal.CANCEL_NOT_ALLOWED_NOW


async def test_an_opening_call_makes_one_price(exchange: Paper) -> None:
    exchange.clock.at = at("09:16")
    dear = await exchange.place(price=Decimal("10.50"), quantity=50_000)
    cheap = await exchange.place(price=Decimal("9.90"))
    sale = await exchange.place(price=Decimal("9.80"), side=Side.SELL)
    assert (await exchange.clerk.work()).fills == 0

    exchange.clock.at = at("09:25")
    await exchange.clerk.work()

    fills = [fill async for fill in exchange.counter.fills(FRIDAY)]
    assert {fill.client_id for fill in fills} == {dear.client_id, sale.client_id}
    assert {fill.price for fill in fills} == {Decimal("10.05")}
    assert (await exchange.standing(cheap)).cancelled is None
    assert await exchange.findings() == []


async def test_after_hours_is_at_the_close_and_for_orders_of_its_kind(exchange: Paper) -> None:
    exchange.clock.at = at("15:06")
    limit = await exchange.counter.place(exchange.order())
    order = await exchange.place(kind=OrderKind.AFTER_HOURS, price=Decimal("10.60"))

    await exchange.clerk.work()

    assert limit.reason is Refusal.MARKET_CLOSED
    [fill] = [fill async for fill in exchange.counter.fills(FRIDAY)]
    assert (fill.client_id, fill.price) == (order.client_id, Decimal("10.05"))


async def test_an_order_without_a_limit_is_not_for_a_call(exchange: Paper) -> None:
    exchange.clock.at = at("14:58")

    answer = await exchange.counter.place(
        exchange.order(kind=OrderKind.FIVE_BEST_THEN_CANCEL, price=Decimal("10.60"))
    )

    assert answer.reason is Refusal.MARKET_ORDER_NOT_NOW


@pytest.fixture
def typed_here(dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = tmp_path / "database"
    address.write_text(dsn)
    monkeypatch.setenv("CALLCENTER_DATABASE_URL_FILE", str(address))


@pytest.mark.usefixtures("typed_here")
async def test_an_operator_settles_and_looks(books: Paper) -> None:
    await books.place(price=Decimal("9.90"))

    typed = await asyncio.to_thread(type_in, "paper", "settle", "--day", "2026-11-20")
    again = await asyncio.to_thread(type_in, "paper", "settle", "--day", "2026-11-20")
    audit = await asyncio.to_thread(type_in, "paper", "audit")
    status = await asyncio.to_thread(type_in, "paper", "status", "--json")

    assert typed.output == "Settled; 1 orders expired.\n"
    assert again.output == "That day was settled before.\n"
    assert audit.exit_code == 0
    assert json.loads(status.output)["settled"] == "2026-11-20"


@pytest.mark.usefixtures("typed_here")
async def test_an_operator_sees_books_that_are_wrong(books: Paper) -> None:
    await books.sql.execute("UPDATE paper.money SET usable = usable + 0.01")

    typed = await asyncio.to_thread(type_in, "paper", "audit", "--json")

    assert typed.exit_code == 1
    assert {each["what"] for each in json.loads(typed.output)} == {"cash"}


@pytest.mark.usefixtures("typed_here")
async def test_an_operator_sets_the_clock(books: Paper) -> None:
    await asyncio.to_thread(type_in, "paper", "clock", "2026-11-20T12:00")
    lunch = await books.counter.place(books.order())
    await asyncio.to_thread(type_in, "paper", "clock", "free")
    open_again = await books.counter.place(books.order())
    nonsense = await asyncio.to_thread(type_in, "paper", "clock", "noon")

    assert lunch.reason is Refusal.NO_ORDERS_NOW
    assert open_again.accepted
    assert nonsense.exit_code == 1


@pytest.mark.usefixtures("typed_here")
async def test_an_operator_makes_trouble_and_ends_it(books: Paper) -> None:
    order = await books.place(price=Decimal("9.90"))

    await asyncio.to_thread(type_in, "paper", "fault", "--cancel-rejects", "6005")
    with pytest.raises(Refused, match="CANCEL_NOT_ALLOWED_NOW"):
        await books.counter.cancel(order)
    status = await asyncio.to_thread(type_in, "paper", "status")
    await asyncio.to_thread(type_in, "paper", "fault", "--clear")
    await books.counter.cancel(order)

    assert "cancel_rejects=6005" in status.output
    assert (await books.standing(order)).cancelled == 100


async def test_fills_may_be_told_before_their_order_and_twice(books: Paper) -> None:
    await books.sql.execute(
        "INSERT INTO paper.faults (fills_first, events_twice) VALUES (true, true)"
    )
    await books.place()
    await books.clerk.work()

    stream = books.counter.events(None)
    told = [await anext(stream) for _ in range(6)]

    kinds = [isinstance(event.of, CounterOrder) for event in told]
    assert kinds == [False, False, True, True, True, True]
    # Whoever stops after the first goes on before everything that was not told.
    assert [int(event.position) for event in told][:3] == [0, 0, 0]


async def test_late_events_come_later_and_hold_the_position_back(books: Paper) -> None:
    await books.sql.execute("INSERT INTO paper.faults (account, events_s) VALUES ('10000001', 0.3)")
    late = await books.place(price=Decimal("9.90"))
    prompt = await books.place(account="10000004", price=Decimal("9.90"))

    stream = books.counter.events(None)
    told = [await anext(stream) for _ in range(2)]

    assert [event.of.client_id for event in told] == [prompt.client_id, late.client_id]
    assert int(told[0].position) < int(told[1].position)


async def test_no_event_is_missed_that_is_kept_late(books: Paper) -> None:
    held = books.order(price=Decimal("9.90"))
    async with books.sql.transaction():
        await books.sql.execute("SELECT FROM paper.money WHERE account = $1 FOR UPDATE", HOLDER)
        placing = asyncio.create_task(books.counter.place(held))
        other = await books.place(account="10000004", price=Decimal("9.90"))
        stream = books.counter.events(None)
        first = await anext(stream)
    await placing

    second = await anext(stream)

    assert [first.of.client_id, second.of.client_id] == [other.client_id, held.client_id]
