"""
What is there to be played already, the best first.

The recordings of operations staff, then the voice pack, then what a good voice has rendered since,
then numbers put together out of pieces of the pack. Words of which nothing is there are left to
the engine that is always to be had.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol

from callcenter.domain.calls import Language
from callcenter.telephony.speech.files import SoundFolder, name_of
from callcenter.telephony.speech.pack import Pack
from callcenter.telephony.speech.phrases import Phrase

Pieces = Callable[[str, Language], Sequence[str] | None]


@dataclass(frozen=True, slots=True)
class Take:
    """
    A sound that says a phrase, or several; its name changes whenever it would sound different.

    `read` blocks and may raise OSError. A take that stands `instead_of` a phrase may be followed by
    a better one of all of it.
    """

    phrase: Phrase
    name: str
    pause_ms: int
    read: Callable[[], bytes] = field(compare=False)
    source: str = ""
    instead_of: Phrase | None = None

    @property
    def best(self) -> bool:
        return self.instead_of is None


class Source(Protocol):
    """Has sounds for some phrases. Blocks; may raise OSError."""

    def take(self, phrases: Sequence[Phrase]) -> tuple[int, Take] | None:
        """Return a sound for the first phrases, and for how many of them."""
        ...


class FromPack(Source):
    """A phrase as the pack has it."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack

    def take(self, phrases: Sequence[Phrase]) -> tuple[int, Take] | None:
        phrase = phrases[0]
        shipped = self._pack.find(phrase)
        if shipped is None:
            return None
        read = partial(self._pack.read, shipped, phrase.language)
        return 1, Take(phrase, shipped.file, phrase.pause_ms, read, "shipped")


class FromFolder(Source):
    """A phrase as a good voice has rendered it since; `voices` names that voice by language."""

    def __init__(self, folder: SoundFolder, voices: Mapping[Language, str]) -> None:
        self._folder = folder
        self._voices = voices

    def take(self, phrases: Sequence[Phrase]) -> tuple[int, Take] | None:
        phrase = phrases[0]
        name = rendered_name(phrase, self._voices[phrase.language])
        if not self._folder.touch(name):
            return None
        return 1, Take(phrase, name, phrase.pause_ms, partial(self._folder.read, name), "rendered")


def rendered_name(phrase: Phrase, voice: str) -> str:
    return name_of(phrase.words, str(phrase.final), phrase.language, voice)


class Stock:
    """
    Covers an utterance with what the sources have; the first that has something is taken.

    `pieces` tells out of which words a number can be put together.
    """

    def __init__(self, *sources: Source, pieces: Pieces = lambda *_: None) -> None:
        self._sources = sources
        self._pieces = pieces

    def cover(self, phrases: Sequence[Phrase]) -> list[Take | Phrase]:
        """Return the sounds of an utterance, and the phrases that somebody has yet to say."""
        covered: list[Take | Phrase] = []
        at = 0
        while at < len(phrases):
            taken = self._first(phrases[at:])
            if taken is None:
                covered += self._together(phrases[at]) or [phrases[at]]
                at += 1
            else:
                covered.append(taken[1])
                at += taken[0]
        return covered

    def _first(self, phrases: Sequence[Phrase]) -> tuple[int, Take] | None:
        return next((taken for source in self._sources if (taken := source.take(phrases))), None)

    def _together(self, phrase: Phrase) -> list[Take]:
        """Put a phrase together out of pieces; nothing if one of them is missing."""
        ways = (
            words for head, rest in _heads(phrase) if (words := self._split(phrase, head, rest))
        )
        for words in ways:
            *before, last = [replace(phrase, words=one, final=False, pause_ms=0) for one in words]
            ends = replace(last, final=phrase.final, pause_ms=phrase.pause_ms)
            found = [taken[1] for one in (*before, ends) if (taken := self._first([one]))]
            if len(found) == len(words):
                return [replace(take, source="pieces", instead_of=phrase) for take in found]
        return []

    def _split(self, phrase: Phrase, head: str, rest: str) -> list[str]:
        numbers = self._pieces(rest, phrase.language)
        return [*([head] if head else []), *numbers] if numbers else []


def _heads(phrase: Phrase) -> Iterator[tuple[str, str]]:
    """Yield the ways to part fixed words from a number behind them: none, then the longest."""
    yield "", phrase.words
    space = "" if phrase.language is Language.ZH else " "
    for at in range(len(phrase.words) - 1, 0, -1):
        if not space or phrase.words[at] == space:
            yield phrase.words[:at], phrase.words[at:].strip()
