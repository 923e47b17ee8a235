"""Words that come from outside, in phrases that a voice can say in one breath."""

import re
from typing import Final

from callcenter.domain.calls import Language
from callcenter.ivr.phone import Utterance

_SENTENCES: Final = re.compile(r"(?<=[。！？；\n])|(?<=[.!?;])(?=\s)")
_CLAUSES: Final = re.compile(r"(?<=[，、：])|(?<=[,:])(?=\s)")
_LONGEST: Final = {Language.ZH: 60, Language.EN: 200}


def spoken(text: str, language: Language) -> Utterance:
    """Cut a text at the ends of its sentences, and a long sentence at its commas."""
    phrases: list[str] = []
    for sentence in _SENTENCES.split(text):
        whole = " ".join(sentence.split())
        if len(whole) <= _LONGEST[language]:
            phrases.append(whole)
        else:
            phrases += (part.strip() for part in _CLAUSES.split(whole))
    return Utterance(language=language, phrases=tuple(phrase for phrase in phrases if phrase))
