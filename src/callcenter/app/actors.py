"""The script that a voice actor reads: every line that can be recorded, and how to read it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from callcenter.domain.calls import Language
from callcenter.ivr.catalogue import Catalogue
from callcenter.ivr.script import script
from callcenter.ivr.spoken.carriers import carriers
from callcenter.telephony.speech.own import Named

_WHOLE: Final = "Read it as it stands, friendly and calm, at the pace of a telephone."
_PART: Final = "Read all of the sentence; only these words are cut out of it."
_PIECE: Final = "Read the number in one breath; only this piece is cut out. Same tune each time."
_OPEN: Final = " The voice stays up: more words follow."
_CLOSED: Final = " The voice falls: the sentence ends here."
_ENDS: Final = "。！？.!?"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorLine:
    """`read` is what is spoken into the microphone, `words` what the file must hold of it."""

    number: int
    language: Language
    file: str
    words: str
    read: str
    how: str


def actor_script(catalogue: Catalogue, named: Named, language: Language) -> list[ActorLine]:
    """
    Return what `callcenter prompts import` takes, numbered in the order in which it is read.

    `named` is what can be recorded. Prompts come first, then the pieces of numbers, those of one
    number together.
    """
    names = {name: words for (of, name), words in named.items() if of is language}
    within = _within(catalogue, language)
    numbers = _numbers(language)
    order = [*(name for name in names if name not in numbers), *numbers]
    return [
        _line(number, language, name, names[name], within.get(name) or numbers.get(name, ""))
        for number, name in enumerate(order, 1)
    ]


def _line(
    number: int, language: Language, name: str, phrases: tuple[str, ...], text: str
) -> ActorLine:
    words = ("" if language is Language.ZH else " ").join(phrases)
    is_piece = (name,) == phrases
    if words not in text:  # a menu entry: its key is that of the menu
        text = words
    how = _PIECE if is_piece else _WHOLE if text == words else _PART
    return ActorLine(
        number=number,
        language=language,
        file=f"{name}.wav",
        words=words,
        read=text,
        how=how if is_piece else how + (_CLOSED if words[-1:] in _ENDS else _OPEN),
    )


def _within(catalogue: Catalogue, language: Language) -> Mapping[str, str]:
    """Return the sentence in which each line between slots is read, with examples in its slots."""
    lines = script(catalogue, catalogue.prompts)
    return {line.name: line.text for line in lines if line.language is language}


def _numbers(language: Language) -> Mapping[str, str]:
    return dict(_read_in(language))


def _read_in(language: Language) -> Iterator[tuple[str, str]]:
    for carrier in carriers(language):
        yield from ((cut.piece, carrier.text) for cut in carrier.cuts)
