"""
What a voice says so that each piece can be cut out of it: 价格三百四十五万六千七百八十九元.

A piece said alone sounds like the end of a list, and a lone syllable loses its tone. Cut out of a
number that is said in one breath it has the tune of the place where it will stand.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from callcenter.domain.calls import Language
from callcenter.ivr.spoken import english_carriers, mandarin_carriers
from callcenter.ivr.spoken.pieces import all_pieces, pieces


@dataclass(frozen=True, slots=True)
class Cut:
    """A piece, and where its letters are in the text."""

    piece: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Carrier:
    """A text to be said, and the pieces to be cut out of its sound."""

    text: str
    cuts: tuple[Cut, ...]


def carriers(language: Language) -> tuple[Carrier, ...]:
    """Return the texts that together have every piece once."""
    carrying = {
        Language.ZH: mandarin_carriers.CARRIERS,
        Language.EN: english_carriers.CARRIERS,
    }[language]
    alone = (("", piece, "") for piece in all_pieces(language))
    return tuple(_useful((*carrying, *alone), language))


def _useful(carrying: Iterable[tuple[str, str, str]], language: Language) -> Iterator[Carrier]:
    wanted = set(all_pieces(language))
    for before, number, after in carrying:
        new = tuple(cut for cut in _cuts(before, number, language) if cut.piece in wanted)
        unique = {cut.piece: cut for cut in new}
        if unique:
            wanted -= unique.keys()
            yield Carrier(f"{before}{number}{after}", tuple(unique.values()))


def _cuts(before: str, number: str, language: Language) -> Iterator[Cut]:
    at = len(before)
    between = 0 if language is Language.ZH else 1
    for piece in pieces(number, language) or ():
        yield Cut(piece, at, at + len(piece))
        at += len(piece) + between
