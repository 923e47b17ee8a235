"""
The letters by which people look for a security on a keypad: 浦发银行 is PFYH, so 7394.

A library knows how characters are read; names of companies have their own habits, which are
the two tables here. Where a name may be read in two ways, both are found.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import islice, product
from typing import Final

# The library takes half a second and 50 MB, so it is imported where a list is taken over and
# nowhere else: not by the daemon.

_HAN: Final = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]+")
# What an exchange writes before a name: ST, first days, ex-days. People key the name without it.
_MARK: Final = re.compile(r"^(?:S?\*?ST|S|N|C|XD|XR|DR)(?=[\u3400-\u4dbf\u4e00-\u9fff])")
_MOST_READINGS: Final = 8

# Read in this way and no other, inside these words.
_SURE: Final[Mapping[str, str]] = {
    "银行": "YH",
    "商行": "SH",
    "重庆": "CQ",
    "西藏": "XZ",
    "成长": "CZ",
    "增长": "ZZ",
    "长江": "CJ",
    "长安": "CA",
    "长春": "CC",
    "长沙": "CS",
    "长城": "CC",
    "重工": "ZG",
    "重汽": "ZQ",
    "厦门": "XM",
    "大厦": "DS",
    "朝日": "ZR",
    "音乐": "YY",
    "会计": "KJ",
    "东阿": "DE",
    "阿胶": "EJ",
    "番禺": "PY",
    "铅山": "YS",
}
# Read in either way in names; the first is the likelier.
_EITHER: Final[Mapping[str, str]] = {
    "长": "CZ",
    "重": "ZC",
    "行": "XH",
    "朝": "CZ",
    "乐": "LY",
    "曾": "ZC",
    "藏": "ZC",
    "厦": "XS",
    "单": "DS",
    "晟": "SC",
    "盛": "SC",
    "翟": "ZD",
    "会": "HK",
    "解": "JX",
    "仇": "QC",
    "区": "QO",
    "参": "CS",
    "省": "SX",
    "传": "CZ",
    "调": "DT",
    "弹": "DT",
    "种": "ZC",
    "尉": "WY",
    "贾": "JG",
    "降": "JX",
    "系": "XJ",
    "奇": "QJ",
    "埔": "PB",
    "阿": "AE",
    "番": "FP",
    "车": "CJ",
    "宿": "SX",
}


def initials(name: str) -> tuple[str, ...]:
    """
    Return the letters and digits of a name, the likeliest reading first; none for an empty one.

    *ST重科 is found as STZK and as ZK; ＴＣＬ科技 as TCLKJ; 沪深300ETF as HS300ETF.
    """
    usual = unicodedata.normalize("NFKC", name).replace(" ", "").upper()
    bare = _MARK.sub("", usual)
    found = [*_readings(bare), *(_readings(usual) if bare != usual else ())]
    return tuple(dict.fromkeys(reading for reading in found if reading))


def _readings(name: str) -> Iterator[str]:
    choices = [options for options in _options(name) if options]
    return ("".join(letters) for letters in islice(product(*choices), _MOST_READINGS))


def _options(name: str) -> Iterator[str]:
    """Yield for each character the letters that it may stand for; none for a sign."""
    sure = _sure(name)
    for at, (character, letter) in enumerate(zip(name, _letters(name), strict=True)):
        if at in sure:
            yield sure[at]
        elif character.isascii():
            yield character if character.isalnum() else ""
        else:
            yield _EITHER.get(character, letter)


def _sure(name: str) -> Mapping[int, str]:
    found: dict[int, str] = {}
    for word, letters in _SURE.items():
        for match in re.finditer(word, name):
            found |= {match.start() + at: letter for at, letter in enumerate(letters)}
    return found


def _letters(name: str) -> list[str]:
    """Return the first letter of each character as it is read in this name; "" for a sign."""
    letters = [""] * len(name)
    for run in _HAN.finditer(name):
        for at, reading in enumerate(_read(run[0]), run.start()):
            letters[at] = reading[:1].upper() if reading[:1].isalpha() else ""
    return letters


def _read(characters: str) -> list[str]:
    from pypinyin import Style, lazy_pinyin

    # What it cannot read becomes its number, so each character has its place.
    return lazy_pinyin(characters, style=Style.NORMAL, errors="replace")[: len(characters)]
