"""Lines that break, numbers that do not fit, processes that die: nothing lost, nothing twice."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from callcenter.domain.clock import SystemClock, trade_date
from callcenter.domain.errors import CounterUnavailable, OutcomeUnknown, Refused
from callcenter.domain.fills import Fill
from callcenter.domain.orders import ClientOrderId
from callcenter.gateways.fix import FixOrderEntry
from callcenter.trading.ports import CounterOrder
from tests import make
from tests.fix.counterparty import Counterparty, connected, logged_on, of_today, running, terms
from tests.fix.wire import Fate, cable

ORDER = make.order(client_id=of_today(60_000_001))
ID = ORDER.client_id
IN_FLIGHT = 1_000


async def outcome(entry: FixOrderEntry, client_id: ClientOrderId) -> CounterOrder | None:
    """Place an order and settle it: the answer, or None if it is certain that it never stood."""
    try:
        return await entry.place(make.order(client_id=client_id))
    except CounterUnavailable:
        return None
    except OutcomeUnknown:
        return await entry.withdraw(client_id)


@pytest.mark.parametrize("fate", Fate)
async def test_a_line_cut_at_any_message_leaves_no_doubt(tmp_path: Path, fate: Fate) -> None:
    # Logon and its answer, the order and its report, the cancel and its two.
    async with running(tmp_path / "counter") as counter, cable(counter.port) as (line, port):
        for at in range(1, 8):
            line.cut(at, fate)
            order = make.order(client_id=of_today(at))
            async with connected(terms(tmp_path, port, answer_within_s=3.0)) as entry:
                stood = await outcome(entry, order.client_id)
                await logged_on(entry)
                try:
                    await entry.cancel(order)
                except (CounterUnavailable, Refused):
                    await logged_on(entry)

                found = await entry.find(order.client_id) if stood else None
                assert counter.booked.count(order.client_id) == (0 if stood is None else 1)
                if found is not None:
                    assert (found.cancelled == 100) == counter.book.rows[order.client_id].cancelled


async def test_an_order_that_was_lost_on_its_way_is_never_sent_again(tmp_path: Path) -> None:
    async with running(tmp_path / "counter") as counter, cable(counter.port) as (line, port):
        async with connected(terms(tmp_path, port)) as entry:
            line.cut(1, Fate.LOST)

            with pytest.raises(CounterUnavailable):
                await entry.place(ORDER)

            await logged_on(entry)
            assert (await entry.place(make.order(client_id=of_today(1)))).accepted
            assert await entry.find(ID) is None
        assert counter.booked == [of_today(1)]


async def test_what_was_told_while_we_were_away_is_told_again(tmp_path: Path) -> None:
    async with running(tmp_path / "counter") as counter:
        async with connected(terms(tmp_path, counter.port)) as entry:
            await entry.place(ORDER)
        for _ in range(3):
            await counter.tell("fill", order=ID, quantity=20, price="10.05")

        async with connected(terms(tmp_path, counter.port)) as entry:
            fills = await told_fills(entry, 3)

    assert len({fill.key for fill in fills}) == 3


@pytest.mark.parametrize("gap", [3, 3_000])
async def test_a_counter_whose_numbers_run_ahead_is_asked_for_what_is_missing(
    tmp_path: Path, gap: int
) -> None:
    async with (
        running(tmp_path / "counter") as counter,
        connected(terms(tmp_path, counter.port)) as entry,
    ):
        await entry.place(ORDER)
        await counter.tell("next-out", number=gap + 10)

        assert (await entry.place(make.order(client_id=of_today(1)))).accepted
        assert (await entry.place(make.order(client_id=of_today(2)))).accepted


async def test_a_counter_that_misses_our_messages_gets_none_again(tmp_path: Path) -> None:
    async with running(tmp_path / "counter") as counter:
        async with connected(terms(tmp_path, counter.port)) as entry:
            await entry.place(ORDER)
        # As if its disk had been put back to this morning: it asks for everything.
        await counter.tell("next-in", number=1)

        async with connected(terms(tmp_path, counter.port)) as entry:
            assert (await entry.place(make.order(client_id=of_today(1)))).accepted

    assert counter.booked == [ID, of_today(1)]


async def test_a_counter_whose_numbers_fell_back_is_not_trusted(tmp_path: Path) -> None:
    async with running(tmp_path / "counter") as counter:
        async with connected(terms(tmp_path, counter.port)) as entry:
            await entry.place(ORDER)
            await counter.tell("next-out", number=1)

            with pytest.raises(CounterUnavailable):
                await entry.find(ID)

        # An operator who has looked at it says so.
        given = terms(tmp_path, counter.port, reset_on_logon=True)
        async with connected(given) as entry:
            assert await entry.find(ID) is not None


async def test_a_counter_that_hangs_leaves_the_order_unknown_and_then_known(
    tmp_path: Path,
) -> None:
    async with (
        running(tmp_path / "counter") as counter,
        connected(terms(tmp_path, counter.port, answer_within_s=0.5)) as entry,
    ):
        counter.freeze(True)
        with pytest.raises(OutcomeUnknown):
            await entry.place(ORDER)
        counter.freeze(False)

        async with asyncio.timeout(10):
            while (found := await settled(entry)) is None:
                pass

    assert (found.accepted, counter.booked) == (True, [ID])


async def test_an_order_left_with_a_counter_that_hung_is_settled_for_good(tmp_path: Path) -> None:
    async with running(tmp_path / "counter") as counter:
        given = terms(tmp_path, counter.port, heartbeat_s=1, answer_within_s=0.5)
        async with connected(given) as entry:
            counter.freeze(True)
            with pytest.raises(OutcomeUnknown):
                await entry.place(ORDER)
            await logged_on(entry, yes=False)
            counter.freeze(False)

            await logged_on(entry)
            left = await entry.withdraw(ID)
            assert (await entry.place(make.order(client_id=of_today(1)))).accepted

    # It may have been read from the dead line or not; what was said of it holds.
    assert counter.booked.count(ID) == (0 if left is None else 1)


async def test_a_silent_line_is_given_up(tmp_path: Path) -> None:
    async with running(tmp_path / "counter") as counter:
        given = terms(tmp_path, counter.port, heartbeat_s=1)
        async with connected(given) as entry:
            counter.freeze(True)
            await logged_on(entry, yes=False)
            counter.freeze(False)

            await logged_on(entry)
            assert (await entry.place(ORDER)).accepted


@pytest.mark.parametrize("wrong", [{"sender": "SOMEBODY"}, {"target": "SOMEBODY"}])
async def test_wrong_names_get_no_session(tmp_path: Path, wrong: dict[str, str]) -> None:
    async with (
        running(tmp_path / "counter") as counter,
        connected(terms(tmp_path, counter.port, **wrong), wait=False) as entry,
    ):
        for _ in range(2):
            with pytest.raises(CounterUnavailable):
                await entry.place(ORDER)

    assert counter.booked == []


async def test_a_counter_killed_with_orders_in_flight_loses_none(tmp_path: Path) -> None:
    ids = [of_today(number) for number in range(IN_FLIGHT)]
    async with (
        running(tmp_path / "counter") as counter,
        connected(terms(tmp_path, counter.port)) as entry,
    ):
        placing = [asyncio.create_task(outcome(entry, client_id)) for client_id in ids]
        await first_answers(placing, 100)
        await counter.kill()
        await counter.start()

        outcomes = await asyncio.gather(*placing)
        await logged_on(entry)
        standing = [order async for order in entry.orders(trade_date(SystemClock().now()))]

    stood = [client_id for client_id, each in zip(ids, outcomes, strict=True) if each is not None]
    assert len(stood) >= 100
    assert sorted(counter.booked) == sorted(stood)
    assert sorted(order.client_id for order in standing) == sorted(stood)


async def test_a_daemon_killed_with_orders_in_flight_loses_none(tmp_path: Path) -> None:
    ids = [of_today(number) for number in range(2 * IN_FLIGHT)]
    async with running(tmp_path / "counter") as counter:
        await killed_while_placing(tmp_path, counter)

        async with connected(terms(tmp_path, counter.port)) as entry:
            left = await asyncio.gather(*(entry.withdraw(client_id) for client_id in ids))
            assert (await entry.place(make.order(client_id=ID))).accepted

    stood = [client_id for client_id, each in zip(ids, left, strict=True) if each is not None]
    answered = (tmp_path / "answered").read_text().split()
    assert len(answered) <= len(stood) < len(ids)
    assert set(answered) <= set(stood)
    assert sorted(counter.booked) == sorted([*stood, ID])


async def killed_while_placing(folder: Path, counter: Counterparty) -> None:
    """Let another process place the orders, and kill it in the middle."""
    program = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.fix.caller", str(folder), str(counter.port), str(IN_FLIGHT)),
        stdout=asyncio.subprocess.PIPE,
    )
    assert program.stdout is not None
    async with asyncio.timeout(20):
        while await program.stdout.readline() != b"100 answered\n":
            assert program.returncode is None
    os.kill(program.pid, signal.SIGKILL)
    await program.wait()


async def first_answers(tasks: list[asyncio.Task[CounterOrder | None]], count: int) -> None:
    for answered, task in enumerate(asyncio.as_completed(tasks), start=1):
        await task
        if answered == count:
            return


async def told_fills(entry: FixOrderEntry, count: int) -> list[Fill]:
    fills: list[Fill] = []
    async with asyncio.timeout(10):
        async for event in entry.events(None):
            if isinstance(event.of, Fill):
                fills.append(event.of)
            if len(fills) == count:
                break
    return fills


async def settled(entry: FixOrderEntry) -> CounterOrder | None:
    try:
        return await entry.find(ID)
    except CounterUnavailable:
        return None
