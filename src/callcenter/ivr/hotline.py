"""The hotline: one call, from the greeting to the end, along its menu."""

from functools import partial

from callcenter.domain.calls import CallEnd
from callcenter.ivr.catalogue import say
from callcenter.ivr.dialogues import DIALOGUES
from callcenter.ivr.endings import GoBack, Goodbye, LockedOut
from callcenter.ivr.entering import go_into
from callcenter.ivr.login import login
from callcenter.ivr.menus.plan import Entry, Line, Menu, Plan
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.session import Session


async def hotline(session: Session, plan: Plan, *, resumed: bool) -> CallEnd:
    """Serve the caller until the call ends; return how it did. Hanging up is one way."""
    line = plan.line_of(session.talk.call)
    try:
        await session.recall_customer()
        if not resumed:
            await _greet(session, line)
        await _Visit(session, plan, line).of(plan.menus[line.menu])
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
    """One caller's way through one menu."""

    def __init__(self, session: Session, plan: Plan, line: Line) -> None:
        self._session = session
        self._plan = plan
        self._top = line.menu

    async def of(self, menu: Menu) -> None:
        """Offer the menu again and again, until the caller goes back. Nothing is above the top."""
        while True:
            entry = await self._chosen(menu)
            if entry is not None:
                await go_into(self._session, entry.name, partial(self._follow, entry))
            elif menu.name != self._top:
                return

    async def _chosen(self, menu: Menu) -> Entry | None:
        step = self._session.next_step(among=menu.names)
        if step is not None:
            return menu.named(step)
        words = menu.words(top=menu.name == self._top)
        try:
            key = await self._session.talk.choose(*words, among=menu.keys)
        except GoBack:
            if menu.name == self._top:
                raise Goodbye from None
            return None
        return menu.at(key)

    async def _follow(self, entry: Entry, session: Session) -> None:
        dialogue = DIALOGUES.get(entry.dialogue or "")
        if entry.login or (dialogue is not None and dialogue.login):
            await login(session)
        if dialogue is not None:
            return await dialogue.run(session)
        return await self.of(self._plan.menus[entry.menu or ""])
