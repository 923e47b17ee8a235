"""The rows and columns of the matrix, and what goes between the harness and a driver."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Final

from callcenter.domain.clock import Clock, SystemClock


class Step(Enum):
    """The life of an order (docs/architecture.md), with what the order stands before."""

    CHECK = "1 check"  # before the quote that it is checked against
    READ_BACK = "2 read-back"  # its number was drawn; the caller's finger is above key 1
    WRITE = "3 write"  # in the statement that writes it down
    SEND = "4 send"  # written down, and not sent
    BOOKS = "5 counter books"  # in the counter's transaction
    ANSWER = "6 answer"  # booked, and the answer is on the line
    WRITE_ANSWER = "7 write answer"  # in the statement that writes the answer down
    APPLY = "8 apply events"  # in the statement that writes down what was filled and cancelled


class Fault(Enum):
    DAEMON = "daemon"
    POSTGRESQL = "PostgreSQL"
    COUNTER = "counter"
    LINK = "link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What one caller wants: one order. `caller` is nobody else's number, so it names the wish."""

    caller: str
    call: str
    account: str


class Heard(Enum):
    """What a caller was told, as the dialogues put it."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"  # the counter said no
    WITHDRAWN = "withdrawn"
    UNKNOWN = "unknown"  # it is submitted; we look into it
    JUST_ORDERED = "just ordered"  # it is written down already; who wants it twice presses 1
    REFUSED = "refused"  # our own checks said no: nothing was placed
    COUNTER_AWAY = "counter away"  # before anything was placed
    MAINTENANCE = "maintenance"  # PostgreSQL is away: nothing was placed


NOTHING_PLACED: Final = frozenset(
    {Heard.REJECTED, Heard.WITHDRAWN, Heard.REFUSED, Heard.COUNTER_AWAY, Heard.MAINTENANCE}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """`number` is the order's that was spoken of, if one was."""

    caller: str
    heard: Heard
    number: str | None = None


class MovedClock(Clock):
    """The machine's clock, some time ahead, so that nobody has to wait for a promise to end."""

    def __init__(self, ahead_s: float) -> None:
        self.ahead = timedelta(seconds=ahead_s)
        self._clock = SystemClock()

    def now(self) -> datetime:
        return self._clock.now() + self.ahead


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a driver is started with. Its clock goes `ahead_s` of the machine's."""

    dsn: str
    counter_dsn: str
    ahead_s: float
    promise_s: float
    answer_within_s: float
    fix_port: int | None = None  # of the counter that takes orders, if that is another one
    fix_folder: str = ""


def line(kind: str, what: Any = None) -> bytes:
    """Return one message as it goes over a pipe."""
    return json.dumps({kind: what}).encode() + b"\n"


def told_line(told: Spoken) -> bytes:
    return line("told", asdict(told) | {"heard": told.heard.value})


def told_of(said: dict[str, Any]) -> Spoken:
    return Spoken(caller=said["caller"], heard=Heard(said["heard"]), number=said["number"])
