"""A caller of flesh and blood, nearly: hears what is said, keys when asked, hangs up."""

import asyncio
from collections.abc import Mapping
from typing import Final, TypeVar

from callcenter.domain.calls import Language
from callcenter.telephony.sipcaller import ScriptedCall
from tests.e2e.voice import Announcement, Voice, words
from tests.hear import RATE_HZ, Heard, NotHeard, Recording, Samples

_LOOK_EVERY_S: Final = 0.25
_PATIENCE_S: Final = 15.0

Name = TypeVar("Name")


class Caller:
    """
    One call. What is heard is recognised by its sound.

    Everything that is waited for comes after what was heard before, so a conversation that is
    written down here was held in this order.
    """

    def __init__(self, call: ScriptedCall, voice: Voice, number: str) -> None:
        self.call = call
        self.number = number
        self.language = Language.ZH
        self._voice = voice
        self._heard_until = 0  # samples

    async def hears(self, *said: Announcement, within_s: float = _PATIENCE_S) -> None:
        """Wait until each of these has begun, one after another."""
        for announcement in said:
            await self.hears_one_of({"": announcement}, within_s=within_s)

    async def hears_one_of(
        self, said: Mapping[Name, Announcement], *, within_s: float = _PATIENCE_S
    ) -> Name:
        """Wait until one of these has begun, and return its name."""
        heads = {name: await self._head(said[name]) for name in said}
        name, heard = await self._first(heads, within_s)
        self._heard_until += round(heard.until_s * RATE_HZ)
        return name

    async def hears_out(self, *said: Announcement, within_s: float = 2 * _PATIENCE_S) -> None:
        """Wait until each of these was said to the end, one after another."""
        for announcement in said:
            whole = await self._voice.sound(announcement, self.language)
            _, heard = await self._first({words(announcement): whole}, within_s)
            self._heard_until += round(heard.until_s * RATE_HZ)

    async def keys(self, keys: str) -> float:
        """Press the keys, and return when the last one went up."""
        return (await self.call.press(keys))[-1]

    async def answers(self, *turns: tuple[Announcement, str]) -> None:
        """Hear a question begin and key the answer into it, again and again."""
        for question, keys in turns:
            await self.hears(question)
            await self.keys(keys)

    async def _head(self, announcement: Announcement) -> Samples:
        return await self._voice.head(announcement, self.language)

    async def _first(self, wanted: Mapping[Name, Samples], within_s: float) -> tuple[Name, Heard]:
        shortest_s = min(len(sound) for sound in wanted.values()) / RATE_HZ
        try:
            async with asyncio.timeout(within_s):
                while (found := self._search(wanted)) is None:
                    await self.call.stay(_LOOK_EVERY_S)
        except TimeoutError:
            names = " | ".join(str(name) for name in wanted)
            raise NotHeard(f"not within {within_s:g} s: {names} (≥ {shortest_s:.1f} s)") from None
        return found

    def _search(self, wanted: Mapping[Name, Samples]) -> tuple[Name, Heard] | None:
        recent = Recording(self.call.audio[self._heard_until :] / 32768)
        found = [(name, heard) for name in wanted for heard in recent.find(wanted[name])]
        return min(found, key=lambda each: each[1].at_s, default=None)
