"""
How much of what was said was heard: syllables of Mandarin without tones, words of English.

A recogniser writes numbers as it likes (一百股, 100股, 六零零 or 600), so figures are read aloud in
every way that people have, and the way nearest to what was said counts.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice, product
from typing import Final

from pypinyin import Style, pinyin

from callcenter.domain.calls import Language
from callcenter.ivr.spoken import english, mandarin

Units = tuple[frozenset[str], ...]  # of each unit its readings

_FIGURE: Final = re.compile(r"\d+(?:\.\d+)?%?")
_BETWEEN: Final = re.compile(r"(?<=\d)[,，\s](?=\d{3})")
_SAME: Final = {"liang": "er", "yao": "yi", "nin": "ni"}
_WAYS: Final = 64
_MOST_FIGURE: Final = 15
_SPELLED: Final = str.maketrans("0123456789", "零一二三四五六七八九")


def error(said: str, heard: str, language: Language) -> tuple[int, int]:
    """Return how many units were heard wrong, and how many were said."""
    expected = next(_readings(said, language))
    return min(_distance(expected, way) for way in _readings(heard, language)), len(expected)


def nearest(heard: str, candidates: Mapping[str, str], language: Language) -> str:
    """Return the name of the words that are most like what was heard."""
    ways = [*_readings(heard, language)]

    def unlike(name: str) -> float:
        expected = next(_readings(candidates[name], language))
        return min(_distance(expected, way) for way in ways) / max(1, len(expected))

    return min(candidates, key=unlike)


def _readings(words: str, language: Language) -> Iterator[Units]:
    plain = _BETWEEN.sub("", unicodedata.normalize("NFKC", words)).replace(":", "点")
    parts = _FIGURE.split(plain)
    figures = _FIGURE.findall(plain)
    for ways in islice(product(*(_said(figure, language) for figure in figures)), _WAYS):
        text = parts[0] + "".join(f" {w} {part}" for w, part in zip(ways, parts[1:], strict=True))
        yield _units(text, language)


def _said(figure: str, language: Language) -> Sequence[str]:
    """Return the ways to read a figure: as a value, digit by digit, in pairs."""
    number = figure.rstrip("%")
    whole = number.replace(".", "")
    value = _value(number, language) if len(whole) <= _MOST_FIGURE else ""
    if language is Language.ZH:
        before = "百分之" if figure.endswith("%") else ""
        ways = [value, number.translate(_SPELLED).replace(".", "点")]
        return [before + way for way in ways if way]
    behind = " percent" if figure.endswith("%") else ""
    spelled = " ".join("point" if digit == "." else english.code(digit)[0] for digit in number)
    pairs = " ".join(_value(whole[at : at + 2], language) for at in range(0, len(whole), 2))
    return [way + behind for way in (value, spelled, pairs) if way]


def _value(number: str, language: Language) -> str:
    if "." in number:
        value = Decimal(number).quantize(Decimal("0.0001"))
        return "".join(mandarin.price(value)) if language is Language.ZH else _joined(value)
    count = int(number)
    return "".join(mandarin.count(count)) if language is Language.ZH else _joined(count)


def _joined(value: Decimal | int) -> str:
    said = english.count(value) if isinstance(value, int) else english.price(value)
    return " ".join(said)


def _units(text: str, language: Language) -> Units:
    if language is Language.EN:
        return tuple(frozenset([word]) for word in re.findall("[a-z]+", text.lower()))
    known = "".join(re.findall(r"[\u4e00-\u9fffA-Za-z]", text.upper()))
    # What a recogniser writes is no word at times: any reading of its characters was heard. Letters
    # come in one run: "ETF" is three syllables.
    heard = pinyin(known, style=Style.NORMAL, heteronym=True)
    units = (
        one
        for found in heard
        for one in ([[c] for c in found[0]] if found[0].isupper() else [found])
    )
    return tuple(frozenset(_SAME.get(one, one) for one in unit) for unit in units)


def _distance(one: Units, other: Units) -> int:
    """Return how many units must be changed, left out or put in (Levenshtein)."""
    row = list(range(len(other) + 1))
    for at, unit in enumerate(one, 1):
        before, row[0] = row[0], at
        for place, found in enumerate(other, 1):
            cheapest = min(row[place] + 1, row[place - 1] + 1, before + unit.isdisjoint(found))
            before, row[place] = row[place], cheapest
    return row[-1]
