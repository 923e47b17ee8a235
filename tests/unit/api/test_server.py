"""The pages of the daemon, at their addresses."""

import aiohttp
import pytest

from callcenter.api.metrics import Metrics
from callcenter.api.server import HttpServer
from tests.unit.api.scrape import free_port, no_orders


@pytest.mark.parametrize("page", ["healthz", "readyz", "metrics"])
async def test_each_page_has_its_address(page: str) -> None:
    port = free_port()
    server = HttpServer("127.0.0.1", port, Metrics(no_orders), {})
    await server.start()
    try:
        async with aiohttp.ClientSession() as client:
            answer = await client.get(f"http://127.0.0.1:{port}/{page}")
            assert answer.status == 200
    finally:
        await server.stop()


async def test_a_port_that_is_taken_is_an_error_at_once() -> None:
    port = free_port()
    first, second = (HttpServer("127.0.0.1", port, Metrics(no_orders), {}) for _ in range(2))
    await first.start()
    try:
        with pytest.raises(OSError, match="address already in use"):
            await second.start()
    finally:
        await second.stop()
        await first.stop()
