"""Dialogue steps of the staff line: speaking after the tone, and hearing what was recorded."""

from collections.abc import Collection
from typing import Final
from uuid import uuid4

from callcenter.ivr.catalogue import say
from callcenter.ivr.endings import GoBack
from callcenter.ivr.keys import MENU_BACK
from callcenter.ivr.phone import Message
from callcenter.ivr.playback import Left, play_back
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.session import Session

_SHORTEST_S: Final = 1.0


async def spoken(session: Session, what: str, *, most_s: int | None = None) -> Message:
    """Return what was said after the tone, in a file that begins with `what`; raise `GoBack`."""
    name = f"{what}-{uuid4().hex[:8]}"
    for _ in range(session.talk.tries):
        await session.talk.say(say(Prompt.STAFF_SPEAK))
        message = await session.talk.record(name, most_s=most_s)
        if message.seconds >= _SHORTEST_S:
            return message
        await session.talk.say(say(Prompt.STAFF_NOT_HEARD))
    raise GoBack


async def judged(
    session: Session, message: Message, choices: Prompt, *, among: Collection[str]
) -> str:
    """Play the recording, and return the key that tells what becomes of it."""
    if message.file is not None:
        listened = await play_back(session.talk, message.file, name="recording")
        if listened.left is Left.BACK:
            return MENU_BACK
    return await session.talk.choose(say(choices), among=among)
