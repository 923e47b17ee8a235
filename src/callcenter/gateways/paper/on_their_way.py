"""What is on its way to a paper system: nobody can call back what a counter has received."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from callcenter.domain.errors import OutcomeUnknown
from callcenter.domain.orders import ClientOrderId
from callcenter.domain.requests import RequestId

Answer = TypeVar("Answer")


class OnTheirWay:
    """
    Deliveries that go on even if whoever sent them gave up or was cancelled.

    `failed` is told the name and the error of one that nobody may be waiting for any more.
    """

    def __init__(
        self, answer_within_s: float, failed: Callable[[str, BaseException], None]
    ) -> None:
        self._answer_within_s = answer_within_s
        self._failed = failed
        self._tasks: set[asyncio.Task[Any]] = set()

    async def answer(
        self, delivery: Coroutine[Any, Any, Answer], name: ClientOrderId | RequestId
    ) -> Answer:
        """Return what is answered in time; raise `OutcomeUnknown` if nothing is."""
        loop = asyncio.get_running_loop()
        task = loop.create_task(delivery, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._arrived)
        waiting: asyncio.Future[None] = loop.create_future()
        task.add_done_callback(lambda _: _end(waiting))
        late = loop.call_later(self._answer_within_s, _end, waiting)
        try:
            await waiting
        finally:
            late.cancel()
        if not task.done():
            raise OutcomeUnknown(name)
        return task.result()

    async def stay_silent(self, name: ClientOrderId | RequestId) -> None:
        """Let whoever waits do so in vain."""
        await asyncio.sleep(self._answer_within_s)
        raise OutcomeUnknown(name)

    async def drop(self) -> None:
        """Give up what is on its way, whole deliveries only."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _arrived(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._failed(task.get_name(), error)


def _end(waiting: "asyncio.Future[None]") -> None:
    if not waiting.done():
        waiting.set_result(None)
