"""What the hotline is to say on each path: written from the contract with callers, not from it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cache
from importlib import resources
from typing import Any, Final

import yaml

Prompts = tuple[str, ...]


class Kind(Enum):
    FIELD = auto()  # a value, ended by #
    DECIMAL = auto()  # the same with a decimal point, which is the key *
    PASSWORD = auto()
    CHOICE = auto()  # one key of a list
    READ_BACK = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """
    A question, and a good answer to it.

    `again` is what is said of it when it is asked again, if that is less. `back` is what comes
    after the back key: None stands for the question before, or the menu above the first one.
    """

    says: Prompts
    keys: str
    kind: Kind = Kind.FIELD
    again: Prompts | None = None
    back: Prompts | None = None
    no: Prompts | None = None  # after key 2 at a read-back
    pound: Prompts | None = None  # after the key #, if that does not mean "again"
    wrong: str = "9"  # a key that leads nowhere; "" if each leads somewhere

    @property
    def repeated(self) -> Prompts:
        return self.says if self.again is None else self.again

    @property
    def shown(self) -> str:
        """The keys as the log has them."""
        return "******" if self.kind is Kind.PASSWORD else self.keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A dialogue from its first question to its last word."""

    dialogue: str
    asks: Sequence[Ask] = ()
    says: Prompts = ()
    then: Prompts | None = None  # what is asked next, if not the menu above
    account: str = ""  # one that has what the course needs
    before: Sequence["Course"] = field(default=())  # in the same call: what there must be first

    @property
    def name(self) -> str:
        return "-after-".join([self.dialogue, *(course.dialogue for course in self.before)])


def choice(*says: str, keys: str = "1", again: Prompts | None = None) -> Ask:
    return Ask(says=says, keys=keys, kind=Kind.CHOICE, again=again)


def password(says: str, keys: str) -> Ask:
    return Ask(says=(says,), keys=keys, kind=Kind.PASSWORD)


def read_back(*says: str, dropped: str, no: Prompts, choices: str = "confirm") -> Ask:
    return Ask(says=(*says, choices), keys="1", kind=Kind.READ_BACK, back=(dropped,), no=no)


@cache
def menu() -> Mapping[str, Any]:
    """Return the file of the menu that ships, as it is written."""
    text = resources.files("callcenter.ivr").joinpath("menu.yaml").read_text("utf-8")
    plain: Mapping[str, Any] = yaml.safe_load(text)
    return plain


def words_of(name: str) -> Prompts:
    """Return what is said of a menu."""
    entries = [*menu()["menus"][name], *(menu()["everywhere"] if name == TOP else ())]
    return (*(entry["words"] for entry in entries), "menu-again" if name == TOP else "menu-back")


TOP: Final = "main"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """The menus from the top to a dialogue, with the key pressed in each."""

    steps: Sequence[tuple[str, str]]
    login: bool

    @property
    def above(self) -> str:
        """The menu that the dialogue is in."""
        return self.steps[-1][0]


def ways() -> Mapping[str, Way]:
    """Return how every dialogue is reached; of several ways the first."""
    found: dict[str, Way] = {}
    for dialogue, way in _below(TOP, (), login=False):
        found.setdefault(dialogue, way)
    return found


def _below(
    name: str, steps: tuple[tuple[str, str], ...], *, login: bool
) -> Iterator[tuple[str, Way]]:
    entries = [*menu()["menus"][name], *(menu()["everywhere"] if name == TOP else ())]
    for entry in entries:
        here = (*steps, (name, str(entry["key"])))
        needed = login or entry.get("login", False)
        if "menu" in entry:
            yield from _below(entry["menu"], here, login=needed)
        else:
            yield entry["dialogue"], Way(steps=here, login=needed)
