"""A FastAGI server whose handler is a script, and what became of each call."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from callcenter.telephony.agi import AgiReply
from callcenter.telephony.fastagi import AgiSession, FastAgiServer

Script = Callable[[AgiSession], Awaitable[Any]]


class Led:
    """Runs a script per call and remembers how each ended, in `ended`."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self.ended: asyncio.Queue[Any] = asyncio.Queue()

    async def __call__(self, session: AgiSession) -> None:
        try:
            self.ended.put_nowait(await self._script(session))
        except BaseException as e:
            self.ended.put_nowait(e)
            raise


@asynccontextmanager
async def serving(script: Script, **knobs: Any) -> AsyncIterator[tuple[FastAgiServer, Led]]:
    led = Led(script)
    server = FastAgiServer("127.0.0.1", 0, led, **knobs)
    await server.start()
    try:
        yield server, led
    finally:
        async with asyncio.timeout(10):
            await server.stop(drain_s=0)


async def noop(session: AgiSession) -> AgiReply:
    """The shortest script: one command."""
    return await session.command("NOOP")
