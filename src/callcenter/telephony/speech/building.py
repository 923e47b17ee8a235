"""How the voice pack is built: what is wanted is compared with what is there, the rest is said."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from callcenter.domain.calls import Language
from callcenter.domain.errors import SpeechUnavailable
from callcenter.telephony.speech.clips import telephone_clip
from callcenter.telephony.speech.engine import Pcm
from callcenter.telephony.speech.pack import Pack, Shipped, file_of
from callcenter.telephony.speech.phrases import Phrase

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A text to be said in one breath, and from where to where the phrases in it are."""

    language: Language
    text: str
    spans: tuple[tuple[int, int], ...]

    def phrases(self) -> Iterator[tuple[Phrase, tuple[int, int]]]:
        for start, end in self.spans:
            yield Phrase.of(self.text[start:end], self.language), (start, end)


class Voice(Protocol):
    """An engine that tells how it reads a text, and cuts words out of what it says."""

    async def voice(self, language: Language) -> str: ...

    async def phonemes(self, text: str, language: Language) -> str: ...

    async def said(
        self, text: str, language: Language, spans: Sequence[tuple[int, int]]
    ) -> Sequence[Pcm]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What came of it. `failed` are the texts that the voice cannot say, and why."""

    rendered: int
    kept: int
    failed: tuple[str, ...]


_Key = tuple[Language, str, bool]  # of what language, which words, and if they end a sentence


class Builder:
    def __init__(self, pack: Pack, voice: Voice) -> None:
        self._pack = pack
        self._voice = voice
        self._rendered = 0
        self._failed: list[str] = []
        self._readings: dict[tuple[Language, str], str] = {}

    async def build(self, wanted: Sequence[Wanted], progress: Progress = lambda *_: None) -> Built:
        """
        Make the pack have all that is wanted, and nothing else.

        If it is broken off, what was rendered is found again by the next one.
        """
        made: dict[_Key, Shipped] = {}
        for number, one in enumerate(wanted):
            try:
                await self._add(one, made)
            except SpeechUnavailable as error:
                self._failed.append(str(error))
            progress(number + 1, len(wanted))
        for language in Language:
            self._pack.replace(language, [s for (of, *_), s in made.items() if of is language])
        return Built(
            rendered=self._rendered,
            kept=len(made) - self._rendered,
            failed=tuple(self._failed),
        )

    async def _add(self, one: Wanted, made: dict[_Key, Shipped]) -> None:
        """The first text that has a phrase is where it is taken from."""
        new = {
            (phrase.language, phrase.words, phrase.final): span
            for phrase, span in one.phrases()
            if phrase.words and (phrase.language, phrase.words, phrase.final) not in made
        }
        for key in list(new):
            if (kept := await self._kept(key)) is not None:
                made[key] = kept
                del new[key]
        if new:
            await self._render(one, new, made)

    async def _kept(self, key: _Key) -> Shipped | None:
        """Return the sound that is there, if the text that it was cut out of is read as it was."""
        language, words, final = key
        kept = self._pack.all(language).get((words, final))
        if kept is None or not self._pack.has(kept.file, language):
            return None
        phonemes = await self._reading(kept.within, language)
        voice = await self._voice.voice(language)
        return kept if kept.file == file_of(words, kept.within, phonemes, voice) else None

    async def _reading(self, text: str, language: Language) -> str:
        if (language, text) not in self._readings:
            self._readings[language, text] = await self._voice.phonemes(text, language)
        return self._readings[language, text]

    async def _render(
        self, one: Wanted, new: dict[_Key, tuple[int, int]], made: dict[_Key, Shipped]
    ) -> None:
        phonemes = await self._reading(one.text, one.language)
        voice = await self._voice.voice(one.language)
        files = {key: file_of(key[1], one.text, phonemes, voice) for key in new}
        missing = {key: new[key] for key in new if not self._pack.has(files[key], one.language)}
        sounds = await self._voice.said(one.text, one.language, [*missing.values()])
        for key, pcm in zip(missing, sounds, strict=True):
            self._write(files[key], key, pcm)
        for key in new:
            made[key] = Shipped(
                words=key[1],
                final=key[2],
                within=one.text,
                phonemes=phonemes,
                voice=voice,
                file=files[key],
                seconds=self._pack.seconds(files[key], one.language),
            )

    def _write(self, file: str, key: _Key, pcm: Pcm) -> None:
        sound = telephone_clip(pcm)
        if not sound:
            raise SpeechUnavailable(f"{key[1]}: the voice made no sound")
        self._pack.write(file, key[0], sound)
        self._rendered += 1
