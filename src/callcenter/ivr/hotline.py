"""The hotline: one call, from the greeting to the end, along its menu."""

from contextlib import suppress
from functools import partial

from callcenter.domain.calls import CallEnd
from callcenter.domain.clock import Clock
from callcenter.ivr.agent import come_back_from_agent, reach_agent
from callcenter.ivr.catalogue import say
from callcenter.ivr.dialogues import DIALOGUES
from callcenter.ivr.endings import GoBack, GoElsewhere, Goodbye, LockedOut
from callcenter.ivr.entering import go_into
from callcenter.ivr.login import login
from callcenter.ivr.menus.live import Live, dialled
from callcenter.ivr.menus.plan import Entry, Line, Menu
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.session import Session


async def hotline(session: Session, live: Live, clock: Clock, *, resumed: bool) -> CallEnd:
    """Serve the caller until the call ends; return how it did. Hanging up is one way."""
    line = live.line_of(dialled(session.talk.call))
    try:
        await session.recall_customer()
        session.talk.agents_by(partial(reach_agent, session))
        if resumed:
            await come_back_from_agent(session)
        else:
            await _greet(session, line)
        visit = _Visit(session, live, clock, line)
        while True:
            with suppress(GoElsewhere):  # from the top again
                await visit.of(live.plan.menus[line.menu])
    except Goodbye:
        await session.talk.say(say(Prompt.GOODBYE))
    except LockedOut:
        return CallEnd.LOCKED_OUT
    return CallEnd.GOODBYE


async def _greet(session: Session, line: Line) -> None:
    branch = session.talk.call.branch
    slots = {} if branch is None else {"branch": int(branch)}
    await session.talk.say(*(say(greeting, **slots) for greeting in line.greeting))


class _Visit:
    """One caller's way through the menus of one call."""

    def __init__(self, session: Session, live: Live, clock: Clock, line: Line) -> None:
        self._session = session
        self._live = live
        self._clock = clock
        self._top = line.menu

    async def of(self, menu: Menu) -> None:
        """Offer the menu again and again, until the caller goes back. Nothing is above the top."""
        while True:
            mine = menu.for_(dialled(self._session.talk.call, self._session.talk.language))
            step = self._session.next_step(among=mine.names)
            entry = await self._chosen(mine) if step is None else mine.named(step)
            if entry is not None:
                await go_into(self._session, entry.name, partial(self._follow, entry))
            elif menu.name != self._top:
                return

    async def _chosen(self, menu: Menu) -> Entry | None:
        """Return what the caller chose, once it is open, or None to go back."""
        is_top = menu.name == self._top
        while True:
            offered = self._live.offered(menu, self._clock.now())
            try:
                key = await self._session.talk.choose(
                    *offered.words(top=is_top), among=offered.keys
                )
            except GoBack:
                if is_top:
                    raise Goodbye from None
                return None
            entry = offered.at(key)
            if entry is None or self._live.is_open(entry, self._clock.now()):
                return entry
            await self._session.talk.say(say(entry.outside or Prompt.MENU_CLOSED))

    async def _follow(self, entry: Entry, session: Session) -> None:
        dialogue = DIALOGUES.get(entry.dialogue or "")
        if entry.login or (dialogue is not None and dialogue.login):
            await login(session)
        if dialogue is not None:
            return await dialogue.run(session)
        return await self.of(self._live.plan.menus[entry.menu or ""])
