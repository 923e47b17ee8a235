"""The shelf of sounds: whatever has been said once is there to be played again."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from typing import Final

import structlog

from callcenter.domain.calls import Language
from callcenter.domain.errors import SpeechUnavailable
from callcenter.ivr.phone import Utterance
from callcenter.ivr.speech import Speech
from callcenter.telephony.speech.clips import silence, telephone_clip
from callcenter.telephony.speech.engine import Engine
from callcenter.telephony.speech.files import SoundFolder, name_of
from callcenter.telephony.speech.phrases import Phrase, cut
from callcenter.telephony.speech.said import LatelySaid
from callcenter.telephony.speech.stock import Stock, Take

_AT_ONCE: Final = 2
_UNTIL_BETTER_S: Final = 30.0

log = structlog.get_logger()

Progress = Callable[[int, int], None]


Wish = Callable[[Phrase, bool], None]  # and whether a poor voice says it now


@dataclass(frozen=True, slots=True)
class _Clip:
    phrase: Phrase
    name: str
    pause_ms: int  # behind it
    take: Take | None = None  # without one the engine says it


@dataclass(frozen=True, slots=True)
class _Plan:
    """How an utterance becomes a file: its clips, and the name of what they make together."""

    language: Language
    clips: tuple[_Clip, ...]
    folder: SoundFolder
    name: str
    best: bool  # no better sound of it will follow

    @property
    def path(self) -> str:
        return self.folder.path(self.name)


class SoundShelf(Speech):
    """
    Speaks by files: a clip for each phrase, joined into one file for each utterance.

    A clip is what the stock has; the engine speaks what it has not, and `wish` hears of that.
    Clips stay; of the joined files the ones unused for longest go once they take more than
    `most_bytes`. Shelves of several daemons may share a directory, so whether a file is still
    there is looked at once every `trusts_s`, and anew for what is not among the `most_known`
    utterances that were said last: most have a number that nobody hears twice.
    """

    def __init__(
        self,
        directory: Path,
        engine: Engine,
        stock: Stock | None = None,
        *,
        wish: Wish = lambda *_: None,
        most_bytes: int = 2**30,
        trusts_s: float = 3600.0,
        most_known: int = 2048,
    ) -> None:
        self._engine = engine
        self._stock = stock or Stock()
        self._wish = wish
        self._clips = SoundFolder(directory / "clips")
        self._joined = SoundFolder(directory / "joined")
        self._most_bytes = most_bytes
        self._joined_bytes: int | None = None
        self._trusts_s = trusts_s
        self._known = LatelySaid(most_known)
        self._making: dict[str, asyncio.Task[bytes]] = {}

    async def sound(self, utterance: Utterance) -> str:
        if path := self._known.path(utterance):
            return path
        plan = await self._plan(utterance)
        await self._make(plan)
        return self._remember(utterance, plan)

    async def renew(self, utterance: Utterance) -> str:
        plan = await self._plan(utterance)
        log.error("speech.sound_missing", file=plan.path)
        await self._make(plan, again=True)
        return self._remember(utterance, plan)

    async def warm(
        self, utterances: Iterable[Utterance], progress: Progress | None = None
    ) -> list[Utterance]:
        """
        Have all these ready to play; return the ones that no voice can speak.

        What the stock has is ready: to join it takes a millisecond.
        `progress` hears after each one how many are done, of how many.
        """
        wanted = list(dict.fromkeys(utterances))
        waiting, failed, done = iter(wanted), list[Utterance](), count(1)

        async def work() -> None:
            for utterance in waiting:
                try:
                    if not await self._is_in_stock(utterance):
                        await self.sound(utterance)
                except SpeechUnavailable:
                    failed.append(utterance)
                if progress:
                    progress(next(done), len(wanted))

        await asyncio.gather(*(work() for _ in range(_AT_ONCE)))
        return failed

    async def _is_in_stock(self, utterance: Utterance) -> bool:
        covered = await self._covered(list(cut(utterance)))
        return bool(covered) and all(isinstance(one, Take) and one.best for one in covered)

    def forget(self) -> None:
        """Look at the stock again: it has other sounds now."""
        self._known.clear()

    def _remember(self, utterance: Utterance, plan: _Plan) -> str:
        trusted_s = self._trusts_s if plan.best else min(self._trusts_s, _UNTIL_BETTER_S)
        self._known.remember(utterance, plan.path, trusted_s)
        return plan.path

    async def _plan(self, utterance: Utterance) -> _Plan:
        phrases = list(cut(utterance))
        if not phrases:
            raise SpeechUnavailable("there is nothing to say")
        covered = await self._covered(phrases)
        clips = tuple([await self._planned(one) for one in covered])
        best = all(clip.take is not None and clip.take.best for clip in clips)
        if len(clips) == 1 and clips[0].take is None:
            return _Plan(utterance.language, clips, self._clips, clips[0].name, best)
        name = name_of(*(f"{clip.name} {clip.pause_ms}" for clip in clips))
        return _Plan(utterance.language, clips, self._joined, name, best)

    async def _covered(self, phrases: Sequence[Phrase]) -> Sequence[Take | Phrase]:
        try:
            return await asyncio.to_thread(self._stock.cover, phrases)
        except OSError as error:
            log.warning("speech.stock_unreadable", reason=str(error))
            return phrases

    async def _planned(self, covered: Take | Phrase) -> _Clip:
        if isinstance(covered, Take):
            if covered.instead_of is not None:
                self._wish(covered.instead_of, False)
            return _Clip(covered.phrase, covered.name, covered.pause_ms, covered)
        self._wish(covered, True)
        voice = await self._engine.voice(covered.language)
        name = name_of(covered.words, covered.language, voice)
        return _Clip(covered, name, covered.pause_ms)

    async def _make(self, plan: _Plan, *, again: bool = False) -> None:
        try:
            if not again and await asyncio.to_thread(plan.folder.touch, plan.name):
                return
            sounds = await asyncio.gather(
                *(self._clip(clip, plan.language, again=again) for clip in plan.clips)
            )
            if plan.folder is self._joined:
                await self._keep(plan, sounds)
        except OSError as e:
            raise SpeechUnavailable(f"{plan.path}: {e}") from e

    async def _keep(self, plan: _Plan, sounds: Sequence[bytes]) -> None:
        *pauses, _ = [silence(clip.pause_ms) for clip in plan.clips]
        joined = b"".join(chain.from_iterable(zip(sounds, [*pauses, b""], strict=True)))
        await asyncio.to_thread(self._joined.write, plan.name, joined)
        if self._joined_bytes is not None:
            self._joined_bytes += len(joined)
        if self._joined_bytes is None or self._joined_bytes > self._most_bytes:
            self._joined_bytes = await asyncio.to_thread(self._joined.drop_oldest, self._most_bytes)
            self._known.clear()

    async def _clip(self, clip: _Clip, language: Language, *, again: bool) -> bytes:
        """Return the sound of a clip; whoever asks for it meanwhile waits for the same one."""
        if clip.take is not None:
            return await asyncio.to_thread(clip.take.read)
        making = self._making.get(clip.name)
        if making is None:
            making = asyncio.create_task(self._render(clip, language, again=again))
            self._making[clip.name] = making
            making.add_done_callback(lambda done: self._made(clip.name, done))
        # Shielded: if this caller hangs up, the others still want it.
        return await asyncio.shield(making)

    async def _render(self, clip: _Clip, language: Language, *, again: bool) -> bytes:
        kept = await asyncio.to_thread(self._clips.read, clip.name)
        if kept and not again:
            return kept
        try:
            return await self._spoken(clip, language)
        except SpeechUnavailable:
            if not kept:
                raise
            return kept  # perhaps it was not this clip that was broken

    async def _spoken(self, clip: _Clip, language: Language) -> bytes:
        pcm = await self._engine.render(clip.phrase.words, language)
        made = await asyncio.to_thread(telephone_clip, pcm)
        if not made:
            raise SpeechUnavailable("the engine made no sound")
        await asyncio.to_thread(self._clips.write, clip.name, made)
        return made

    def _made(self, name: str, task: asyncio.Task[bytes]) -> None:
        del self._making[name]
        if not task.cancelled() and (error := task.exception()):
            log.warning("speech.not_rendered", clip=name, reason=str(error))
