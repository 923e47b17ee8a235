"""English number words, as lists of phrases: a group of three digits with its unit is one."""

from datetime import date, time
from decimal import Decimal
from typing import Final

from callcenter.ivr.spoken.values import in_groups, plain

# fmt: off
_TO_NINETEEN: Final = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
    "eighteen", "nineteen",
)
_TENS: Final = (
    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
)
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)
# fmt: on
_GROUPS: Final = (
    (10**12, " trillion"),
    (10**9, " billion"),
    (10**6, " million"),
    (10**3, " thousand"),
    (1, ""),
)
_IRREGULAR: Final = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_KEYS: Final = {"*": "star", "#": "pound"}
_HOURS: Final = {0: "midnight", 12: "noon"}  # 12 AM and 12 PM are mixed up


def money(yuan: Decimal) -> list[str]:
    whole, fen = divmod(int(abs(yuan) * 100), 100)
    phrases = []
    if whole or not fen:
        phrases = _whole(whole)
        phrases[-1] += " yuan"
    if fen:
        phrases.append(f"{_below_hundred(fen)} fen")
    return _signed(yuan, phrases)


def price(value: Decimal) -> list[str]:
    return _signed(value, _decimal(value))


def count(value: int) -> list[str]:
    return _signed(value, _whole(abs(value)))


def percent(value: Decimal) -> list[str]:
    phrases = _decimal(value)
    return _signed(value, [*phrases[:-1], f"{phrases[-1]} percent"])


def change(value: Decimal) -> list[str]:
    if value == 0:
        return ["unchanged"]
    phrases = percent(abs(value))
    return [("up " if value > 0 else "down ") + phrases[0], *phrases[1:]]


def digits(value: str) -> list[str]:
    return [_spelled(group) for group in in_groups(value)]


def code(value: str) -> list[str]:
    return [_spelled(value)]


def day(value: date) -> list[str]:
    return [f"{_MONTHS[value.month - 1]} {_ordinal(value.day)}", _year(value.year)]


def moment(value: time) -> list[str]:
    hour = _TO_NINETEEN[(value.hour - 1) % 12 + 1]
    half = "AM" if value.hour < 12 else "PM"
    if value.minute == 0:
        return [_HOURS.get(value.hour) or f"{hour} {half}"]
    oh = "oh " if value.minute < 10 else ""
    return [f"{hour} {oh}{_below_hundred(value.minute)} {half}"]


def key(value: str) -> list[str]:
    return [_KEYS.get(value) or _spelled(value)]


def text(value: str) -> list[str]:
    return [value]


def _decimal(value: Decimal) -> list[str]:
    whole, _, fraction = plain(abs(value)).partition(".")
    phrases = _whole(int(whole))
    if not fraction:
        return phrases
    point = f"point {_spelled(fraction)}"
    return [f"{phrases[0]} {point}"] if len(whole) <= 2 else [*phrases, point]


def _whole(value: int) -> list[str]:
    groups = ((value // size % 1000, unit) for size, unit in _GROUPS)
    return [_group(group) + unit for group, unit in groups if group] or ["zero"]


def _group(value: int) -> str:
    hundreds, rest = divmod(value, 100)
    if not hundreds:
        return _below_hundred(rest)
    words = f"{_TO_NINETEEN[hundreds]} hundred"
    return f"{words} {_below_hundred(rest)}" if rest else words


def _below_hundred(value: int) -> str:
    if value < 20:
        return _TO_NINETEEN[value]
    tens, ones = divmod(value, 10)
    return f"{_TENS[tens]} {_TO_NINETEEN[ones]}" if ones else _TENS[tens]


def _spelled(numerals: str) -> str:
    return " ".join(_TO_NINETEEN[int(digit)] for digit in numerals)


def _ordinal(value: int) -> str:
    head, _, last = _below_hundred(value).rpartition(" ")
    regular = f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th"
    return f"{head} {_IRREGULAR.get(last, regular)}".lstrip()


def _year(value: int) -> str:
    century, rest = divmod(value, 100)
    if not rest or (century % 10 == 0 and rest < 10):
        return " ".join(_whole(value))
    oh = "oh " if rest < 10 else ""
    return f"{_below_hundred(century)} {oh}{_below_hundred(rest)}"


def _signed(value: Decimal | int, phrases: list[str]) -> list[str]:
    return [f"minus {phrases[0]}", *phrases[1:]] if value < 0 else phrases
