"""
The catalogue of every sentence that we say: its id, and its words in both languages.

Words are templates. A slot names a value and how it is spoken, see `spoken.specs`:
"买入{name:name}，价格{price:price}元。" Each sentence between two slots is one phrase, so that a
voice renders it once for all calls. A key is said inside its sentence: "请按{key:key}。" A short
word that ends a clause is said with the value before it (一百股), as nobody can say it alone.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from callcenter.domain.calls import Language
from callcenter.ivr.phone import Utterance
from callcenter.ivr.spoken.specs import INLINE, SPECS

_SLOT: Final = re.compile(r"\{(\w+):(\w+)\}")
_VALUE: Final = re.compile(rf"\{{(\w+):(?!{INLINE}\}})(\w+)\}}")
_SENTENCE_END: Final = re.compile(r"(?<=[。！？])|(?<=[.!?])(?=\s)")
_TAIL: Final = re.compile(r"(?:\w{1,2}|\s\w+)?(?:[，。、；：！？）”,.;:!?)]+|$)")


@dataclass(frozen=True, slots=True)
class Say:
    """A sentence of the catalogue, with the values for its slots."""

    prompt: str
    slots: Mapping[str, object] = field(default_factory=dict)


def say(prompt: str, /, **slots: object) -> Say:
    return Say(prompt, slots)


@dataclass(frozen=True, slots=True)
class _Slot:
    name: str
    spec: str
    tail: str = ""

    def phrases(self, slots: Mapping[str, object], language: Language) -> list[str]:
        *before, last = SPECS[self.spec].phrases(slots[self.name], language)
        return [*before, last + self.tail]

    def figures(self, slots: Mapping[str, object]) -> tuple[str, ...]:
        return SPECS[self.spec].figures(slots[self.name])


@dataclass(frozen=True, slots=True)
class _Sentence:
    """Words with at least one key among them, said in one breath."""

    pieces: tuple[str | _Slot, ...]

    def phrases(self, slots: Mapping[str, object], language: Language) -> list[str]:
        said = (p if isinstance(p, str) else p.phrases(slots, language)[0] for p in self.pieces)
        return ["".join(said).strip()]


_Template = tuple[str | _Sentence | _Slot, ...]


class Catalogue:
    """Puts announcements into words. Parsed once; an utterance costs microseconds."""

    def __init__(self, templates: Mapping[Language, Mapping[str, _Template]]) -> None:
        self._templates = templates

    @classmethod
    def of(cls, entries: Mapping[str, Mapping[str, str]]) -> "Catalogue":
        """
        Read entries such as `{"goodbye": {"zh": "再见。", "en": "Goodbye."}}`.

        Raise ValueError, naming every entry that lacks a language, has other slots in one
        language than in the other, has a slot that nobody knows how to say, or has ASCII digits
        in its Mandarin words, which engines misread.
        """
        faults = [
            f"{prompt}: {fault}" for prompt in entries for fault in faults_in(entries[prompt])
        ]
        if faults:
            raise ValueError("; ".join(faults))
        return cls({lang: {p: _parsed(entries[p][lang]) for p in entries} for lang in Language})

    def and_(self, entries: Mapping[str, Mapping[str, str]]) -> "Catalogue":
        """Return this catalogue with more entries, or others instead; raise ValueError as `of`."""
        more = Catalogue.of(entries)._templates
        return Catalogue({lang: {**self._templates[lang], **more[lang]} for lang in Language})

    @property
    def prompts(self) -> frozenset[str]:
        """The ids of all entries."""
        return frozenset(self._templates[Language.ZH])

    def slots(self, prompt: str) -> frozenset[str]:
        """Return the names of the values that an entry needs to be said."""
        return frozenset(name for name, _ in self.values(prompt))

    def values(self, prompt: str) -> frozenset[tuple[str, str]]:
        """Return the names of the values that an entry needs, and how each is said."""
        return frozenset(
            (piece.name, piece.spec)
            for part in self._templates[Language.ZH][prompt]
            for piece in (part.pieces if isinstance(part, _Sentence) else [part])
            if isinstance(piece, _Slot)
        )

    def utterance(self, announcement: Sequence[Say], language: Language) -> Utterance:
        """
        Put an announcement into words.

        Raise KeyError for an unknown prompt or a slot without a value, TypeError or ValueError
        for a value that is not what its slot says.
        """
        phrases: list[str] = []
        figures: list[str] = []
        for said in announcement:
            for part in self._templates[language][said.prompt]:
                if isinstance(part, str):
                    phrases.append(part)
                    continue
                phrases += part.phrases(said.slots, language)
                if isinstance(part, _Slot):
                    figures += part.figures(said.slots)
        return Utterance(language=language, phrases=tuple(phrases), figures=tuple(figures))

    def example(
        self, prompt: str, language: Language, values: Mapping[str, object]
    ) -> list[list[tuple[str, bool]]]:
        """
        Return an entry with examples in its slots: of each phrase the words, and if they are fixed.

        `values` has an example by what a slot says of how it is spoken.
        """
        phrases: list[list[tuple[str, bool]]] = []
        for part in self._templates[language][prompt]:
            if isinstance(part, _Sentence):
                phrases.append([_shown(piece, language, values) for piece in part.pieces])
            elif isinstance(part, _Slot):
                said = part.phrases({part.name: values[part.spec]}, language)
                phrases += [[(phrase, False)] for phrase in said]
            else:
                phrases.append([(part, True)])
        return phrases

    def fixed(self, prompts: Collection[str]) -> Iterator[Utterance]:
        """Yield what of them can be rendered ahead: whole entries, or the words between slots."""
        for language, templates in self._templates.items():
            for template in (templates[prompt] for prompt in prompts):
                words = tuple(part for part in template if isinstance(part, str))
                together = [words] if len(words) == len(template) else [(word,) for word in words]
                for phrases in together:
                    yield Utterance(language=language, phrases=phrases)


def _shown(
    piece: str | _Slot, language: Language, values: Mapping[str, object]
) -> tuple[str, bool]:
    if isinstance(piece, str):
        return piece, True
    return piece.phrases({piece.name: values[piece.spec]}, language)[0], False


def _parsed(words: str) -> _Template:
    first, *rest = _VALUE.split(words)
    parts: list[str | _Sentence | _Slot] = [*_sentences(first)]
    for name, spec, between in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
        tail = found[0] if (found := _TAIL.match(between)) else ""
        parts += [_Slot(name, spec, tail), *_sentences(between[len(tail) :])]
    return tuple(parts)


def _sentences(words: str) -> Iterator[str | _Sentence]:
    for sentence in _SENTENCE_END.split(words):
        if sentence.strip():
            yield _Sentence(tuple(_pieces(sentence))) if "{" in sentence else sentence.strip()


def _pieces(sentence: str) -> Iterator[str | _Slot]:
    first, *rest = _SLOT.split(sentence)
    yield first
    for name, spec, between in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
        yield _Slot(name, spec)
        yield between


def faults_in(words: Mapping[str, str]) -> Iterator[str]:
    """Yield what is wrong with an entry, as `Catalogue.of` tells it."""
    if set(words) != set(Language) or not all(text.strip() for text in words.values()):
        yield f"needs words in {', '.join(Language)}"
        return
    slots = {language: set(_SLOT.findall(words[language])) for language in Language}
    if slots[Language.ZH] != slots[Language.EN]:
        yield "has other slots in one language than in the other"
    for name, spec in sorted(slots[Language.ZH] | slots[Language.EN]):
        if spec not in SPECS:
            yield f"nobody knows how to say {{{name}:{spec}}}"
    bare = {language: _SLOT.sub("", words[language]) for language in Language}
    if any(brace in text for text in bare.values() for brace in "{}"):
        yield "has a slot that is not {name:spec}"
    if re.search("[0-9]", bare[Language.ZH]):
        yield "has digits in its Mandarin words"
