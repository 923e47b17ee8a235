"""
What is said over AMI, and what can go wrong.

* AmiError
  - AmiProtocolError   the peer is not an AMI; the link is closed and made anew
  - AmiDisconnected    no link, or it broke; `sent` says whether Asterisk may have acted
  - AmiTimeout         no answer in time; Asterisk may have acted
  - AmiRefused         Asterisk said no
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass


class AmiError(Exception):
    """Base of what can go wrong on AMI."""


class AmiProtocolError(AmiError):
    """These bytes are not what an Asterisk sends."""


class AmiDisconnected(AmiError):
    """There is no link, or it broke before the answer. Nothing is ever sent again."""

    def __init__(self, action: str, *, sent: bool) -> None:
        super().__init__(f"{action}: {'no answer, the link broke' if sent else 'no link'}")
        self.action = action
        self.sent = sent


class AmiTimeout(AmiError):
    """No answer in time. Asterisk may have acted, or may still do so."""

    def __init__(self, action: str, deadline_s: float) -> None:
        super().__init__(f"{action}: no answer within {deadline_s:g} s")
        self.action = action
        self.deadline_s = deadline_s


class AmiRefused(AmiError):
    """Asterisk said no, and why."""

    def __init__(self, action: str, reason: str) -> None:
        super().__init__(f"{action} refused: {reason}")
        self.action = action
        self.reason = reason


class Secret:
    """A password that no log, trace or repr shows."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def __repr__(self) -> str:
        return "Secret(***)"

    def reveal(self) -> str:
        return self._value


Field = str | int | Secret | Sequence[str]
Fields = Mapping[str, Field]


@dataclass(frozen=True, slots=True)
class AmiMessage:
    """A response or an event: names and values in the order they came, names in any case."""

    fields: tuple[tuple[str, str], ...]

    def get(self, name: str, default: str = "") -> str:
        """Return the first value of `name`."""
        return next(self._values(name), default)

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of `name`, e.g. the `Output` lines of a Command."""
        return tuple(self._values(name))

    @property
    def event(self) -> str:
        """The event's name, "" for a response."""
        return self.get("Event")

    def _values(self, name: str) -> Iterator[str]:
        wanted = name.lower()
        return (value for key, value in self.fields if key.lower() == wanted)


@dataclass(frozen=True, slots=True)
class AmiResponse:
    """What an action was answered with; `events` are the rows of a list action."""

    message: AmiMessage
    events: tuple[AmiMessage, ...] = ()

    @property
    def output(self) -> tuple[str, ...]:
        """The lines that a Command printed."""
        return self.message.all("Output")


@dataclass(frozen=True, kw_only=True, slots=True)
class Extension:
    """Where an originated call goes once it is answered: into the dialplan."""

    context: str
    number: str
    priority: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Application:
    """Where an originated call goes once it is answered: into one application."""

    name: str
    data: str = ""
