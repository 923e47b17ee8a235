"""The menu as data: which line greets how, and which key leads where. Dialogues are named in it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from callcenter.domain.calls import Language
from callcenter.ivr.catalogue import Say, say
from callcenter.ivr.menus.faults import Where
from callcenter.ivr.menus.hours import ALWAYS, Opening
from callcenter.ivr.prompts import Prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialled:
    """Which number was dialled, and the language spoken: what a menu may depend on."""

    did: str
    branch: str | None  # None: the unified number
    language: Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Only:
    """For whom something is; where nothing is said, for everybody."""

    dids: frozenset[str] | None = None
    branches: frozenset[str] | None = None  # empty: any branch, but not the unified number
    languages: frozenset[Language] = frozenset(Language)

    def fits(self, dialled: Dialled) -> bool:
        if self.dids is not None and dialled.did not in self.dids:
            return False
        return self._fits_branch(dialled.branch) and dialled.language in self.languages

    def _fits_branch(self, branch: str | None) -> bool:
        if self.branches is None:
            return True
        return branch is not None and (not self.branches or branch in self.branches)


EVERYBODY: Final = Only()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """
    One line of a menu: a key, its words, and the menu or the dialogue that it leads to.

    While it is closed its key leads to the sentence `outside`; without one it is not there.
    """

    name: str  # part of a call's place
    key: str
    words: str  # a sentence with the slot `key`
    menu: str | None = None
    dialogue: str | None = None
    login: bool = False
    only: Only = EVERYBODY
    opening: Opening = ALWAYS
    outside: str | None = None

    @property
    def goal(self) -> str:
        """What it leads to, for people."""
        return f"menu {self.menu}" if self.menu is not None else f"{self.dialogue}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """A list of entries, in the order in which they are said."""

    name: str
    entries: tuple[Entry, ...]
    everywhere: tuple[Entry, ...] = ()  # what every menu has, and only the top one says

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(entry.key for entry in self.all)

    @property
    def names(self) -> frozenset[str]:
        return frozenset(entry.name for entry in self.all)

    @property
    def all(self) -> tuple[Entry, ...]:
        return (*self.entries, *self.everywhere)

    def words(self, *, top: bool = False) -> list[Say]:
        """Return what is said of it; nothing is above the `top` one."""
        said = self.all if top else self.entries
        end = Prompt.MENU_AGAIN if top else Prompt.MENU_BACK
        return [*(say(entry.words, key=entry.key) for entry in said), say(end)]

    def at(self, key: str) -> Entry | None:
        return next((entry for entry in self.all if entry.key == key), None)

    def named(self, name: str) -> Entry | None:
        return next((entry for entry in self.all if entry.name == name), None)

    def for_(self, dialled: Dialled) -> "Menu":
        """Return what of it there is for such a call, at any hour."""
        return self._with(lambda entry: entry.only.fits(dialled))

    def without(self, hidden: frozenset[str]) -> "Menu":
        """Return it without the entries of these names."""
        return self._with(lambda entry: entry.name not in hidden)

    def _with(self, wanted: Callable[[Entry], bool]) -> "Menu":
        return replace(
            self,
            entries=tuple(filter(wanted, self.entries)),
            everywhere=tuple(filter(wanted, self.everywhere)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """How calls are greeted, the language they begin in, and the menu that they get."""

    greeting: tuple[str, ...]
    menu: str
    only: Only = EVERYBODY
    language: Language = Language.ZH


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """Words that a menu brings along, by language, and where they are written."""

    words: Mapping[str, str]
    where: Where


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """
    A whole menu. The first line that fits the number dialled decides.

    `sentences` are of entries and greetings, by a name of their own, or `instead` of those that
    ship.
    """

    lines: tuple[Line, ...]
    menus: Mapping[str, Menu]
    sentences: Mapping[str, Sentence] = field(default_factory=dict)
    instead: Mapping[str, Sentence] = field(default_factory=dict)

    @property
    def words(self) -> Mapping[str, Mapping[str, str]]:
        """All sentences that it brings along, as a catalogue takes them."""
        return {name: one.words for name, one in {**self.sentences, **self.instead}.items()}

    def line_of(self, dialled: Dialled) -> Line | None:
        return next((line for line in self.lines if line.only.fits(dialled)), None)

    def placed(self) -> Iterator[tuple[Where, Entry]]:
        """Yield all entries with the place in the file where they are written."""
        for name, menu in self.menus.items():
            for at, entry in enumerate(menu.entries):
                yield ("menus", name, at), entry
        for menu in list(self.menus.values())[:1]:
            for at, entry in enumerate(menu.everywhere):
                yield ("everywhere", at), entry

    def announcements(self, callers: Iterable[Dialled]) -> Iterator[tuple[Language, list[Say]]]:
        """Yield what such callers hear of the menus while all is open, each once."""
        seen: set[str] = set()
        tops = {line.menu for line in self.lines}
        for dialled in callers:
            for menu in self.menus.values():
                words = menu.for_(dialled).words(top=menu.name in tops)
                if (told := f"{dialled.language}{words}") not in seen:
                    seen.add(told)
                    yield dialled.language, words
