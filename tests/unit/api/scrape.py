"""Asks the daemon's pages, on a port of its own."""

import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from callcenter.domain.orders import OrderState

Page = Callable[[web.Request], Awaitable[web.Response]]
Client = TestClient[web.Request, web.Application]


@asynccontextmanager
async def serving(page: Page) -> AsyncIterator[Client]:
    app = web.Application()
    app.router.add_get("/", page)
    async with TestClient(TestServer(app)) as client:
        yield client


async def no_orders() -> Mapping[OrderState, int]:
    return {}


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
