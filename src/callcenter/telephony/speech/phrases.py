"""An utterance cut into phrases: each the words of one sound, and the pause behind it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from callcenter.domain.calls import Language
from callcenter.ivr.phone import Utterance

_FINAL: Final = "。！？.!?"
_PAUSE_MS: Final = dict.fromkeys(_FINAL, 250) | dict.fromkeys("，、；：,;:", 120)
_HANZI: Final = re.compile("[\u4e00-\u9fff]")
_UNSAID: Final = "，、；：,;:。. "  # the pause says it, so that 十元 and 十元， are one sound


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words without the punctuation behind them. A `final` one ends a sentence, in a low voice."""

    language: Language
    words: str
    final: bool
    pause_ms: int

    @classmethod
    def of(cls, text: str, language: Language) -> "Phrase":
        bare = text.strip()
        if _HANZI.search(bare):
            language = Language.ZH  # a name within an English sentence
        words = bare.rstrip(_UNSAID)
        return cls(language, words, bare[-1:] in _FINAL, _PAUSE_MS.get(bare[-1:], 0))


def cut(utterance: Utterance) -> Iterator[Phrase]:
    """Yield what is to be said of an utterance; a phrase without words is left out."""
    for text in utterance.phrases:
        phrase = Phrase.of(text, utterance.language)
        if phrase.words:
            yield phrase
