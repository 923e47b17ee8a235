"""A web site with quotes, on loopback, that answers well or badly as a test wishes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.fakes.quote_texts import symbols_of

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]

_FOR_EVER_S: Final = 60


class QuoteSite:
    """Remembers the paths and headers it was `asked` with; `answer` is how it behaves."""

    def __init__(self) -> None:
        self.address = ""
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.answer: Answer = says("")
        self.reached = asyncio.Event()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.raw_path)
        self.headers.append(dict(request.headers))
        self.reached.set()
        return await self.answer(request)

    @property
    def symbols(self) -> list[list[str]]:
        """What each request asked for."""
        return [list(symbols_of(path)) for path in self.asked]


@asynccontextmanager
async def open_site() -> AsyncIterator[QuoteSite]:
    site = QuoteSite()
    app = web.Application()
    app.router.add_get("/{anything:.*}", site.handle)
    server = TestServer(app)
    await server.start_server()
    site.address = f"http://{server.host}:{server.port}"
    try:
        yield site
    finally:
        await server.close()


def says(text: str, *, status: int = 200, encoding: str = "gbk") -> Answer:
    return sends(text.encode(encoding), status=status)


def sends(body: bytes, *, status: int = 200) -> Answer:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(body=body, status=status)

    return answer


def redirects_to(address: str) -> Answer:
    async def answer(_: web.Request) -> web.StreamResponse:
        raise web.HTTPFound(address)

    return answer


def knows(records: dict[str, str], write: Callable[[dict[str, str]], str]) -> Answer:
    """Answer what was asked for, in the format that `write` writes; others are unknown."""

    async def answer(request: web.Request) -> web.StreamResponse:
        asked = symbols_of(request.raw_path)
        known = {name: records.get(name, "") for name in asked}
        return web.Response(body=write(known).encode("gbk"))

    return answer


async def is_silent(_: web.Request) -> web.StreamResponse:
    await asyncio.sleep(_FOR_EVER_S)
    return web.Response()


async def drips(request: web.Request) -> web.StreamResponse:
    """Send a byte now and then, for ever: no time-out between bytes would notice."""
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b"v")
        await asyncio.sleep(0.02)


async def floods(request: web.Request) -> web.StreamResponse:
    """Send without an end."""
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b"v" * 65_536)


async def hangs_up(request: web.Request) -> web.StreamResponse:
    """Promise more than comes."""
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'var hq_str_sh600000="')
    assert request.transport is not None
    request.transport.close()
    return response
