"""Dialogue of the staff line: say a prompt of the hotline in one's own voice."""

from typing import Final

from callcenter.domain.calls import Language
from callcenter.domain.errors import NotASound, Refused, SoundMissing, SpeechUnavailable
from callcenter.domain.news import StaffMember
from callcenter.domain.refusals import Refusal
from callcenter.ivr.catalogue import say
from callcenter.ivr.endings import GoBack
from callcenter.ivr.keys import MENU_BACK, Kind
from callcenter.ivr.phone import Message
from callcenter.ivr.playback import Left, play_back
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.recordable import Recordable
from callcenter.ivr.session import Session
from callcenter.ivr.staff_takes import judged, spoken

_LANGUAGES: Final = {"1": Language.ZH, "2": Language.EN}


async def record_prompt(session: Session, member: StaffMember) -> None:
    """Record until it is played to callers or dropped. The line itself keeps its language."""
    prompt = await _wanted(session)
    await _play_present(session, prompt)
    while True:
        message = await spoken(session, "prompt")
        match await judged(session, message, Prompt.STAFF_PROMPT_CHOICES, among="123"):
            case "1":  # accept
                return await _accept(session, member, prompt, message)
            case "2":  # again
                continue
            case _:
                return await session.talk.say(say(Prompt.STAFF_DROPPED))


async def _wanted(session: Session) -> Recordable:
    key = await session.talk.choose(say(Prompt.ASK_PROMPT_LANGUAGE), among=_LANGUAGES)
    if key == MENU_BACK:
        raise GoBack

    async def found(number: str) -> Recordable:
        prompt = session.prompts.find(number, _LANGUAGES[key])
        if prompt is None:
            raise Refused(Refusal.NO_SUCH_PROMPT)
        return prompt

    return await session.talk.ask(say(Prompt.ASK_PROMPT_NUMBER), kind=Kind.NUMBER, check=found)


async def _play_present(session: Session, prompt: Recordable) -> None:
    """Play what callers hear now; raise `GoBack` for who leaves it by the back key."""
    await session.talk.say(say(Prompt.STAFF_PROMPT_NOW))
    try:
        listened = await play_back(session.talk, prompt.utterance, name="present prompt")
    except (SoundMissing, SpeechUnavailable):
        return await session.talk.say(say(Prompt.NEWS_CANNOT_PLAY))  # the more it is wanted
    if listened.left is Left.BACK:
        raise GoBack


async def _accept(
    session: Session, member: StaffMember, prompt: Recordable, message: Message
) -> None:
    by, station = f"staff {member.number}", session.station
    try:
        await session.prompts.put(prompt, message.file or "", by=by, station=station)
    except NotASound:
        return await session.talk.say(say(Prompt.STAFF_NOT_HEARD))
    return await session.talk.say(say(Prompt.STAFF_PROMPT_TAKEN))
