"""Tells the streams of this process that an event was kept, so that they need not look often."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Listener:
    """
    One stream's turn to look.

    A bell that rings is followed at once, but `least_s` after the look before at the earliest, so
    that many events are read together. Nobody relies on the bell: without it a look is due after
    `most_s`.
    """

    def __init__(self, *, least_s: float, most_s: float) -> None:
        self._least_s = least_s
        self._most_s = most_s
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()

    async def until_due(self, *, soon: bool = False) -> None:
        """Return when it is time to look again; after `least_s` if that is `soon`."""
        await asyncio.sleep(self._least_s)
        try:
            async with asyncio.timeout(0 if soon else max(self._most_s - self._least_s, 0)):
                await self._rung.wait()
        except TimeoutError:
            pass
        # Cleared before the look: what is kept while it goes on rings again.
        self._rung.clear()


class Bell:
    """Rung after events were kept, and heard by every stream of this process."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()

    @contextmanager
    def heard(self, *, least_s: float, most_s: float) -> Iterator[Listener]:
        listener = Listener(least_s=least_s, most_s=most_s)
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    def ring(self) -> None:
        for listener in self._listeners:
            listener.ring()

    def ring_in(self, seconds: float) -> None:
        """Ring a little later, for what somebody else is still writing down."""
        asyncio.get_running_loop().call_later(seconds, self.ring)
