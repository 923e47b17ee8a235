"""Where a call comes in: opens it in the book, serves it, and writes down how it ended."""

from dataclasses import dataclass
from datetime import timedelta

import structlog

from callcenter.domain.calls import STAFF_DID, Call, CallEnd, Place
from callcenter.domain.clock import Clock
from callcenter.domain.errors import CallcenterError, CallerHungUp, LineLost, StoreUnavailable
from callcenter.ivr.catalogue import say
from callcenter.ivr.conversation import Conversation
from callcenter.ivr.hotline import hotline
from callcenter.ivr.keys import Timing
from callcenter.ivr.last_calls import LastCalls
from callcenter.ivr.menus.live import Live, dialled
from callcenter.ivr.menus.switching import Menus
from callcenter.ivr.phone import Phone
from callcenter.ivr.ports import CallBook
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.session import Services, Session
from callcenter.ivr.staff_line import staff_line

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """Takes calls, any number at once. Every call has its own session; nothing is shared."""

    menus: Menus
    book: CallBook
    services: Services
    clock: Clock
    timing: Timing
    left_off_within: timedelta = timedelta(minutes=10)

    async def take(self, phone: Phone) -> CallEnd:
        """
        Serve one call to its end and return how it ended. The call keeps its menu meanwhile.

        If we are cancelled the call is not over: it goes on in another daemon.
        """
        live = await self._menu_of(phone.call)
        try:
            place = await self.book.open(phone.call, live.version)
        except StoreUnavailable:
            return await self._apologise(self._talk(phone, live), Prompt.MAINTENANCE)
        if place is not None:
            live = await self.menus.had(place.menu)
        talk = self._talk(phone, live)
        if place is not None:
            talk.forget_keys()
        start = place or self._start(phone.call, live)
        last_calls = LastCalls(self.book, self.clock, within=self.left_off_within)
        session = Session(talk, self.services, self.book, start, last_calls)
        end = await self._serve(session, live, resumed=place is not None)
        talk.finish(end.value)
        await self._close(phone, end)
        return end

    async def _menu_of(self, call: Call) -> Live:
        """Return the menu in force, or the one that this call is to try."""
        return (
            self.menus.current if call.tries_menu is None else await self.menus.had(call.tries_menu)
        )

    def _talk(self, phone: Phone, live: Live) -> Conversation:
        return Conversation(phone, live.catalogue, self.book, self.clock, self.timing)

    def _start(self, call: Call, live: Live) -> Place:
        return Place(language=live.line_of(dialled(call)).language, menu=live.version)

    async def _serve(self, session: Session, live: Live, *, resumed: bool) -> CallEnd:
        try:
            if session.talk.call.did == STAFF_DID:
                return await staff_line(session)
            return await hotline(session, live, self.clock, resumed=resumed)
        except CallerHungUp as gone:
            return _end(gone)
        except CallcenterError as error:
            log.warning("call.broken", error=str(error))
            return await self._apologise(session.talk, Prompt.MAINTENANCE)
        except Exception:
            log.exception("call.failed")
            return await self._apologise(session.talk, Prompt.FAULT)

    async def _apologise(self, talk: Conversation, why: Prompt) -> CallEnd:
        try:
            await talk.say(say(why))
        except CallerHungUp as gone:
            return _end(gone)
        return CallEnd.FAILED

    async def _close(self, phone: Phone, end: CallEnd) -> None:
        try:
            await self.book.close(phone.call.id, end, self.clock.now())
        except StoreUnavailable as error:
            log.warning("call.close_failed", error=str(error))


def _end(gone: CallerHungUp) -> CallEnd:
    return CallEnd.LOST if isinstance(gone, LineLost) else CallEnd.HUNG_UP
