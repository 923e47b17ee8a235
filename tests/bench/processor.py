"""Processor time: what a busy machine takes from nobody's figure, unlike time by the clock."""

from collections.abc import Awaitable, Callable
from contextlib import suppress

import psutil

from tests.bench.server import Server


def ours_s() -> float:
    """Return the processor seconds of this process so far, with its threads and ended children."""
    return sum(psutil.Process().cpu_times()[:4])


def server_s(server: Server) -> float:
    """Return those of a server: who leaves at this moment is counted by its parent."""
    main = psutil.Process(server.postgres.pid)
    used = 0.0
    for one in (main, *main.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            used += sum(one.cpu_times()[:4])
    return used


async def each_us(server: Server, do: Callable[[], Awaitable[float]]) -> float:
    """
    Return what each of some things cost us and the server, in microseconds.

    `do` does them, and returns how many they were.
    """
    before = ours_s() + server_s(server)
    times = await do()
    return 1e6 * (ours_s() + server_s(server) - before) / times
