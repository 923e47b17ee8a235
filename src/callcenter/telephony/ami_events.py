"""Events for one subscriber, who may be slow without harming anyone else."""

import asyncio
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

from callcenter.telephony.ami_words import AmiMessage

# Not from Asterisk: put into a stream after each login, so that its reader knows of the gap.
LINK_UP: Final = "CallcenterLinkUp"
LINK_UP_MESSAGE: Final = AmiMessage((("Event", LINK_UP),))


class EventStream:
    """
    The events of the given names, or all, in the order they came.

    Holds `size` events; when its reader is slower than that, the oldest are dropped and
    counted in `dropped`. Iteration ends when the stream or its client is closed.
    """

    def __init__(
        self, names: frozenset[str], size: int, on_close: Callable[["EventStream"], None]
    ) -> None:
        self._names = names
        self._events: deque[AmiMessage] = deque(maxlen=size)
        self._on_close = on_close
        self._changed = asyncio.Event()
        self._closed = False
        self.dropped = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> AmiMessage:
        while not self._events:
            if self._closed:
                raise StopAsyncIteration
            self._changed.clear()
            await self._changed.wait()
        return self._events.popleft()

    def push(self, event: AmiMessage) -> None:
        """Add `event` if it is one of ours."""
        if self._names and event.event not in self._names:
            return
        self.dropped += len(self._events) == self._events.maxlen
        self._events.append(event)
        self._changed.set()

    def close(self) -> None:
        """Take no more; what is held can still be read."""
        self._closed = True
        self._changed.set()
        self._on_close(self)
