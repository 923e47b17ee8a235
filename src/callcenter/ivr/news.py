"""Dialogues: voice news. The items of a programme one after another, under the caller's hands."""

from collections.abc import Sequence
from typing import Final

import structlog

from callcenter.domain.errors import Refused, SoundMissing, SpeechUnavailable
from callcenter.domain.news import Item, KeptItem, Play, Programme, ProgrammeKind, Story
from callcenter.domain.refusals import Refusal
from callcenter.ivr.agent import reach_agent
from callcenter.ivr.catalogue import say
from callcenter.ivr.endings import GoBack
from callcenter.ivr.keys import Kind
from callcenter.ivr.news_words import spoken
from callcenter.ivr.phone import Sound
from callcenter.ivr.playback import Left, play_back
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.security import ask_security
from callcenter.ivr.session import Session

log = structlog.get_logger()

_STORY: Final = "story"
_LONGEST_NUMBER: Final = 12


async def market_news(session: Session) -> None:
    await _play_all(session, await session.news.current(ProgrammeKind.MARKET))


async def notices(session: Session) -> None:
    await _play_all(session, await session.news.current(ProgrammeKind.NOTICES))


async def guide(session: Session) -> None:
    await _play_all(session, await session.news.current(ProgrammeKind.GUIDE))


async def security_news(session: Session) -> None:
    """Ask for securities and play what there is about them, until the caller goes back."""
    while True:
        security = await ask_security(session, say(Prompt.ASK_NEWS_CODE), tradable=False)
        stories = await session.news.current(ProgrammeKind.SECURITY, security=security.id)
        await _play_all(session, stories)


async def mailbox(session: Session) -> None:
    """Ask for an expert's mailbox, and for its password if it has one."""
    chosen = await session.talk.ask(
        say(Prompt.ASK_MAILBOX), kind=Kind.NUMBER, check=lambda keyed: _mailbox(session, keyed)
    )
    if chosen.password is not None:
        await _unlock(session, chosen)
    await _play_all(session, await session.news.in_mailbox(chosen))


async def _mailbox(session: Session, keyed: str) -> Programme:
    return await session.news.mailbox(keyed[:_LONGEST_NUMBER])


async def _unlock(session: Session, chosen: Programme) -> None:
    """Raise `GoBack` after as many wrong passwords as there are tries."""
    for _ in range(session.talk.tries):
        password = await session.talk.ask_password(say(Prompt.ASK_MAILBOX_PASSWORD))
        if await session.news.opens(chosen, password):
            return
        await session.talk.refuse(Refused(Refusal.WRONG_MAILBOX_PASSWORD))
    raise GoBack


async def _play_all(session: Session, stories: Sequence[Story]) -> None:
    """Play the items in order; a call from another daemon begins with the one it was at."""
    if not stories:
        return await session.talk.say(say(Prompt.NEWS_NOTHING))
    start = next(
        (n for n, story in enumerate(stories) if story.key == session.draft.get(_STORY)), 0
    )
    await session.talk.say(say(Prompt.NEWS_KEYS))
    for number, story in enumerate(stories[start:], start=start + 1):
        await session.remember(**{_STORY: story.key})
        match await _play(session, story, number):
            case Left.BACK:
                return None
            case Left.AGENT:
                return await reach_agent(session)
            case Left.HUNG_UP:
                break  # whatever is said now finds that out
            case _:
                continue
    return await session.talk.say(say(Prompt.NEWS_END))


async def _play(session: Session, story: Story, number: int) -> Left:
    told = story.in_language(session.talk.language)
    elsewhere = told.item.language is not session.talk.language
    await session.talk.say(
        say(Prompt.NEWS_ITEM, number=number),
        *([say(Prompt.NEWS_OTHER_LANGUAGE)] if elsewhere else []),
    )
    try:
        return await _listen(session, told)
    except (SoundMissing, SpeechUnavailable) as error:
        log.warning("news.cannot_play", item=told.id, reason=str(error))
        await session.talk.say(say(Prompt.NEWS_CANNOT_PLAY))
        return Left.NEXT


async def _listen(session: Session, told: KeptItem) -> Left:
    """Play one item, and write down how much of it was heard, also by who hangs up."""
    name = f"news:{told.item.programme}/{told.item.key}"
    listened = await play_back(session.talk, _sound(session, told.item), name=name)
    play = Play(item=told.id, heard_s=listened.heard_s, whole=listened.left is Left.HEARD_OUT)
    account = session.customer.account if session.logged_in else None
    await session.news.played(play, session.station, account)
    return listened.left


def _sound(session: Session, item: Item) -> Sound:
    recorded = session.news.sound(item)
    return recorded if recorded is not None else spoken(item.text or "", item.language)
