"""Calls through the whole daemon to a counter that speaks FIX."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from callcenter.domain.accounts import AccountId
from callcenter.domain.orders import Order, OrderState
from callcenter.storage.database import Database
from callcenter.storage.queries import Queries
from tests.fix.counterparty import Counterparty, running
from tests.integration.fix.serving import LOOK_EVERY_S, READY_S, Serving, serving
from tests.integration.fix.talking import Talking

ACCOUNT: Final = "20000001"
OTHER: Final = "20000002"
CONFIRM: Final = "确认请按一"
ACCEPTED: Final = "委托成功"
LOOKED_INTO: Final = "委托已提交，结果待确认"


@asynccontextmanager
async def hotline(folder: Path, dsn: str) -> AsyncIterator[tuple[Serving, Counterparty]]:
    """A daemon, and the counter that it talks to."""
    async with (
        running(folder / "counter") as counter,
        serving(folder, dsn, counter.port) as served,
    ):
        yield served, counter


async def at_the_read_back(served: Serving, call_id: str, account: str) -> Talking:
    """Ring up, log in, and come to where 100 SH600000 at 10.05 are read back."""
    caller = Talking(served.agi_port, call_id)
    await caller.answers(
        ("委托交易请按一", "1"),
        ("请输入资金账号", f"{account}#"),
        ("请输入交易密码", "246810#"),
        ("买入请按一", "1"),
        ("请输入要买入的证券代码", "600000#"),
        ("请输入委托价格", "10*05#"),
        ("请输入委托数量", "100#"),
    )
    await caller.hears(CONFIRM)
    return caller


async def orders_of(database: Database, account: str) -> list[Order]:
    return list(await Queries(database).orders(account=AccountId(account)))


async def order_in(database: Database, account: str, *states: OrderState) -> Order:
    """Return the one order of an account, once it is in one of these states."""
    async with asyncio.timeout(READY_S):
        while True:
            [order] = await orders_of(database, account)
            if order.state in states:
                return order
            await asyncio.sleep(LOOK_EVERY_S)


async def test_a_caller_buys_hears_of_fills_and_cancels_the_rest(
    tmp_path: Path, dsn: str, database: Database
) -> None:
    async with hotline(tmp_path, dsn) as (served, counter):
        caller = await at_the_read_back(served, "text-fix-1", ACCOUNT)
        caller.keys("1")
        await caller.hears(ACCEPTED)
        [order] = await orders_of(database, ACCOUNT)

        await counter.tell("fill", order=order.client_id, quantity=40, price="10.05")
        await order_in(database, ACCOUNT, OrderState.PARTIALLY_FILLED)
        await caller.answers(("买入请按一", "*"), ("账户查询请按二", "2"), ("当日委托请按三", "3"))
        await caller.hears("部分成交，已成交四十股")

        await caller.answers(
            ("当日委托请按三", "*"),
            ("委托交易请按一", "1"),
            ("撤单请按三", "3"),
            ("撤销这笔委托请按一", "1"),
        )
        await caller.hears("撤单成功，已成交四十股，撤销六十股")
        await caller.hangs_up()

        row = counter.book.rows[order.client_id]
    assert (row.filled, row.cancelled, row.fields["1"]) == (40, True, ACCOUNT)
    assert (row.fields["20001"], row.fields["20003"]) == ("13900000301", "001")
    assert counter.booked == [order.client_id]


async def test_whoever_dies_an_order_is_told_as_unknown_and_stands_once(
    tmp_path: Path, dsn: str, database: Database
) -> None:
    async with hotline(tmp_path, dsn) as (served, counter):
        # The counter books the order and is killed before a word of it.
        await counter.tell("mode", mode="mute")
        caller = await at_the_read_back(served, "text-fix-2", ACCOUNT)
        caller.keys("1")
        await caller.hears(LOOKED_INTO)
        await counter.kill()
        [unknown] = await orders_of(database, ACCOUNT)
        await counter.start()
        settled = await order_in(database, ACCOUNT, OrderState.ACCEPTED)
        await caller.hangs_up()

        # The daemon is killed while the counter has an order of it.
        await served.until_ready()
        await counter.tell("mode", mode="mute")
        caller = await at_the_read_back(served, "text-fix-3", OTHER)
        caller.keys("1")
        await booked(counter, 2)
        await served.kill()
        await caller.is_cut_off()
        await served.start()
        again = Talking(served.agi_port, "text-fix-3")
        await again.hears("，委托号")
        assert LOOKED_INTO in again.said or ACCEPTED in again.said
        in_flight = await order_in(database, OTHER, OrderState.ACCEPTED)
        await again.hangs_up()

    assert unknown.state in (OrderState.UNKNOWN, OrderState.PENDING)
    assert counter.booked == [settled.client_id, in_flight.client_id]


async def booked(counter: Counterparty, orders: int) -> None:
    async with asyncio.timeout(READY_S):
        while len(counter.booked) < orders:  # noqa: ASYNC110 - another process: no event tells
            await asyncio.sleep(LOOK_EVERY_S)
