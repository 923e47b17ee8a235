"""Fills the pauses in which we think with silence, so that Asterisk is never left to itself."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

# Most answers are there before this; a pause that is filled costs the caller more waiting.
_BEGINS_AFTER_S: Final = 0.03
_SHORTEST_S: Final = 0.04
_LONGEST_S: Final = 0.5


class PauseFiller:
    """
    Calls `play(seconds)` again and again from a moment after `start` until `stop`.

    Each piece is at most half as long as the pause has lasted, so that whoever ends the pause
    waits for the rest of a piece in proportion. `play` returns whether it can go on.
    """

    def __init__(self, play: Callable[[float], Awaitable[bool]]) -> None:
        self._play = play
        self._timer: asyncio.TimerHandle | None = None
        self._filling: asyncio.Task[None] | None = None
        self._wanted = False

    def start(self) -> None:
        self._wanted = True
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(_BEGINS_AFTER_S, self._begin)

    def stop(self) -> None:
        """Begin no further piece; one that plays is played to its end."""
        self._wanted = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _begin(self) -> None:
        if self._filling is None or self._filling.done():
            self._filling = asyncio.get_running_loop().create_task(self._fill())

    async def _fill(self) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time() - _BEGINS_AFTER_S
        while self._wanted:
            piece_s = min(max((loop.time() - began) / 2, _SHORTEST_S), _LONGEST_S)
            if not await self._play(piece_s):
                return
