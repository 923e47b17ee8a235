"""
The keys of a telephone, one table for every dialogue.

| field    | digits  | #                         | *                                          |
|----------|---------|---------------------------|--------------------------------------------|
| number   | a digit | end; alone: the default   | alone: back; after digits: clear           |
| decimal  | a digit | end; alone: the default   | decimal point; `**` clears; `*#` goes back |
| password | a digit | end                       | clear                                      |
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

MENU_AGAIN: Final = "#"
MENU_BACK: Final = "*"
AGENT: Final = "0"
YES: Final = "1"
NO: Final = "2"
POINT: Final = "."


class Kind(Enum):
    NUMBER = auto()
    DECIMAL = auto()
    PASSWORD = auto()


class Ending(Enum):
    """How the keying of a field ended."""

    VALUE = auto()
    DEFAULT = auto()  # the end key alone
    BACK = auto()
    SILENCE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long we wait for a caller, in seconds, and how often we ask."""

    first_key_s: float = 8.0
    next_key_s: float = 5.0
    next_price_key_s: float = 10.0
    tries: int = 3
    pause_s: float = 60.0  # how long something that is played may be halted
    message_most_s: int = 180  # what a caller says after the tone
    message_silence_s: int = 8  # ends it
    item_most_s: int = 300  # what the staff records

    def between(self, kind: Kind) -> float:
        return self.next_price_key_s if kind is Kind.DECIMAL else self.next_key_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What was keyed into a field. `keys` is every key that was taken, for the transcript."""

    ending: Ending
    value: str
    keys: str


NextKey = Callable[[float], Awaitable[str | None]]


async def read_field(next_key: NextKey, kind: Kind, timing: Timing) -> Entry:
    """Take keys until the field ends by the table above, or until silence."""
    value, keys, wait_s = "", "", timing.first_key_s
    while True:
        key = await next_key(wait_s)
        if key is None:
            return Entry(ending=Ending.SILENCE, value=value, keys=keys)
        keys += key
        ending, value = _press(kind, value, key)
        if ending is not None:
            return Entry(ending=ending, value=value, keys=keys)
        wait_s = timing.between(kind)


def _press(kind: Kind, value: str, key: str) -> tuple[Ending | None, str]:
    match kind, key:
        case Kind.DECIMAL, ("*" | "#") if value.endswith(POINT):
            return (None, "") if key == "*" else (Ending.BACK, "")
        case Kind.DECIMAL, "*":
            return None, value + POINT
        case Kind.NUMBER, "*" if not value:
            return Ending.BACK, ""
        case _, "*":
            return None, ""
        case _, "#":
            return (Ending.VALUE if value else Ending.DEFAULT), value
        case _:
            return None, value + key
