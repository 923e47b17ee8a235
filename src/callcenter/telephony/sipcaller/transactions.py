"""Sending until answered over a line that loses datagrams (RFC 3261 section 17)."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Final, Generic, TypeVar

from callcenter.telephony.sipcaller.messages import Request, Response

_TIMER_SLACK_S: Final = 1e-6  # by so much a timer may come early
_K = TypeVar("_K")
_V = TypeVar("_V")


@dataclass(frozen=True, slots=True, kw_only=True)
class Timers:
    """The two times from which RFC 3261 derives all others; its values are the defaults."""

    t1_s: float = 0.5
    t2_s: float = 4.0

    @property
    def patience_s(self) -> float:
        """How long a transaction is tried (timers B, F and H)."""
        return 64 * self.t1_s


class Repeated:
    """Sends at once, and again after T1, 2 T1, 4 T1 … until stopped or out of patience."""

    def __init__(
        self,
        send: Callable[[], None],
        timers: Timers,
        *,
        longest_pause_s: float = inf,
        gives_up: Callable[[], None] = lambda: None,
    ) -> None:
        self._send = send
        self._longest_pause_s = longest_pause_s
        self._gives_up = gives_up
        self._loop = asyncio.get_running_loop()
        self._until = self._loop.time() + timers.patience_s
        self._timer: asyncio.TimerHandle | None = None
        self._again(timers.t1_s)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _again(self, pause_s: float) -> None:
        now = self._loop.time()
        if now >= self._until - _TIMER_SLACK_S:
            self._gives_up()
            return
        self._send()
        following = min(2 * pause_s, self._longest_pause_s)
        wait_s = min(pause_s, self._until - now)
        self._timer = self._loop.call_later(wait_s, self._again, following)


class ClientTransaction:
    """
    A request of ours and what becomes of it.

    `final` is done with the final response, or with None when nobody answered. Every response
    up to that one is first given to `on_response`. An INVITE that rings is not sent again and
    may ring for ever: whoever awaits it decides how long.
    """

    def __init__(
        self,
        request: Request,
        *,
        send: Callable[[], None],
        on_response: Callable[[Response], None],
        timers: Timers,
    ) -> None:
        self.request = request
        self.rings = False
        self.final: asyncio.Future[Response | None] = asyncio.get_running_loop().create_future()
        self._on_response = on_response
        longest = inf if request.method == "INVITE" else timers.t2_s
        self._repeated = Repeated(
            send, timers, longest_pause_s=longest, gives_up=lambda: self._finish(None)
        )

    def take(self, response: Response) -> None:
        if self.final.done():
            return
        if self.request.method == "INVITE":
            self._repeated.stop()
        self.rings = True
        self._on_response(response)
        if response.status >= 200:
            self._finish(response)

    def stop(self) -> None:
        """Send no more. A response that comes all the same is still taken."""
        self._repeated.stop()

    def _finish(self, response: Response | None) -> None:
        self._repeated.stop()
        if not self.final.done():
            self.final.set_result(response)


class Recent(Generic[_K, _V]):
    """Remembers the latest entries, for when a datagram is repeated; forgets the oldest."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._entries: OrderedDict[_K, _V] = OrderedDict()

    def remember(self, key: _K, value: _V) -> None:
        self._entries[key] = value
        if len(self._entries) > self._size:
            self._entries.popitem(last=False)

    def get(self, key: _K) -> _V | None:
        return self._entries.get(key)
