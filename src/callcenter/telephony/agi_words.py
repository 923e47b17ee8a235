"""
What is said on an AGI session: the request, the replies, and what can go wrong.

* AgiError
  - AgiProtocolError   the peer does not speak AGI; the session is closed
  - SessionLost        the connection is gone; the call itself may live on in the dialplan
  - AgiTimeout         no reply in time; the session is closed, so that no late reply is misread
  - DeadChannel        the caller is gone and the command needs one (511)
  - CommandRejected    our own mistake: unknown command (510) or wrong arguments (520)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto


class AgiError(Exception):
    """Base of what can go wrong on an AGI session."""


class AgiProtocolError(AgiError):
    """These bytes are not what an Asterisk sends."""


class SessionLost(AgiError):
    """The connection is gone. Nothing is known about the caller."""


class AgiTimeout(AgiError):
    """Asterisk did not reply in time. The session is closed."""

    def __init__(self, verb: str, deadline_s: float) -> None:
        super().__init__(f"no reply to {verb} within {deadline_s:g} s")
        self.verb = verb
        self.deadline_s = deadline_s


class DeadChannel(AgiError):
    """The caller hung up, and this command needs a caller. The session lives on."""

    def __init__(self, verb: str) -> None:
        super().__init__(f"{verb} on a dead channel")
        self.verb = verb


class CommandRejected(AgiError):
    """Asterisk knows no such command, or not with these arguments. The session lives on."""

    def __init__(self, verb: str, code: int, text: str) -> None:
        super().__init__(f"{verb} rejected: {code} {text}")
        self.verb = verb
        self.code = code
        self.text = text


@dataclass(frozen=True, kw_only=True, slots=True)
class AgiRequest:
    """What Asterisk tells about a call when it hands it over. What it does not know is ""."""

    channel: str
    caller_number: str
    caller_name: str
    dialled: str
    unique_id: str
    script: str
    arguments: tuple[str, ...]
    variables: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AgiReply:
    """
    One reply, e.g. `200 result=0815 (timeout) endpos=8000`.

    `result` stays text, since typed digits may start with 0. "-1" is a missing file as well
    as a hang-up; only CHANNEL STATUS tells which.
    """

    code: int
    result: str = ""
    text: str = ""
    endpos: int | None = None


class Hangup(Enum):
    """The line HANGUP, which Asterisk puts between replies once the caller is gone."""

    LINE = auto()


AgiItem = AgiRequest | AgiReply | Hangup
