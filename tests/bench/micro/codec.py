"""
Bench `codec`: AGI commands for a second of our processor, against a bare asyncio echo.

Each is one command to a channel in another process and its reply: ours encoded, decoded and
awaited, the bare one the same bytes and nothing done with them.
"""

import time
from typing import Final

from callcenter.telephony.agi import encode_command
from callcenter.telephony.channel import TAKE_KEYS
from callcenter.telephony.fastagi import AgiSession, FastAgiServer
from tests.bench.bare import echo, line
from tests.bench.report import Figure, rate
from tests.bench.turns import taking_turns

COMMANDS: Final = 2_000
ROUNDS: Final = 9
_COMMAND: Final = ("GET FULL VARIABLE", TAKE_KEYS)


async def bench() -> list[Figure]:
    ours, bare = await taking_turns(_ours, _bare, rounds=ROUNDS)
    return [rate("AGI commands, by a second of processor", ours, bare, " /s")]


async def _ours() -> float:
    async def script(session: AgiSession) -> None:
        for _ in range(COMMANDS):
            await session.command(*_COMMAND)
        session.close()

    server = FastAgiServer("127.0.0.1", 0, script)
    await server.start()
    try:
        return await _commands_a_second(server.port)
    finally:
        await server.stop(drain_s=1.0)


async def _bare() -> float:
    server, port = await echo.serve(encode_command(*_COMMAND), COMMANDS)
    async with server:
        return await _commands_a_second(port)


async def _commands_a_second(port: int) -> float:
    began = time.process_time()
    await line.call(port)
    return COMMANDS / (time.process_time() - began)
