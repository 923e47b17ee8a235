"""A line that rings a FastAGI server from a process of its own."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from typing import Final

from tests.fakes.asterisk import agi_header

_HEADER: Final = agi_header("bench-1.1", "", "4008", "0")


async def call(port: int) -> list[float]:
    """Return the seconds from each key to the next prompt, once the server has closed."""
    command = (sys.executable, "-m", "tests.bench.bare.channel", str(port))
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)
    printed, _ = await process.communicate(_HEADER)
    if process.returncode:
        raise RuntimeError("the line broke")
    found: list[float] = json.loads(printed)
    return found
