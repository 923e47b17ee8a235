"""How late the event loop is, as it measures itself."""

import asyncio
from contextlib import suppress

from callcenter.api.event_loop import EventLoop
from callcenter.api.metrics import Metrics
from tests.unit.api.scrape import no_orders, serving


async def test_what_blocks_the_loop_is_told_once_as_its_lag() -> None:
    woken = 0

    async def sleep(_: float) -> None:
        nonlocal woken
        woken += 1
        if woken > 1:
            raise asyncio.CancelledError  # only one round

    loop = EventLoop(every_s=-2.0, sleep=sleep)  # a sleep that ends two seconds late

    with suppress(asyncio.CancelledError):
        await loop.run()

    assert 2.0 <= loop.take_worst_lag_s() < 3.0
    assert loop.take_worst_lag_s() == 0.0


async def test_the_page_tells_tasks_connections_and_lag() -> None:
    metrics = Metrics(no_orders)
    metrics.watch(EventLoop(), lambda: 7)

    async with serving(metrics.handle) as client:
        page = (await (await client.get("/")).text()).splitlines()

    assert "callcenter_agi_connections 7.0" in page
    assert "callcenter_event_loop_lag_seconds 0.0" in page
    [tasks] = [line for line in page if line.startswith("callcenter_asyncio_tasks ")]
    assert float(tasks.split()[1]) >= 1
