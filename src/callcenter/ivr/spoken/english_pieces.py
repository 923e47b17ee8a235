"""
The English pieces: numbers to ninety nine, hundreds, units; digits by two; what stands behind a
point; months, days and the halves of the day.
"""

from collections.abc import Iterator
from typing import Final

# fmt: off
DIGITS: Final = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
)
TEENS: Final = (
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
    "eighteen", "nineteen",
)
TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)
DAYS: Final = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth",
    "eighteenth", "nineteenth", "twentieth", "twenty first", "twenty second", "twenty third",
    "twenty fourth", "twenty fifth", "twenty sixth", "twenty seventh", "twenty eighth",
    "twenty ninth", "thirtieth", "thirty first",
)
_UNITS: Final = (
    "yuan", "fen", "shares", "share", "percent", "thousand", "million", "billion",
    "trillion", "thousand yuan", "million yuan", "billion yuan", "trillion yuan", "hundred yuan",
    "thousand shares", "million shares", "billion shares", "hundred shares", "points",
    "minutes", "orders", "in", "out", "minus", "up", "down", "unchanged", "AM", "PM",
    "noon", "midnight",
)
# fmt: on


def _below_hundred() -> Iterator[str]:
    yield from (*DIGITS, *TEENS)
    for ten in TENS:
        yield from (ten, *(f"{ten} {one}" for one in DIGITS[1:]))


def _all() -> Iterator[str]:
    yield from _below_hundred()
    yield from _UNITS
    yield from (f"{one} hundred" for one in DIGITS[1:])
    yield from (f"{one} {other}" for one in DIGITS for other in DIGITS)
    yield from (f"point {one}" for one in DIGITS)
    yield from (f"point {one} {other}" for one in DIGITS for other in DIGITS)
    yield from (*MONTHS, *DAYS)
    yield from (f"oh {one}" for one in DIGITS[1:])


PIECES: Final = tuple(dict.fromkeys(_all()))
