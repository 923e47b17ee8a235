"""
Recordings of operations staff, which are played instead of our sounds.

    PROMPTS/zh/greeting.wav                dropped here, taken within seconds
    PROMPTS/kept/zh/greeting/0002.alaw     what is played
    PROMPTS/kept/zh/greeting/0002.json     who, when, for which words

Versions are added and never changed, so several daemons may share the folder without a lock. The
newest one counts. A recording is for the words that it was made for: if the prompt gets others, it
is not played any more.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from callcenter.domain.calls import Language
from callcenter.domain.clock import Clock
from callcenter.telephony.speech.clips import RATE_HZ, telephone_clip
from callcenter.telephony.speech.engine import Pcm
from callcenter.telephony.speech.files import name_of
from callcenter.telephony.speech.phrases import Phrase
from callcenter.telephony.speech.stock import Source, Take

_KEPT: Final = "kept"

Named = Mapping[tuple[Language, str], tuple[str, ...]]


class BadRecording(ValueError):
    """A recording that cannot be played, or that is of no prompt. Its text tells what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A version of a prompt's recording. One without seconds gives the prompt back to the pack."""

    prompt: str
    language: Language
    version: int
    words: tuple[str, ...]
    by: str
    at: datetime
    came_from: str
    seconds: float


class OwnRecordings(Source):
    """
    The recordings in a folder. `named` tells the phrases of every prompt and of every piece.

    All methods but `take` block on the disk and may raise OSError.
    """

    def __init__(self, folder: Path, named: Named, clock: Clock) -> None:
        self._folder = folder.absolute()
        self._named = named
        self._clock = clock
        self._seen: tuple[str, ...] = ()
        self._current: dict[tuple[Language, str], list[Recording]] = {}

    @property
    def folder(self) -> Path:
        return self._folder

    def put(
        self, prompt: str, language: Language, pcm: Pcm, by: str, *, came_from: str = ""
    ) -> Recording:
        """
        Play this from now on whenever the prompt is said, as loud and as tight as all sounds.

        Raise `BadRecording` for silence, and for a prompt that does not exist.
        """
        sound = self.check(prompt, language, pcm)
        return self._add(prompt, language, self._words(prompt, language), by, came_from, sound)

    def check(self, prompt: str, language: Language, pcm: Pcm) -> bytes:
        """Return the sound as it would be played; raise as `put`."""
        self._words(prompt, language)
        sound = telephone_clip(pcm)
        if not sound:
            raise BadRecording(f"{prompt}: the recording is silent")
        return sound

    def restore(self, prompt: str, language: Language, version: int, by: str) -> Recording:
        """Play an earlier version again; version 0 is what ships."""
        words, sound = self._words(prompt, language), b""
        if version:
            earlier = self._read(prompt, language, version)
            words, sound = earlier.words, self._sound(earlier).read_bytes()
        return self._add(prompt, language, words, by, f"version {version}", sound)

    def versions(self, prompt: str, language: Language) -> list[Recording]:
        """Return every version there ever was, the oldest first."""
        self._words(prompt, language)
        numbers = sorted(int(file.stem) for file in self._home(prompt, language).glob("*.json"))
        return [self._read(prompt, language, number) for number in numbers]

    def current(self) -> list[Recording]:
        """Return the recordings that are played now."""
        return [recording for found in self._current.values() for recording in found]

    def look(self) -> bool:
        """See what is new in the folder; tell whether something is."""
        newest = {file.parent: file for file in sorted(self._folder.glob(f"{_KEPT}/*/*/*.json"))}
        seen = tuple(str(file) for file in newest.values())
        if seen == self._seen:
            return False
        current: dict[tuple[Language, str], list[Recording]] = {}
        for file in newest.values():
            recording = _recording(json.loads(file.read_text(encoding="utf-8")))
            if recording.seconds:
                first = Phrase.of(recording.words[0], recording.language)
                current.setdefault((recording.language, first.words), []).append(recording)
        for found in current.values():
            found.sort(key=lambda one: -len(one.words))
        self._seen, self._current = seen, current
        return True

    def take(self, phrases: Sequence[Phrase]) -> tuple[int, Take] | None:
        """Return the recording that has most of the first phrases."""
        for recording in self._current.get((phrases[0].language, phrases[0].words), ()):
            said = [Phrase.of(words, recording.language).words for words in recording.words]
            if said == [phrase.words for phrase in phrases[: len(said)]]:
                name = name_of(str(self._sound(recording)), recording.at.isoformat())
                read = partial(self._sound(recording).read_bytes)
                pause_ms = phrases[len(said) - 1].pause_ms
                return len(said), Take(phrases[0], name, pause_ms, read, "own")
        return None

    def _words(self, prompt: str, language: Language) -> tuple[str, ...]:
        try:
            return self._named[language, prompt]
        except KeyError:
            raise BadRecording(
                f"{prompt} is no prompt; `callcenter prompts list` shows the names"
            ) from None

    def _add(
        self,
        prompt: str,
        language: Language,
        words: tuple[str, ...],
        by: str,
        came_from: str,
        sound: bytes,
    ) -> Recording:
        home = self._home(prompt, language)
        home.mkdir(parents=True, exist_ok=True)
        recording = Recording(
            prompt=prompt,
            language=language,
            version=max((int(file.stem) for file in home.glob("*.json")), default=0) + 1,
            words=words,
            by=by,
            at=self._clock.now(),
            came_from=came_from,
            seconds=round(len(sound) / RATE_HZ, 2),
        )
        self._sound(recording).write_bytes(sound)
        told = {**asdict(recording), "at": recording.at.isoformat()}
        # The version counts from here on; of two at once, the second is told that it failed.
        with self._sound(recording).with_suffix(".json").open("x", encoding="utf-8") as file:
            file.write(json.dumps(told, ensure_ascii=False, indent=1) + "\n")
        self.look()
        return recording

    def _read(self, prompt: str, language: Language, version: int) -> Recording:
        file = self._home(prompt, language) / f"{version:04}.json"
        try:
            return _recording(json.loads(file.read_text(encoding="utf-8")))
        except FileNotFoundError:
            raise BadRecording(f"{prompt} has no version {version}") from None

    def _home(self, prompt: str, language: Language) -> Path:
        return self._folder / _KEPT / language / prompt

    def _sound(self, recording: Recording) -> Path:
        home = self._home(recording.prompt, recording.language)
        return home / f"{recording.version:04}.alaw"


def _recording(told: dict[str, object]) -> Recording:
    return Recording(
        prompt=str(told["prompt"]),
        language=Language(str(told["language"])),
        version=int(str(told["version"])),
        words=tuple(map(str, told["words"])) if isinstance(told["words"], list) else (),
        by=str(told["by"]),
        at=datetime.fromisoformat(str(told["at"])),
        came_from=str(told["came_from"]),
        seconds=float(str(told["seconds"])),
    )
