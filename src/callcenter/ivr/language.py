"""Dialogue: the other language, for the rest of the call."""

from callcenter.ivr.session import Session


async def switch_language(session: Session) -> None:
    await session.speak(session.talk.language.other())
