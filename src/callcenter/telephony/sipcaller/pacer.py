"""The heartbeat of all calls of a telephone: one task that lets each send every 20 ms."""

import asyncio
from collections.abc import Callable
from typing import Final

from callcenter.telephony.sipcaller.g711 import FRAME_S

_SLOTS: Final = 4
_STEP_S: Final = FRAME_S / _SLOTS
_GIVES_UP_BEHIND_S: Final = 0.5

Beat = Callable[[], None]


class Pacer:
    """
    Calls every joined `Beat` once per 20 ms, on average exactly.

    The beats are spread over the 20 ms, so that hundreds of calls do not send in one burst.
    A beat that is late is made up for at once, unless we are hopelessly behind: then the
    missed ones are dropped and counted in `dropped`, and the machine is too slow for the load.
    """

    def __init__(self) -> None:
        self.worst_lag_s = 0.0
        self.dropped = 0
        self._slots: list[dict[Beat, None]] = [{} for _ in range(_SLOTS)]
        self._joined = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def join(self, beat: Beat) -> None:
        min(self._slots, key=len)[beat] = None
        self._joined.set()
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="sipcaller-pacer")

    def leave(self, beat: Beat) -> None:
        for slot in self._slots:
            slot.pop(beat, None)

    async def close(self) -> None:
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.wait([self._task])
        self._task = None

    async def _run(self) -> None:
        while True:
            await self._joined.wait()
            await self._beat_while_joined()
            self._joined.clear()

    async def _beat_while_joined(self) -> None:
        due = asyncio.get_running_loop().time()
        while any(self._slots):
            for slot in self._slots:
                due = await self._reach(due)
                # A copy, because a beat may end its call and leave.
                for beat in list(slot):
                    beat()
                due += _STEP_S

    async def _reach(self, due: float) -> float:
        """Sleep until `due` and return it, or a later time if it is too late to catch up."""
        now = asyncio.get_running_loop().time
        # Sleep even when late: packets must be read in between.
        await asyncio.sleep(max(due - now(), 0))
        behind = now() - due
        self.worst_lag_s = max(self.worst_lag_s, behind)
        if behind < _GIVES_UP_BEHIND_S:
            return due
        missed = int(behind / FRAME_S)
        self.dropped += missed * sum(map(len, self._slots))
        return due + missed * FRAME_S
