"""How busy the event loop is."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

_EVERY_S: Final = 0.1

Sleep = Callable[[float], Awaitable[None]]


class EventLoop:
    """Measures how late a sleep ends; what took the loop meanwhile delayed every call as much."""

    def __init__(self, *, every_s: float = _EVERY_S, sleep: Sleep = asyncio.sleep) -> None:
        self._every_s = every_s
        self._sleep = sleep
        self._worst_lag_s = 0.0

    def tasks(self) -> int:
        """Return how many tasks are not done."""
        return len(asyncio.all_tasks())

    def take_worst_lag_s(self) -> float:
        """Return the worst lag since this was last asked."""
        worst, self._worst_lag_s = self._worst_lag_s, 0.0
        return worst

    async def run(self) -> None:
        """Measure until cancelled."""
        clock = asyncio.get_running_loop().time
        while True:
            began = clock()
            await self._sleep(self._every_s)
            self._worst_lag_s = max(self._worst_lag_s, clock() - began - self._every_s)
