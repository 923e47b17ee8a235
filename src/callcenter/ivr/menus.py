"""Menus as data: which key leads where. The menu that ships is in `hotline.py`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Union

from callcenter.ivr.catalogue import Say, say
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.session import Session

Dialogue = Callable[[Session], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a menu: a key, its words, and what it leads to."""

    name: str
    key: str
    words: Prompt
    leads_to: Union["Menu", Dialogue]
    login: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """A list of entries. `top` is the one that has nothing above it."""

    entries: tuple[Entry, ...]
    top: bool = False

    def __post_init__(self) -> None:
        if len(self.keys) != len(self.entries):
            raise ValueError(f"a key is bound twice: {[entry.key for entry in self.entries]}")

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(entry.key for entry in self.entries)

    @property
    def names(self) -> frozenset[str]:
        return frozenset(entry.name for entry in self.entries)

    def words(self) -> list[Say]:
        entries = [say(entry.words, key=entry.key) for entry in self.entries]
        return [*entries, say(Prompt.MENU_AGAIN if self.top else Prompt.MENU_BACK)]

    def at(self, key: str) -> Entry | None:
        return next((entry for entry in self.entries if entry.key == key), None)

    def named(self, name: str) -> Entry | None:
        return next((entry for entry in self.entries if entry.name == name), None)
