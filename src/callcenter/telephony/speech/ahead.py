"""Renders, while nobody waits, what calls had to be told by pieces or by a poor voice."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

import structlog

from callcenter.domain.errors import SpeechUnavailable
from callcenter.telephony.speech.clips import telephone_clip
from callcenter.telephony.speech.engine import Engine
from callcenter.telephony.speech.files import SoundFolder
from callcenter.telephony.speech.phrases import Phrase
from callcenter.telephony.speech.stock import rendered_name

_OFTEN: Final = 3  # times that pieces were good enough
_MOST: Final = 500  # phrases that wait
_COUNTED: Final = 5_000  # phrases whose wishes are counted: about 1.5 MB

log = structlog.get_logger()


class RendersAhead:
    """
    Makes wishes true, one at a time; `done` hears of each.

    What is put together out of pieces is rendered whole once it is frequent: of the `counted`
    phrases that were wished last, since most are wished but once. Nothing is lost with the list
    of wishes: whoever calls next wishes again.
    """

    def __init__(
        self,
        engine: Engine,
        folder: SoundFolder,
        done: Callable[[], None],
        *,
        counted: int = _COUNTED,
    ) -> None:
        self._engine = engine
        self._folder = folder
        self._done = done
        self._waiting: asyncio.Queue[Phrase] = asyncio.Queue(_MOST)
        self._counted = counted
        self._wished: OrderedDict[Phrase, int] = OrderedDict()

    def wish(self, phrase: Phrase, urgent: bool) -> None:
        """Have a phrase rendered: at once if `urgent`, else when it was wished often."""
        times = self._count(phrase)
        if times == (1 if urgent else _OFTEN) and not self._waiting.full():
            self._waiting.put_nowait(phrase)

    def _count(self, phrase: Phrase) -> int:
        times = self._wished[phrase] = self._wished.pop(phrase, 0) + 1
        if len(self._wished) > self._counted:
            self._wished.popitem(last=False)
        return times

    async def run(self) -> None:
        """Render until cancelled."""
        while True:
            phrase = await self._waiting.get()
            try:
                await self._render(phrase)
            except (SpeechUnavailable, OSError) as error:
                log.warning("speech.not_rendered_ahead", words=phrase.words, reason=str(error))

    async def _render(self, phrase: Phrase) -> None:
        ending = "。" if phrase.final else "，"
        pcm = await self._engine.render(phrase.words.rstrip("。！？.!?") + ending, phrase.language)
        sound = await asyncio.to_thread(telephone_clip, pcm)
        if not sound:
            raise SpeechUnavailable("the voice made no sound")
        name = rendered_name(phrase, await self._engine.voice(phrase.language))
        await asyncio.to_thread(self._folder.write, name, sound)
        self._done()
