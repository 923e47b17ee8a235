"""What a menu may lead to: the dialogues by name, with what must be known of each."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from callcenter.ivr.session import Session

Dialogue = Callable[[Session], Awaitable[None]]


class Sends(StrEnum):
    """What a dialogue may set going that has legal weight."""

    ORDER = "order"
    CANCEL = "cancel"
    APPLICATION = "application"
    TRANSFER = "transfer"
    PASSWORD = "password"  # noqa: S105 - that it is changed
    BINDING = "binding"  # from which numbers an account may trade


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """
    A dialogue and the facts by which a menu is checked.

    `login`: it serves customers only, and does not ask them to log in by itself. `sends`: what
    it may send. `reads_back`: all of that is read to the caller before, and confirmed by key 1,
    which cannot have been pressed before the read-back began; only a cancellation of what is just
    being read may be keyed ahead. A test walks every dialogue and holds it to this.
    """

    run: Dialogue
    login: bool = False
    sends: frozenset[Sends] = frozenset()
    reads_back: bool = False
