"""Which menu a call gets: the one in force when it comes in, to its end."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from callcenter.domain.errors import CallcenterError, StoreUnavailable
from callcenter.domain.menus import in_force
from callcenter.ivr.menus.faults import BadMenu
from callcenter.ivr.menus.live import Live
from callcenter.ivr.menus.ports import MenuBook

log = structlog.get_logger()


class Menus:
    """
    The menus of one daemon.

    `read` proves a text and raises `BadMenu`; `prepare` has the words of a menu ready before calls
    get it. While the store does not answer, what is in force stays.
    """

    def __init__(
        self,
        shipped: Live,
        book: MenuBook,
        read: Callable[[str, int], Live],
        *,
        prepare: Callable[[Live], Awaitable[None]] | None = None,
        every_s: float = 1.0,
    ) -> None:
        self._shipped = shipped
        self._book = book
        self._read = read
        self._prepare = prepare
        self._every_s = every_s
        self._seen = 0
        self._known: dict[int, Live] = {}
        self.current = shipped

    async def had(self, version: int | None) -> Live:
        """Return the menu of a call that comes from another daemon, or else the current one."""
        if version is None:
            return self._shipped
        try:
            return await self._version(version)
        except (BadMenu, StoreUnavailable) as error:
            log.warning("menu.not_had", version=version, reason=str(error))
            return self.current

    async def run(self) -> None:
        """Look for activations until cancelled."""
        while True:
            try:
                await self.look()
            except StoreUnavailable as error:
                log.warning("menu.not_looked", reason=str(error))
            await asyncio.sleep(self._every_s)

    async def look(self) -> None:
        """Put into force what was activated last. What has a fault is passed over, and reported."""
        newest = await self._book.newest()
        if newest == self._seen:
            return
        live = await self._best()
        if live is not self.current:
            await self._speak_ahead(live)
            log.info("menu.switched", version=live.version, before=self.current.version)
        self.current, self._seen = live, newest

    async def _speak_ahead(self, live: Live) -> None:
        """Have its words ready. If that fails, calls wait for them instead."""
        if self._prepare is None:
            return
        try:
            await self._prepare(live)
        except (CallcenterError, OSError) as error:
            log.warning("menu.not_spoken_ahead", version=live.version, reason=str(error))

    async def _best(self) -> Live:
        for activation in reversed(in_force(await self._book.activations())):
            if activation.version is None:
                break
            try:
                return await self._version(activation.version)
            except BadMenu as error:
                log.error("menu.refused", version=activation.version, reason=str(error))  # noqa: TRY400  the reason says all
        return self._shipped

    async def _version(self, number: int) -> Live:
        if number not in self._known:
            kept = await self._book.version(number)
            if kept is None:
                raise BadMenu([])
            # A long file takes a while to prove, and calls go on meanwhile.
            self._known[number] = await asyncio.to_thread(self._proved, kept.text, number)
        return self._known[number]

    def _proved(self, text: str, number: int) -> Live:
        try:
            return self._read(text, number)
        except BadMenu:
            raise
        except Exception as error:
            # A defect of ours in the proof must not take the daemon along, with all its calls.
            log.exception("menu.not_proved", version=number)
            raise BadMenu([]) from error
