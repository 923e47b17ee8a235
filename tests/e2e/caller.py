"""A caller of flesh and blood, nearly: hears what is said, keys when asked, hangs up."""

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final

from callcenter.domain.calls import Language
from callcenter.telephony.sipcaller import CallEnded, ScriptedCall, g711
from tests.e2e.said import GREETING
from tests.e2e.voice import Announcement, Voice, words
from tests.hear import RATE_HZ, Heard, NotHeard, Recording, Samples

_LOOK_EVERY_S: Final = 0.25
_PATIENCE_S: Final = 15.0
_CUT: Final = RATE_HZ // 10  # what the end of a call may cut off
# After a short pause of the far end, sound may be put on the time line so much too early.
_EARLY_S: Final = 0.25
_LATE_S: Final = 0.5  # so much later than it should a packet may arrive


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
        self._heard_from = self._heard_until = call.dialled_at

    async def hears(self, *said: Announcement, within_s: float = _PATIENCE_S) -> None:
        """Wait until each of these has begun, one after another."""
        for announcement in said:
            await self.hears_one_of(
                {words(announcement, language=self.language): announcement}, within_s=within_s
            )

    async def hears_one_of(
        self, said: Mapping[str, Announcement], *, within_s: float = _PATIENCE_S
    ) -> str:
        """Wait until one of these has begun, and return its name."""
        heads = {name: await self._voice.head(said[name], self.language) for name in said}
        return await self._first(heads, within_s)

    async def hears_out(self, *said: Announcement, within_s: float = 2 * _PATIENCE_S) -> None:
        """Wait until each of these was said to the end, one after another."""
        for announcement in said:
            whole = (await self._voice.sound(announcement, self.language))[:-_CUT]
            await self._first({words(announcement, language=self.language): whole}, within_s)

    async def hears_the_rest(self, said: Announcement) -> None:
        """Wait until what has just begun was said to the end, now or when it is said again."""
        self._heard_until = self._heard_from - _LATE_S
        await self.hears_out(said)

    async def hears_sound(
        self, name: str, sound: Samples, *, within_s: float = _PATIENCE_S
    ) -> None:
        """Wait until a sound has begun that is no announcement of ours."""
        await self._first({name: sound}, within_s)

    async def keys(self, keys: str) -> float:
        """Press the keys, and return when the last one went up."""
        return (await self.call.press(keys))[-1]

    async def bursts(self, keys: str) -> None:
        """Press the keys as fast as one does who knows them by heart."""
        await self.call.press(keys, key_ms=60, gap_ms=60)

    async def answers(self, *turns: tuple[Announcement, str]) -> None:
        """Hear a question begin and key the answer into it, again and again."""
        for question, keys in turns:
            await self.hears(question)
            await self.keys(keys)

    async def hurries(self, turns: Sequence[tuple[Announcement, str]]) -> None:
        """Key all these answers in one burst, without listening to the questions."""
        if turns:
            await self.hears(GREETING)
            await self.bursts("".join(keys for _, keys in turns))

    async def _first(self, wanted: Mapping[str, Samples], within_s: float) -> str:
        deadline = time.monotonic() + within_s
        longest_s = max(len(sound) for sound in wanted.values()) / RATE_HZ
        since = max(self._heard_until - _EARLY_S, self.call.dialled_at)
        while time.monotonic() < deadline:
            ending = self.call.ending
            recent = self.call.audio_since(since)
            if (found := _earliest(wanted, recent)) is not None:
                name, heard = found
                self._heard_from = since + heard.at_s
                self._heard_until = since + heard.until_s
                return name
            if ending is not None:
                raise CallEnded(ending)
            since = max(since, since + len(recent) / RATE_HZ - longest_s - _LATE_S)
            with suppress(CallEnded):  # its last words may be what we wait for
                await self.call.stay(_LOOK_EVERY_S)
        raise NotHeard(f"not within {within_s:g} s: {' | '.join(wanted)}")


def _earliest(wanted: Mapping[str, Samples], sound: g711.Samples) -> tuple[str, Heard] | None:
    recording = Recording(sound / 32768)
    found = [(name, heard) for name in wanted for heard in recording.find(wanted[name])]
    return min(found, key=lambda each: each[1].at_s, default=None)
