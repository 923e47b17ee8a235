"""
The spoken pieces: a small set of recordings out of which every number can be said.

A piece is rendered once and shipped as sound. No set this small has every group of four digits
(四千五百六十七元), so a group is put together: 四千五百 · 六十 · 七元. Pieces are cut where a voice
may part them, and few of them are lone syllables, whose tones nobody hears.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Final

from callcenter.domain.calls import Language
from callcenter.ivr.spoken import english_pieces, mandarin_pieces

ENDINGS: Final = "，、；：。！？”）,;:.!? "  # a pause says these, no voice does

_PIECES: Final = {Language.ZH: mandarin_pieces.PIECES, Language.EN: english_pieces.PIECES}
_PAUSE: Final = {Language.ZH: "", Language.EN: " "}
_ONE_MORE: Final = 2
_ALONE: Final = 1  # dearer: a lone Mandarin syllable


def all_pieces(language: Language) -> tuple[str, ...]:
    """Return every piece, each once."""
    return tuple(_PIECES[language])


def pieces(phrase: str, language: Language) -> tuple[str, ...] | None:
    """
    Split a phrase into pieces, the fewest and with the fewest lone syllables, the longest first.

    Put together they are the very words of the phrase, without the punctuation at its end. None if
    the phrase is not a number, so that somebody has to say it whole.
    """
    words = phrase.strip().rstrip(ENDINGS)
    return _cut(words, language) if words else None


@cache
def _known(language: Language) -> tuple[Mapping[str, int], int]:
    """Return what each piece costs, and the most words that one has."""
    pause = _PAUSE[language]
    alone = _ALONE if language is Language.ZH else 0
    costs = {piece: _ONE_MORE + (alone if len(piece) == 1 else 0) for piece in _PIECES[language]}
    return costs, max(len(_words(piece, pause)) for piece in costs)


def _cut(phrase: str, language: Language) -> tuple[str, ...] | None:
    pause = _PAUSE[language]
    costs, longest = _known(language)
    words = _words(phrase, pause)
    cheapest: list[tuple[int, tuple[int, ...]] | None] = [(0, (0,))]
    for end in range(1, len(words) + 1):
        ways = [
            (before[0] - costs[piece], (*before[1], end))
            for start in range(max(0, end - longest), end)
            if (before := cheapest[start]) and (piece := pause.join(words[start:end])) in costs
        ]
        cheapest.append(max(ways, default=None))
    found = cheapest[-1]
    return found and tuple(pause.join(words[start:end]) for start, end in pairwise(found[1]))


def _words(phrase: str, pause: str) -> Sequence[str]:
    return phrase.split(pause) if pause else phrase
