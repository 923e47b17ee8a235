"""Where orders stand and wait until the harness has struck."""

import asyncio
from collections.abc import Callable

from tests.crash.cells import Step


class Gate:
    """Closed at one step at most. Who comes there is told of, and waits until it is opened."""

    def __init__(self, tell: Callable[[], None]) -> None:
        self._tell = tell
        self._closed_at: Step | None = None
        self._open = asyncio.Event()

    def close(self, step: Step) -> None:
        self._closed_at = step
        self._open.clear()

    def open(self) -> None:
        self._closed_at = None
        self._open.set()

    async def reach(self, step: Step) -> None:
        if step is self._closed_at:
            self._tell()
            await self._open.wait()
