"""The menu as data: which line greets how, and which key leads where. Dialogues are named in it."""

from collections.abc import Mapping
from dataclasses import dataclass

from callcenter.domain.calls import Call
from callcenter.ivr.catalogue import Say, say
from callcenter.ivr.prompts import Prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a menu: a key, its words, and the menu or the dialogue that it leads to."""

    name: str  # part of a call's place
    key: str
    words: str  # a sentence with the slot `key`
    menu: str | None = None
    dialogue: str | None = None
    login: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """A list of entries, in the order in which they are said."""

    name: str
    entries: tuple[Entry, ...]
    everywhere: tuple[Entry, ...] = ()  # what every menu has, and only the top one says

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(entry.key for entry in self._all)

    @property
    def names(self) -> frozenset[str]:
        return frozenset(entry.name for entry in self._all)

    def words(self, *, top: bool = False) -> list[Say]:
        """Return what is said of it; nothing is above the `top` one."""
        said = self._all if top else self.entries
        end = Prompt.MENU_AGAIN if top else Prompt.MENU_BACK
        return [*(say(entry.words, key=entry.key) for entry in said), say(end)]

    def at(self, key: str) -> Entry | None:
        return next((entry for entry in self._all if entry.key == key), None)

    def named(self, name: str) -> Entry | None:
        return next((entry for entry in self._all if entry.name == name), None)

    @property
    def _all(self) -> tuple[Entry, ...]:
        return (*self.entries, *self.everywhere)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """How calls are greeted, and the menu that they get. Without conditions it takes every call."""

    greeting: tuple[str, ...]
    menu: str
    dids: frozenset[str] | None = None
    branches: frozenset[str] | None = None  # empty: any branch, but not the unified number

    def takes(self, call: Call) -> bool:
        if self.dids is not None and call.did not in self.dids:
            return False
        if self.branches is None:
            return True
        return call.branch is not None and (not self.branches or call.branch in self.branches)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A whole menu. The first line that takes a call decides."""

    lines: tuple[Line, ...]
    menus: Mapping[str, Menu]

    def line_of(self, call: Call) -> Line:
        return next(line for line in self.lines if line.takes(call))
