"""GET /healthz: we are alive. GET /readyz: we can take a call, or what keeps us from it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from aiohttp import web

Check = Callable[[], Awaitable[None]]  # raises, with a sentence, if the thing is not ready

_DEADLINE_S: Final = 2.0


async def healthz(request: web.Request) -> web.Response:
    return web.json_response({"status": "alive"})


def readyz(checks: Mapping[str, Check]) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Return a handler that runs all checks at once: 200 if each passes, else 503 and why."""

    async def handle(request: web.Request) -> web.Response:
        states = await asyncio.gather(*(_state(check) for check in checks.values()))
        body = dict(zip(checks, states, strict=True))
        ready = all(state == "ready" for state in states)
        return web.json_response(body, status=200 if ready else 503)

    return handle


async def _state(check: Check) -> str:
    try:
        async with asyncio.timeout(_DEADLINE_S):
            await check()
    except TimeoutError:
        return f"no answer within {_DEADLINE_S:g} s"
    except Exception as error:  # noqa: BLE001 - whatever is wrong is the answer
        return str(error) or type(error).__name__
    return "ready"
