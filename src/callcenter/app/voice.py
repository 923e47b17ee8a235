"""What the voice pack has to say: the catalogue, the menu that ships, numbers, demo securities."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from callcenter.app.menus import MenuReader
from callcenter.domain.calls import Language
from callcenter.gateways.paper.demo import LISTINGS
from callcenter.ivr.catalogue import Catalogue
from callcenter.ivr.phone import Utterance
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.script import Line, script
from callcenter.ivr.spoken.carriers import carriers
from callcenter.ivr.spoken.specs import SPECS
from callcenter.telephony.speech.building import Wanted

_SPACE: Final = {Language.ZH: "", Language.EN: " "}
# A voice swallows what is very short: it is said behind this, and cut out.
_SHORT: Final = {Language.ZH: 5, Language.EN: 18}  # letters
_LEAD: Final = {Language.ZH: "您好，", Language.EN: "All right. "}


def wanted(catalogue: Catalogue, menus: MenuReader) -> list[Wanted]:
    """Return all that the pack has to say, what most calls need first."""
    prompts = {prompt.value for prompt in Prompt}
    often = [*script(catalogue, catalogue.prompts & prompts)]
    seldom = [*script(catalogue, catalogue.prompts - prompts)]
    found = [
        *_menus(menus, [*often, *seldom]),
        *_sentences(often),
        *_names(),
        *_numbers(),
        *_sentences(seldom),
    ]
    return sorted(found, key=lambda one: one.language is not Language.ZH)


def _menus(menus: MenuReader, lines: Sequence[Line]) -> Iterator[Wanted]:
    """Each menu in one breath; cut out are its entries, also without the key that they have now."""
    fragments = {(line.language, line.words) for line in lines if line.by_key}
    for utterance in menus.shipped().spoken(menus.house.numbers):
        yield _utterance(utterance, fragments)


def _utterance(utterance: Utterance, fragments: set[tuple[Language, str]]) -> Wanted:
    text, spans = "", list[tuple[int, int]]()
    for phrase in utterance.phrases:
        text += _SPACE[utterance.language] if text else ""
        spans.append((len(text), len(text) + len(phrase)))
        spans += [
            (len(text), len(text) + end)
            for end in range(1, len(phrase))
            if (utterance.language, phrase[:end]) in fragments
        ]
        text += phrase
    return Wanted(utterance.language, text, tuple(spans))


def _sentences(lines: Sequence[Line]) -> Iterator[Wanted]:
    for (language, text), group in groupby(lines, key=lambda line: (line.language, line.text)):
        spans = tuple((line.start, line.end) for line in group)
        yield _behind(
            _LEAD[language] if len(text) <= _SHORT[language] else "", language, text, spans
        )


def _behind(lead: str, language: Language, text: str, spans: tuple[tuple[int, int], ...]) -> Wanted:
    return Wanted(
        language, lead + text, tuple((start + len(lead), end + len(lead)) for start, end in spans)
    )


def _names() -> Iterator[Wanted]:
    for listing in LISTINGS:
        [name] = SPECS["name"].phrases(listing.security.name, Language.ZH)
        yield Wanted(Language.ZH, f"证券名称，{name}，", ((5, 5 + len(name)),))


def _numbers() -> Iterator[Wanted]:
    for language in Language:
        for carrier in carriers(language):
            spans = tuple((cut.start, cut.end) for cut in carrier.cuts)
            yield Wanted(language, carrier.text, spans)
