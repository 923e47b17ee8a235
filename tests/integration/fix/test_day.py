"""An ordinary day with a FIX counter: QuickFIX on the other side of a real socket."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from callcenter.domain.accounts import AccountId, BranchCode
from callcenter.domain.clock import SystemClock, trade_date
from callcenter.domain.errors import CounterUnavailable, OutcomeUnknown, Refused
from callcenter.domain.fills import Fill
from callcenter.domain.orders import ClientOrderId, OrderKind, Side
from callcenter.domain.refusals import Refusal
from callcenter.domain.secret import Secret
from callcenter.domain.securities import Market, SecurityCode
from callcenter.gateways.fix import FixOrderEntry
from callcenter.trading.ports import CounterEvent, CounterOrder, StreamPosition
from tests import make
from tests.fix.counterparty import Counterparty, connected, logged_on, running, terms

ORDER = make.order()
ID = ORDER.client_id


def today() -> date:
    return trade_date(SystemClock().now())


def stands(filled: int = 0, cancelled: int | None = None) -> CounterOrder:
    return CounterOrder(client_id=ID, accepted=True, filled=filled, cancelled=cancelled)


@pytest.fixture
async def counter(tmp_path: Path) -> AsyncIterator[Counterparty]:
    async with running(tmp_path / "counter") as counterparty:
        yield counterparty


@pytest.fixture
async def entry(counter: Counterparty, tmp_path: Path) -> AsyncIterator[FixOrderEntry]:
    async with connected(terms(tmp_path, counter.port)) as opened:
        yield opened


async def told(
    entry: FixOrderEntry, until: int, after: StreamPosition | None = None
) -> list[CounterEvent]:
    """Return the next so many events."""
    events: list[CounterEvent] = []
    async with asyncio.timeout(10):
        async for event in entry.events(after):
            events.append(event)
            if len(events) == until:
                break
    return events


async def test_an_order_arrives_as_it_was_dictated(
    counter: Counterparty, entry: FixOrderEntry
) -> None:
    security = make.security(market=Market.SZ, code=SecurityCode("000001"))
    order = make.order(side=Side.SELL, security=security, price=Decimal("11.520"), quantity=300)

    assert await entry.place(order) == stands()

    fields = counter.book.rows[ID].fields
    assert [fields[tag] for tag in ("1", "54", "55", "207", "38", "40", "44", "59")] == [
        "10000001", "2", "000001", "XSHE", "300", "2", "11.520", "0",
    ]  # fmt: skip
    assert [fields[tag] for tag in ("20001", "20004", "20006")] == [
        "13800138000", "telephone", "limit",
    ]  # fmt: skip


async def test_an_order_says_the_branch_it_came_from_and_that_of_the_account(
    counter: Counterparty, tmp_path: Path
) -> None:
    order = make.order(station=make.station(branch=BranchCode("005")))
    given = terms(tmp_path, counter.port)
    entry = FixOrderEntry(given, SystemClock(), branch_of=_kept_at_017)
    await entry.start()
    await logged_on(entry)
    try:
        await entry.place(order)
    finally:
        await entry.stop()

    fields = counter.book.rows[ID].fields
    assert (fields["20002"], fields["20003"]) == ("005", "017")


@pytest.mark.parametrize("kind", OrderKind)
async def test_every_kind_of_order_is_taken(
    counter: Counterparty, entry: FixOrderEntry, kind: OrderKind
) -> None:
    assert (await entry.place(make.order(kind=kind))).accepted
    assert counter.book.rows[ID].fields["20006"] == kind.value


async def test_an_order_is_filled_in_parts(counter: Counterparty, entry: FixOrderEntry) -> None:
    await entry.place(ORDER)

    await counter.tell("fill", order=ID, quantity=40, price="10.04")
    await counter.tell("fill", order=ID, quantity=60, price="10.050")

    events = await told(entry, 5)
    assert [event.of for event in events if isinstance(event.of, CounterOrder)] == [
        stands(),
        stands(filled=40),
        stands(filled=100, cancelled=0),
    ]
    fills = [event.of for event in events if isinstance(event.of, Fill)]
    assert [(fill.quantity, fill.price) for fill in fills] == [
        (40, Decimal("10.04")),
        (60, Decimal("10.05")),
    ]
    assert {fill.key.market for fill in fills} == {Market.SH}
    assert {fill.key.trade_date for fill in fills} == {today()}
    assert await entry.find(ID) == stands(filled=100, cancelled=0)
    assert [fill async for fill in entry.fills(today())] == fills


async def test_the_days_orders_are_told_as_they_stand(
    counter: Counterparty, entry: FixOrderEntry
) -> None:
    assert [order async for order in entry.orders(today())] == []
    ids = [ClientOrderId(f"id-{number}") for number in range(5)]
    for client_id in ids:
        await entry.place(make.order(client_id=client_id))
    await counter.tell("cancel", order=ids[3])

    standing = [order async for order in entry.orders(today())]

    assert [order.client_id for order in standing] == ids
    assert [order.cancelled for order in standing] == [None, None, None, 100, None]
    assert [order async for order in entry.orders(today() - timedelta(days=1))] == []


async def test_a_counter_without_a_list_is_asked_order_by_order(
    counter: Counterparty, tmp_path: Path
) -> None:
    async with connected(terms(tmp_path, counter.port, mass_status=False)) as entry:
        await entry.place(ORDER)

        assert [order async for order in entry.orders(today())] == [stands()]


async def test_a_cancelled_order_keeps_what_was_filled(
    counter: Counterparty, entry: FixOrderEntry
) -> None:
    await entry.place(ORDER)
    await counter.tell("fill", order=ID, quantity=40, price="10.04")

    await entry.cancel(ORDER)
    await entry.cancel(ORDER)

    assert await entry.find(ID) == stands(filled=40, cancelled=60)


async def test_a_fill_may_overtake_a_cancel(counter: Counterparty, entry: FixOrderEntry) -> None:
    await counter.tell("cancels", how="pend")
    await entry.place(ORDER)
    await entry.cancel(ORDER)

    await counter.tell("fill", order=ID, quantity=100, price="10.04")

    events = await told(entry, 4)
    assert events[-1].of == stands(filled=100, cancelled=0)


async def test_a_cancel_that_comes_too_late_is_refused(
    counter: Counterparty, entry: FixOrderEntry
) -> None:
    await entry.place(ORDER)
    await counter.tell("fill", order=ID, quantity=100, price="10.04")

    with pytest.raises(Refused) as refused:
        await entry.cancel(ORDER)

    assert refused.value.reason is Refusal.NOT_CANCELLABLE


async def test_an_unknown_order_cannot_be_cancelled(entry: FixOrderEntry) -> None:
    with pytest.raises(Refused) as refused:
        await entry.cancel(ORDER)

    assert refused.value.reason is Refusal.NO_SUCH_ORDER


async def test_a_cancel_without_an_answer_is_unknown(counter: Counterparty, tmp_path: Path) -> None:
    await counter.tell("cancels", how="mute")
    async with connected(terms(tmp_path, counter.port, answer_within_s=0.3)) as entry:
        await entry.place(ORDER)

        with pytest.raises(OutcomeUnknown):
            await entry.cancel(ORDER)


@pytest.mark.parametrize("reason", [Refusal.SUSPENDED, Refusal.NOT_ENOUGH_MONEY])
async def test_a_rejection_has_the_agreed_number(
    counter: Counterparty, entry: FixOrderEntry, reason: Refusal
) -> None:
    await counter.tell("mode", mode="reject", refusal=reason.value)

    answer = await entry.place(ORDER)

    assert answer == CounterOrder(client_id=ID, accepted=False, reason=reason)
    assert await entry.find(ID) == answer


async def test_an_order_that_was_sent_before_is_not_sent_again(
    counter: Counterparty, entry: FixOrderEntry, tmp_path: Path
) -> None:
    await entry.place(ORDER)
    await entry.stop()

    # Whoever comes after has lost every memory of it.
    other = terms(tmp_path / "other", counter.port, reset_on_logon=True)
    async with connected(other) as successor:
        answer = await successor.place(ORDER)

    await entry.start()
    assert answer == stands()
    assert counter.booked == [ID]


async def test_many_orders_at_once_each_get_their_own_answer(
    counter: Counterparty, entry: FixOrderEntry
) -> None:
    orders = [make.order(client_id=ClientOrderId(f"id-{number}")) for number in range(300)]

    answers = await asyncio.gather(*(entry.place(order) for order in orders))

    assert [answer.client_id for answer in answers] == [order.client_id for order in orders]
    assert sorted(counter.booked) == sorted(order.client_id for order in orders)


async def test_a_caller_who_hangs_up_leaves_an_order_that_can_be_asked_about(
    counter: Counterparty, entry: FixOrderEntry
) -> None:
    placing = asyncio.create_task(entry.place(ORDER))
    await asyncio.sleep(0)
    placing.cancel()

    with pytest.raises(asyncio.CancelledError):
        await placing

    found = await entry.find(ID)
    assert (found is not None) == (counter.booked == [ID])


async def test_events_go_on_where_one_left_off(
    counter: Counterparty, entry: FixOrderEntry, tmp_path: Path
) -> None:
    await entry.place(ORDER)
    await counter.tell("fill", order=ID, quantity=40, price="10.04")
    first = await told(entry, 3)
    await counter.tell("fill", order=ID, quantity=60, price="10.05")
    await entry.stop()

    async with connected(terms(tmp_path, counter.port)) as successor:
        rest = await told(successor, 2, after=first[-1].position)
        everything = await told(successor, 5)

    await entry.start()
    assert [event.of for event in first + rest] == [event.of for event in everything]
    assert rest[-1].of == stands(filled=100, cancelled=0)


async def test_events_go_on_after_any_of_them(counter: Counterparty, entry: FixOrderEntry) -> None:
    await entry.place(ORDER)
    for _ in range(2):
        await counter.tell("fill", order=ID, quantity=50, price="10.04")
    events = await told(entry, 5)

    for heard in range(1, 5):
        rest = await told(entry, 5 - heard, after=events[heard - 1].position)
        assert rest == events[heard:]


async def test_a_position_that_is_kept_no_more_begins_with_what_is(entry: FixOrderEntry) -> None:
    await entry.place(ORDER)

    assert (await told(entry, 1, after=StreamPosition("journal-2020:77")))[0].of == stands()


async def test_a_repeated_report_is_the_same_fill(
    counter: Counterparty, entry: FixOrderEntry
) -> None:
    await entry.place(ORDER)
    await counter.tell("fill", order=ID, quantity=40, price="10.04")

    await counter.tell("repeat-fills", order=ID)
    await counter.tell("repeat-fills", order=ID, resend=True)

    fills = [event.of for event in await told(entry, 7) if isinstance(event.of, Fill)]
    assert len(fills) == 3
    assert len({fill.key for fill in fills}) == 1


async def test_a_fill_that_is_taken_back_is_not_a_fill(
    counter: Counterparty, entry: FixOrderEntry
) -> None:
    await entry.place(ORDER)
    await counter.tell("fill", order=ID, quantity=40, price="10.04")

    await counter.tell("bust", order=ID)

    assert sum(isinstance(event.of, Fill) for event in await told(entry, 4)) == 1


async def test_a_report_for_an_order_that_is_not_ours_hurts_nothing(
    counter: Counterparty, entry: FixOrderEntry
) -> None:
    await counter.tell("stranger", order="somebody-elses")

    assert (await entry.place(ORDER)).accepted


async def test_one_daemon_at_a_time_has_the_session(entry: FixOrderEntry, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="another process"):
        await FixOrderEntry(terms(tmp_path, 1), SystemClock()).start()


async def test_nothing_is_sent_unless_logged_on(tmp_path: Path) -> None:
    nobody = terms(tmp_path, 1)
    async with connected(nobody, wait=False) as entry:
        for question in (
            entry.place(ORDER),
            entry.cancel(ORDER),
            entry.find(ID),
            entry.withdraw(ID),
            entry.ping(),
            told(entry, 1),
            anext(entry.orders(today())),
            anext(entry.fills(today())),
        ):
            with pytest.raises(CounterUnavailable):
                await question


async def test_the_message_log_tells_all_but_the_password(
    counter: Counterparty, tmp_path: Path
) -> None:
    given = terms(tmp_path, counter.port, username="hotline", password=Secret("tell-nobody"))
    async with connected(given) as entry:
        await entry.place(ORDER)

    (file,) = (tmp_path / "log").iterdir()
    log = file.read_text()
    assert f"|11={ID}|" in log
    assert "|553=hotline|554=***|" in log
    assert "tell-nobody" not in log


async def _kept_at_017(account: AccountId) -> BranchCode:
    return BranchCode("017")
