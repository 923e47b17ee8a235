"""The vocabulary of menus that were kept and activated: each stays, whatever comes after it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuVersion:
    """A menu as it was written, with who kept it. It never changes."""

    number: int
    text: str
    digest: str  # SHA-256 of the text, in hexadecimal
    at: datetime
    by: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Activation:
    """From when on new calls get a version. `undoes` is the activation that was rolled back."""

    number: int
    version: int | None  # None: the menu that ships
    at: datetime
    by: str
    why: str
    undoes: int | None = None


def in_force(activations: Iterable[Activation]) -> list[Activation]:
    """
    Return the activations that were not rolled back, the newest last: it decides.

    Before the first of them, and when there is none, the menu that ships holds.
    """
    standing: list[Activation] = []
    for activation in activations:
        if activation.undoes is None:
            standing.append(activation)
        else:
            standing = [one for one in standing if one.number < activation.undoes]
    return standing
