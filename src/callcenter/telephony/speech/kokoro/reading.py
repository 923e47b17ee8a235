"""How a text is read: part by part, so that what is said of each part can be found in the sound."""

from collections.abc import Sequence
from dataclasses import dataclass


class CannotPronounceError(ValueError):
    """A word that no dictionary knows."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some letters of a text and their phonemes. A pause between two words has no letters."""

    start: int
    end: int
    phonemes: str


def phonemes_of(parts: Sequence[Part]) -> str:
    return "".join(part.phonemes for part in parts)


def span_of(parts: Sequence[Part], start: int, end: int) -> tuple[int, int]:
    """Return from which phoneme to which one the letters from `start` to `end` are said."""
    at, first, last = 0, None, 0
    for part in parts:
        if start <= part.start < part.end <= end:
            first = at if first is None else first
            last = at + len(part.phonemes)
        at += len(part.phonemes)
    if first is None:
        raise CannotPronounceError(f"nothing to say from {start} to {end}")
    return first, last
