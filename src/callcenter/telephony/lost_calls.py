"""Closes the calls that ended while no daemon was looking."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from callcenter.domain.calls import CallEnd, CallId
from callcenter.domain.clock import Clock
from callcenter.domain.errors import StoreUnavailable
from callcenter.telephony.ami import AmiClient, AmiError

log = structlog.get_logger()


class OpenCalls(Protocol):
    """The part of the call book that knows which calls have no end yet."""

    async def open_calls(self, prefix: str, before: datetime) -> Sequence[CallId]: ...

    async def close(self, call: CallId, end: CallEnd, at: datetime) -> None: ...


class LostCalls:
    """
    Compares the open calls of one Asterisk, known by its system name, with its channels.

    A call that is younger than `grace` may not be in Asterisk's list yet. Before one is closed,
    `rescue` keeps what was said in it.
    """

    def __init__(
        self,
        ami: AmiClient,
        book: OpenCalls,
        clock: Clock,
        system_name: str,
        *,
        every_s: float,
        grace: timedelta,
        rescue: Callable[[CallId], Awaitable[None]],
    ) -> None:
        self._ami = ami
        self._book = book
        self._clock = clock
        self._prefix = f"{system_name}-"
        self._every_s = every_s
        self._grace = grace
        self._rescue = rescue

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            await asyncio.sleep(self._every_s)
            await self.once()

    async def once(self) -> None:
        """Close as lost what is open in the book and has no channel."""
        now = self._clock.now()
        try:
            open_calls = await self._book.open_calls(self._prefix, now - self._grace)
            living = await self._living() if open_calls else set()
            for call in [call for call in open_calls if call not in living]:
                await self._rescue(call)
                await self._book.close(call, CallEnd.LOST, now)
                log.info("call.found_lost", call_id=call)
        except (AmiError, StoreUnavailable) as error:
            log.warning("lost_calls.not_checked", reason=str(error))

    async def _living(self) -> set[str]:
        answer = await self._ami.action("CoreShowChannels")
        return {row.get("Uniqueid") for row in answer.events}
