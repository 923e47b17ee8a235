"""
What is there to be played already, the best first.

The recordings of operations staff, then the voice pack, then what a good voice has rendered since,
then numbers put together out of pieces of the pack. Words of which nothing is there are left to
the engine that is always to be had.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from callcenter.domain.calls import Language
from callcenter.telephony.speech.pack import Pack
from callcenter.telephony.speech.phrases import Phrase

Pieces = Callable[[str, Language], Sequence[str] | None]


@dataclass(frozen=True, slots=True)
class Take:
    """
    A sound that says a phrase, or several; its name changes whenever it would sound different.

    `read` blocks and may raise OSError. A take that is not `best` may be followed by a better one.
    """

    phrase: Phrase
    name: str
    pause_ms: int
    read: Callable[[], bytes] = field(compare=False)
    source: str = ""
    best: bool = True


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
        taken = self.whole(phrases[0])
        return taken and (1, taken)

    def whole(self, phrase: Phrase) -> Take | None:
        shipped = self._pack.find(phrase)
        if shipped is None:
            return None
        return Take(
            phrase,
            shipped.file,
            phrase.pause_ms,
            lambda: self._pack.read(shipped, phrase.language),
            "shipped",
        )


class Stock:
    """Covers an utterance with what the sources have; the first that has something is taken."""

    def __init__(
        self, *sources: Source, pack: Pack | None = None, pieces: Pieces | None = None
    ) -> None:
        self._sources = sources
        self._pack = FromPack(pack) if pack else None
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
        if self._pack is None or self._pieces is None:
            return []
        words = self._pieces(phrase.words, phrase.language) or ()
        last = len(words) - 1
        takes = [
            self._pack.whole(
                Phrase(
                    phrase.language,
                    piece,
                    phrase.final and at == last,
                    phrase.pause_ms if at == last else 0,
                )
            )
            for at, piece in enumerate(words)
        ]
        whole = [take for take in takes if take]
        return [_piece(take) for take in whole] if len(whole) == len(takes) else []


def _piece(take: Take) -> Take:
    return replace(take, source="pieces", best=False)
