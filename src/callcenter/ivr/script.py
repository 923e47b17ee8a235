"""
The script: every fixed sentence of the catalogue by name, as somebody would read it aloud.

Words between two slots are read within their sentence, with an example in each slot, and have the
prompt's name and a number: `read-back-buy.1`. A prompt that is one sentence has the prompt's name.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from itertools import chain
from typing import Final

from callcenter.domain.calls import Language
from callcenter.ivr.catalogue import Catalogue

_ENDS: Final = "。！？.!?"
_UNSAID: Final = "，、；：。！？,;:.!? "
_EXAMPLES: Final[Mapping[str, object]] = {
    "money": Decimal("1234.50"),
    "price": Decimal("10.05"),
    "count": 300,
    "number": 2,
    "percent": Decimal("3.5"),
    "change": Decimal("3.5"),
    "digits": "60001234",
    "code": "600000",
    "date": date(2026, 11, 23),
    "time": time(10, 30),
    "key": "1",
}
_NAMES: Final = {Language.ZH: "浦发银行", Language.EN: "the bank"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """
    `words` are to be read as they are in `text`, from the letter `start` on.

    With a key they are one sentence, `by_key`: a voice that can says both in one breath.
    """

    name: str
    language: Language
    words: str
    text: str
    start: int
    by_key: bool = False

    @property
    def end(self) -> int:
        return self.start + len(self.words)


def script(catalogue: Catalogue, prompts: Collection[str]) -> Iterator[Line]:
    """Yield every line of some prompts in every language, those of one text together."""
    for prompt in sorted(prompts):
        for language in Language:
            yield from _lines(catalogue, prompt, language)


def _lines(catalogue: Catalogue, prompt: str, language: Language) -> Iterator[Line]:
    phrases = catalogue.example(prompt, language, _examples(language))
    fixed = [words for words, is_fixed in chain(*phrases) if is_fixed and words.strip(_UNSAID)]
    number = 0
    for sentence in _sentences(phrases):
        text, places = _laid_out(sentence, language)
        for start, words, by_key in places:
            number += 1
            name = prompt if len(fixed) == len(phrases) == 1 else f"{prompt}.{number}"
            yield Line(
                name=name,
                language=language,
                words=words,
                text=text,
                start=start,
                by_key=by_key,
            )


def _examples(language: Language) -> Mapping[str, object]:
    return {**_EXAMPLES, "name": _NAMES[language], "text": _NAMES[language]}


def _sentences(phrases: list[list[tuple[str, bool]]]) -> Iterator[list[list[tuple[str, bool]]]]:
    sentence = []
    for phrase in phrases:
        sentence.append(phrase)
        if phrase[-1][0].strip()[-1:] in _ENDS:
            yield sentence
            sentence = []
    if sentence:
        yield sentence


def _laid_out(
    sentence: list[list[tuple[str, bool]]], language: Language
) -> tuple[str, list[tuple[int, str, bool]]]:
    """Return the text of a sentence, and where in it which fixed words begin."""
    text, places = "", list[tuple[int, str, bool]]()
    for phrase in sentence:
        text += " " if text and language is Language.EN else ""
        for words, is_fixed in phrase:
            if is_fixed and words.strip(_UNSAID):
                start = len(text) + len(words) - len(words.lstrip())
                places.append((start, words.strip(), len(phrase) > 1))
            text += words
    return text, places
