"""What is wrong with a menu, for whoever wrote it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import Final

_FEW: Final = 30

Where = tuple[str | int, ...]


class Rule(StrEnum):
    """What is proved of a menu before it goes live."""

    READABLE = "readable"  # the file has the shape of a menu
    WORDS = "words"  # every sentence exists in every language
    GOALS = "goals"  # every entry leads to something that exists
    KEYS = "keys"  # no key is bound twice
    EXITS = "exits"  # every menu can be left, and none is empty
    READ_BACK = "read-back"  # nothing is sent that was not read back
    FAILURES = "failures"  # so many wrong keys and silences end a call
    NUMBERS = "numbers"  # every number that is dialled leads somewhere
    USED = "used"  # nothing is written that no caller ever hears
    VOICE = "voice"  # a good voice has every sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """
    One fault: the rule, the place in the file, what is wrong there and what would be right.

    `way` is an example: the number dialled and the keys that lead to it. A warning keeps no menu
    from going live.
    """

    rule: Rule
    where: Where
    what: str
    way: str | None = None
    line: int | None = None
    is_warning: bool = False


class BadMenu(Exception):
    """A menu that must not go live."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(fault.what for fault in faults))
        self.faults = faults


def nearest(said: str, known: Collection[str]) -> str:
    """Return the end of a sentence that tells what may have been meant."""
    if found := get_close_matches(said, known, n=3):
        return f"; did you mean {' or '.join(found)}?"
    return f"; there are {', '.join(sorted(known))}" if len(known) <= _FEW else ""
