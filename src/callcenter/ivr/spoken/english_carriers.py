"""English numbers, with the words before and behind them, that have every piece in its place."""

from collections.abc import Iterator
from itertools import cycle, islice
from typing import Final

from callcenter.ivr.spoken.english_pieces import DAYS, DIGITS, MONTHS, PIECES, TEENS, TENS

_BELOW_HUNDRED: Final = tuple(
    piece for piece in PIECES if piece.split()[0] in (*DIGITS[1:], *TEENS, *TENS)
)

_Carrier = tuple[str, str, str]


def _all() -> Iterator[_Carrier]:
    yield from _amounts()
    yield from _quantities()
    yield from _prices()
    yield from _codes()
    yield from _calendar()
    yield from _units()


def _amounts() -> Iterator[_Carrier]:
    """Three hundred forty five thousand six hundred seventy eight yuan."""
    below = [*DIGITS[1:], *TEENS, *TENS, *(f"{ten} {one}" for ten in TENS for one in DIGITS[1:])]
    hundreds = cycle(DIGITS[1:])
    for thousands, ones in zip(below[::2], below[1::2], strict=False):
        more = f"{next(hundreds)} hundred {thousands} thousand {next(hundreds)} hundred {ones}"
        yield "the amount is ", f"{more} yuan", ","
    yield "the amount is ", "two hundred ninety nine thousand yuan", ","
    yield "the amount is ", "five yuan", " and"
    yield "the amount is ", "eighty nine fen", ","


def _quantities() -> Iterator[_Carrier]:
    for unit in ("hundred", "thousand", "million", "billion"):
        yield "you hold ", f"twenty five {unit} shares", " now."
        yield "the amount is ", f"twenty five {unit} yuan", ","
    yield "the amount is ", "twenty five trillion yuan", ","
    yield from (("you hold ", f"twenty five {unit} two", " hundred.") for unit in _LARGE)


def _prices() -> Iterator[_Carrier]:
    wholes = cycle(("ten", "seven", "twenty five", "forty"))
    for first in DIGITS:
        yield "the price is ", f"{next(wholes)} point {first}", " yuan,"
        for second in DIGITS:
            yield "the price is ", f"{next(wholes)} point {first} {second}", " yuan,"


def _codes() -> Iterator[_Carrier]:
    pairs = cycle(f"{one} {other}" for one in DIGITS for other in DIGITS)
    for _ in range(0, len(DIGITS) ** 2, 3):
        yield "code ", " ".join(islice(pairs, 3)), ","
    yield from (("number ", f"{digit} three eight", ",") for digit in DIGITS)


def _calendar() -> Iterator[_Carrier]:
    months = cycle(MONTHS)
    for day in DAYS:
        yield "on ", f"{next(months)} {day}", ", twenty twenty six,"
    for minute in DIGITS[1:]:
        yield "as of ", f"ten oh {minute} AM", ","
    yield "as of ", "three thirty PM", ","
    yield from (("as of ", hour, ",") for hour in ("noon", "midnight"))


def _units() -> Iterator[_Carrier]:
    yield "it is ", "up three percent", ","
    yield "it is ", "down three percent", ","
    yield "it is ", "minus three percent", ","
    yield "it is ", "unchanged", ","
    yield "the price is ", "zero point five", " yuan,"
    yield "it is at ", "twenty five points", ","
    yield "you hold ", "one share", " now."
    yield "please wait ", "twenty five minutes", "."
    yield "cancel all ", "twenty five orders", "?"
    yield from (("at ten thirty ", f"fifty yuan {way}", ".") for way in ("in", "out"))
    yield "you hold ", "twenty five shares", " now."


_LARGE: Final = ("hundred", "thousand", "million", "billion", "trillion")

CARRIERS: Final = tuple(_all())
