"""What the sources make of their answers."""

import asyncio

import pytest
from aiohttp import web

from callcenter.api.event_loop import EventLoop
from callcenter.api.metrics import Metrics
from callcenter.load.watch.sources import CannotSee, MetricsPage
from tests.unit.api.scrape import free_port, no_orders, serving


async def test_the_daemons_own_page_is_understood() -> None:
    metrics = Metrics(no_orders)
    metrics.watch(EventLoop(), lambda: 5)
    metrics.call_began()

    async with serving(metrics.handle) as client:
        seen = await MetricsPage(str(client.make_url("/"))).look()

    assert set(seen.gauges) == {
        "daemon calls",
        "daemon connections",
        "daemon tasks",
        "daemon lag",
    }
    assert (seen.gauges["daemon calls"], seen.gauges["daemon connections"]) == (1.0, 5.0)


async def test_a_daemon_that_does_not_answer_cannot_be_seen() -> None:
    port = await asyncio.to_thread(free_port)

    with pytest.raises(CannotSee, match="the daemon's metrics"):
        await MetricsPage(f"http://127.0.0.1:{port}/metrics").look()


async def test_a_page_that_is_none_cannot_be_seen() -> None:
    async def broken(_: web.Request) -> web.Response:
        return web.Response(status=500)

    async with serving(broken) as client:
        with pytest.raises(CannotSee, match="500"):
            await MetricsPage(str(client.make_url("/"))).look()
