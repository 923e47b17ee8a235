"""
Mandarin number words, as lists of phrases.

A phrase is a group of up to four digits with its unit (一百二十三万 · 四千五百六十七元 · 八角九分),
so the same recordings serve many numbers and none is a lone syllable where that can be helped.
两 stands only at the head of a number (两百股) and never for a place or before a point; 零 is said
once for any row of zeros. Whole hundreds of yuan end with 整, so that nobody waits for 角 and 分.
万亿 is said of whole 万亿 only: 12,345 亿 are 一万二千三百四十五亿.
"""

import unicodedata
from datetime import date, time
from decimal import Decimal
from typing import Final

from callcenter.ivr.spoken.values import in_groups, plain

_DIGITS: Final = "零一二三四五六七八九"
_SPELLED: Final = str.maketrans("0123456789", _DIGITS)
_CALLED_OUT: Final = str.maketrans("0123456789", _DIGITS.replace("一", "幺"))  # 幺: 一 is like 七
_PLACES: Final = ((1000, "千"), (100, "百"), (10, "十"), (1, ""))
_GROUPS: Final = ((10**12, "万"), (10**8, "亿"), (10**4, "万"), (1, ""))
_ROUND: Final = 100  # yuan
_KEYS: Final = {"*": "星号", "#": "井号"}


def money(yuan: Decimal) -> list[str]:
    whole, fen = divmod(int(abs(yuan) * 100), 100)
    phrases = []
    if whole or not fen:
        phrases = _whole(whole)
        phrases[-1] += "元整" if whole and not fen and whole % _ROUND == 0 else "元"
    if fen:
        phrases.append(_small_change(fen, first=not phrases))
    return _signed(yuan, phrases)


def price(value: Decimal) -> list[str]:
    if value == value.to_integral_value():
        return count(int(value))
    return _signed(value, _decimal(value))


def count(value: int) -> list[str]:
    return _signed(value, _whole(abs(value)))


def number(value: int) -> list[str]:
    """Say a place in a row (第二笔), where 两 would be wrong."""
    return _signed(value, _whole(abs(value), bare_two="二"))


def percent(value: Decimal) -> list[str]:
    phrases = ["百"] if abs(value) == 100 else _decimal(value)
    return _signed(value, ["百分之" + phrases[0], *phrases[1:]])


def change(value: Decimal) -> list[str]:
    if value == 0:
        return ["持平"]
    phrases = percent(abs(value))
    return [("上涨" if value > 0 else "下跌") + phrases[0], *phrases[1:]]


def digits(value: str) -> list[str]:
    return [group.translate(_CALLED_OUT) for group in in_groups(value)]


def code(value: str) -> list[str]:
    return [value.translate(_CALLED_OUT)]


def day(value: date) -> list[str]:
    month, day_of_month = _group(value.month), _group(value.day)
    year = f"{value.year}".translate(_SPELLED)
    return [f"{year}年", f"{_short_ten(month)}月{_short_ten(day_of_month)}日"]


def moment(value: time) -> list[str]:
    [hour] = _whole(value.hour)
    if value.minute == 0:
        return [f"{hour}点整"]
    minute = _short_ten(_group(value.minute))
    return [f"{hour}点", f"零{minute}分" if value.minute < 10 else f"{minute}分"]


def key(value: str) -> list[str]:
    return [_KEYS.get(value) or value.translate(_SPELLED)]


def name(value: str) -> list[str]:
    """Keep a name, but for what no engine reads as people do: "*ST 华Ａ", "300ETF"."""
    usual = unicodedata.normalize("NFKC", value).replace(" ", "").replace("*", "星")
    return [usual.translate(_SPELLED)]


def text(value: str) -> list[str]:
    return [value]


def _decimal(value: Decimal) -> list[str]:
    whole, _, fraction = plain(abs(value)).partition(".")
    *before, last = _whole(int(whole), bare_two="二")
    if not fraction:
        return [*before, last]
    spelled = fraction.translate(_SPELLED)
    if len(whole) <= 2:
        return [f"{last}点{spelled}"]
    return [*before, f"{last}点", spelled]


def _whole(value: int, *, bare_two: str = "两") -> list[str]:
    phrases: list[str] = []
    skipped = False
    for size, unit in _GROUPS:
        group = value // size % 10_000
        if group and phrases:
            zero = "零" if skipped or group < 1000 else ""
            phrases.append(zero + _group(group) + unit)
        elif group:
            phrases.append(_first_group(group, "两" if unit else bare_two) + unit)
        elif size == 10**8 and phrases:
            phrases[-1] += "亿"
        skipped = not group
    return phrases or ["零"]


def _first_group(value: int, two: str) -> str:
    words = _short_ten(_group(value))
    if words[:2] in ("二百", "二千"):
        return "两" + words[1:]
    return two if words == "二" else words


def _group(value: int) -> str:
    """Read 1 to 9999 in full: 一十, not 十; 二, not 两."""
    words, skipped = "", False
    for size, unit in _PLACES:
        digit = value // size % 10
        if digit:
            words += ("零" if skipped and words else "") + _DIGITS[digit] + unit
        skipped = not digit
    return words


def _short_ten(words: str) -> str:
    return words.removeprefix("一") if words.startswith("一十") else words


def _small_change(fen: int, *, first: bool) -> str:
    tens, ones = divmod(fen, 10)
    head = "零" if not first and not tens else ""
    words = (f"{_DIGITS[tens]}角" if tens else head) + (f"{_DIGITS[ones]}分" if ones else "")
    return "两" + words[1:] if first and words[0] == "二" else words


def _signed(value: Decimal | int, phrases: list[str]) -> list[str]:
    return ["负" + phrases[0], *phrases[1:]] if value < 0 else phrases
