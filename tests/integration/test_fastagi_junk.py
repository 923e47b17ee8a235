"""Connections that are no call harm no call."""

import asyncio
import os
from time import perf_counter

from callcenter.telephony.fastagi import AgiSession
from tests.fakes.asterisk import dialled
from tests.fakes.asterisk_junk import JUNK
from tests.fakes.led import noop, serving

# For a bench: 10,000 of them take about a minute.
CONNECTIONS = int(os.environ.get("CALLCENTER_JUNK_CONNECTIONS", "200"))
AT_ONCE = 50
LIVE_CALLS = 10
PACE_S = 0.005
SLOWEST_REPLY_S = 1.0


async def test_junk_during_live_calls_harms_none_of_them() -> None:
    junk_is_over = asyncio.Event()

    async def script(session: AgiSession) -> None:
        await (noop(session) if session.request.script == "junk" else _talk(session, junk_is_over))

    async with serving(script, header_deadline_s=1, reply_deadline_s=1) as (server, led):
        async with asyncio.TaskGroup() as group:
            for _ in range(LIVE_CALLS):
                group.create_task(_live_call(server.port))
            await _throw_junk(server.port)
            junk_is_over.set()
        ended = [await led.ended.get() for _ in range(LIVE_CALLS + 2 * CONNECTIONS // len(JUNK))]

    assert ended.count(None) == LIVE_CALLS
    assert server.accepted == len(ended)
    assert server.malformed == 5 * CONNECTIONS // len(JUNK)
    assert server.abandoned == 2 * CONNECTIONS // len(JUNK)
    assert server.timed_out == 2 * CONNECTIONS // len(JUNK)
    assert (server.refused, server.active, server.connections) == (0, 0, 0)


async def _talk(session: AgiSession, until: asyncio.Event) -> None:
    """Command after command; each reply must be the right one, and come soon."""
    number = 0
    while not until.is_set() or number < 10:
        number += 1
        began = perf_counter()
        reply = await session.command("SET VARIABLE", "N", number, deadline_s=5)
        assert reply.result == str(number)
        assert perf_counter() - began < SLOWEST_REPLY_S
        await asyncio.sleep(PACE_S)


async def _live_call(port: int) -> None:
    async with dialled(port) as call:
        await call.answer_all(_echo)


def _echo(command: str) -> str:
    return "200 result=" + command.split('"')[-2]


async def _throw_junk(port: int) -> None:
    at_once = asyncio.Semaphore(AT_ONCE)

    async def throw(number: int) -> None:
        async with at_once:
            await JUNK[number % len(JUNK)](port)

    await asyncio.gather(*[throw(number) for number in range(CONNECTIONS)])
