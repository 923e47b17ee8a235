"""Reads number words back, written without a look at the code that makes them."""

import re
from decimal import Decimal
from typing import Final

_ZH: Final = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2, "幺": 1}
_ZH_GROUP: Final = re.compile(r"零?(?:(.)千)?零?(?:(.)百)?零?(?:(.)十)?零?(.)?")
# fmt: off
_EN_SMALL: Final = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}
_EN_TENS: Final = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}
# fmt: on
_EN_BIG: Final = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}


def mandarin_integer(words: str) -> int:
    if words.startswith("负"):
        return -mandarin_integer(words[1:])
    for unit, size in (("亿", 10**8), ("万", 10**4)):
        many, found, rest = words.rpartition(unit)
        if found:
            return mandarin_integer(many) * size + mandarin_integer(rest)
    return _mandarin_group(words)


def mandarin_decimal(words: str) -> Decimal:
    if words.startswith("负"):
        return -mandarin_decimal(words[1:])
    whole, _, fraction = words.partition("点")
    digits = "".join(str(_ZH[c]) for c in fraction)
    return Decimal(f"{mandarin_integer(whole)}.{digits or 0}")


def mandarin_money(words: str) -> Decimal:
    found = re.fullmatch(r"(负?)(?:(.+)元)?(?:(整)|(?:(.)角)?(?:零?(.)分)?)", words)
    assert found, words
    sign, yuan, _, jiao, fen = found.groups()
    hundredths = _ZH[jiao or "零"] * 10 + _ZH[fen or "零"]
    amount = mandarin_integer(yuan or "") + Decimal(hundredths) / 100
    return -amount if sign else amount


def english_integer(words: str) -> int:
    if words.startswith("minus "):
        return -english_integer(words.removeprefix("minus "))
    total = group = 0
    for word in words.split():
        if word in _EN_BIG:
            total, group = total + group * _EN_BIG[word], 0
        elif word == "hundred":
            group *= 100
        else:
            group += _EN_SMALL[word] if word in _EN_SMALL else _EN_TENS[word]
    return total + group


def english_decimal(words: str) -> Decimal:
    if words.startswith("minus "):
        return -english_decimal(words.removeprefix("minus "))
    whole, _, fraction = words.partition(" point ")
    digits = "".join(str(_EN_SMALL[word]) for word in fraction.split())
    return Decimal(f"{english_integer(whole)}.{digits or 0}")


def english_money(words: str) -> Decimal:
    found = re.fullmatch(r"(minus )?(?:(.+?) yuan)? ?(?:(.+) fen)?", words)
    assert found, words
    sign, yuan, fen = found.groups()
    amount = english_integer(yuan or "") + Decimal(english_integer(fen or "")) / 100
    return -amount if sign else amount


def _mandarin_group(words: str) -> int:
    found = _ZH_GROUP.fullmatch(re.sub("^十", "一十", words))
    assert found, words
    return int("".join(str(_ZH[digit or "零"]) for digit in found.groups()))
