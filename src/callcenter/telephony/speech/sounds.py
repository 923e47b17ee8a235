"""The shelf of sounds: whatever has been said once is there to be played again."""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
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

_PAUSE_MS: Final = dict.fromkeys("。！？.!?", 250) | dict.fromkeys("，、；：,;:", 120)
_UNSAID: Final = "，、；：,;:。. "  # the pause says it, so that 十元 and 十元。 are one clip
_AT_ONCE: Final = 2

log = structlog.get_logger()

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _Clip:
    words: str
    name: str
    pause_ms: int  # behind it


@dataclass(frozen=True, slots=True)
class _Plan:
    """How an utterance becomes a file: its clips, and the name of what they make together."""

    language: Language
    clips: tuple[_Clip, ...]
    folder: SoundFolder
    name: str

    @property
    def path(self) -> str:
        return self.folder.path(self.name)


class SoundShelf(Speech):
    """
    Speaks by files: a clip for each phrase, joined into one file for each utterance.

    Clips stay; of the joined files the ones unused for longest go once they take more than
    `most_bytes`. Shelves of several daemons may share a directory, so whether a file is still
    there is looked at once every `trusts_s`.
    """

    def __init__(
        self, directory: Path, engine: Engine, *, most_bytes: int = 2**30, trusts_s: float = 3600.0
    ) -> None:
        self._engine = engine
        self._clips = SoundFolder(directory / "clips")
        self._joined = SoundFolder(directory / "joined")
        self._most_bytes = most_bytes
        self._joined_bytes: int | None = None
        self._trusts_s = trusts_s
        self._known: dict[Utterance, tuple[str, float]] = {}
        self._making: dict[str, asyncio.Task[bytes]] = {}

    async def sound(self, utterance: Utterance) -> str:
        path, until = self._known.get(utterance, ("", 0.0))
        if time.monotonic() < until:
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

        `progress` hears after each one how many are done, of how many.
        """
        wanted = list(dict.fromkeys(utterances))
        waiting, failed, done = iter(wanted), list[Utterance](), count(1)

        async def work() -> None:
            for utterance in waiting:
                try:
                    await self.sound(utterance)
                except SpeechUnavailable:
                    failed.append(utterance)
                if progress:
                    progress(next(done), len(wanted))

        await asyncio.gather(*(work() for _ in range(_AT_ONCE)))
        return failed

    def _remember(self, utterance: Utterance, plan: _Plan) -> str:
        self._known[utterance] = (plan.path, time.monotonic() + self._trusts_s)
        return plan.path

    async def _plan(self, utterance: Utterance) -> _Plan:
        voice = await self._engine.voice(utterance.language)
        clips = tuple(_cut(utterance, voice))
        if not clips:
            raise SpeechUnavailable("there is nothing to say")
        if len(clips) == 1:
            return _Plan(utterance.language, clips, self._clips, clips[0].name)
        name = name_of(*(f"{clip.name} {clip.pause_ms}" for clip in clips))
        return _Plan(utterance.language, clips, self._joined, name)

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
        pcm = await self._engine.render(clip.words, language)
        made = await asyncio.to_thread(telephone_clip, pcm)
        if not made:
            raise SpeechUnavailable("the engine made no sound")
        await asyncio.to_thread(self._clips.write, clip.name, made)
        return made

    def _made(self, name: str, task: asyncio.Task[bytes]) -> None:
        del self._making[name]
        if not task.cancelled() and (error := task.exception()):
            log.warning("speech.not_rendered", clip=name, reason=str(error))


def _cut(utterance: Utterance, voice: str) -> Iterator[_Clip]:
    for phrase in utterance.phrases:
        words = phrase.strip().rstrip(_UNSAID)
        if words:
            name = name_of(words, utterance.language, voice)
            yield _Clip(words, name, _PAUSE_MS.get(phrase.strip()[-1], 0))
