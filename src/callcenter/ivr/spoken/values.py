"""What may stand in a slot: each check returns the exact value, or raises at once."""

import re
from datetime import date, datetime, time
from decimal import Decimal
from itertools import pairwise
from typing import Final

from callcenter.domain.clock import BEIJING

MOST: Final = Decimal(10**14)  # yuan, or 10¹⁶ fen: more than any account of any broker holds
KEYS: Final = "0123456789*#"


def money(value: object) -> Decimal:
    """Yuan, exact to the fen."""
    return _exact(value, places=2)


def decimal(value: object) -> Decimal:
    """A price or a per cent value: at most four places."""
    return _exact(value, places=4)


def count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"a count must be an int, was {value!r}")
    if abs(value) > MOST:
        raise ValueError(f"too large to say: {value}")
    return int(value)


def numerals(value: object) -> str:
    """A number that is spelled: a str of digits, or an int such as a message number."""
    spelled = f"{value:d}" if isinstance(value, int) else value
    if not isinstance(spelled, str):
        raise TypeError(f"digits must be a str, was {value!r}")
    if not re.fullmatch("[0-9]+", spelled):
        raise ValueError(f"not digits: {value!r}")
    return spelled


def key(value: object) -> str:
    if not isinstance(value, str) or len(value) != 1 or value not in KEYS:
        raise ValueError(f"not a telephone key: {value!r}")
    return value


def words(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"words must be a str, was {value!r}")
    if not value.strip():
        raise ValueError("there is nothing to say")
    return value.strip()


def day(value: object) -> date:
    """A date; of a datetime, its date in Beijing."""
    if isinstance(value, datetime):
        return _in_beijing(value).date()
    if not isinstance(value, date):
        raise TypeError(f"not a date: {value!r}")
    return value


def moment(value: object) -> time:
    """A time of day; of a datetime, its time in Beijing."""
    if isinstance(value, datetime):
        return _in_beijing(value).time()
    if not isinstance(value, time):
        raise TypeError(f"not a time: {value!r}")
    return value


def plain(value: Decimal | int) -> str:
    """Write a number bare, without an exponent or trailing zeros: 10.50 is "10.5"."""
    whole, _, fraction = f"{Decimal(value):f}".partition(".")
    fraction = fraction.rstrip("0")
    bare = f"{whole}.{fraction}" if fraction else whole
    return "0" if bare == "-0" else bare


def in_groups(numerals: str) -> list[str]:
    """Cut a long number as people call it out: groups of at most four, the longest last."""
    groups = -(-len(numerals) // 4)
    size, longer = divmod(len(numerals), groups)
    ends = [size * n + max(0, n - (groups - longer)) for n in range(groups + 1)]
    return [numerals[start:end] for start, end in pairwise(ends)]


def _exact(value: object, *, places: int) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        raise TypeError(f"must be an exact Decimal, was {value!r}")
    exact = Decimal(value)
    if not exact.is_finite() or abs(exact) > MOST:
        raise ValueError(f"cannot be said: {value}")
    if len(plain(exact).partition(".")[2]) > places:
        raise ValueError(f"more than {places} decimal places: {value}")
    return exact


def _in_beijing(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError(f"a datetime without a zone: {value}")
    return value.astimezone(BEIJING)
