"""The ways that callers can take through a menu."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from callcenter.domain.calls import Language
from callcenter.ivr.menus.plan import Dialled, Entry, Line, Plan

DEEPEST: Final = 4  # levels of menus, the top one counted
Numbers = Mapping[str, str | None]  # each number that is dialled, with its branch


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """The entries that one caller chooses, one after the other, from the top."""

    dialled: Dialled
    top: str
    entries: tuple[Entry, ...]

    @property
    def keys(self) -> str:
        return " → ".join(entry.key for entry in self.entries)

    @property
    def told(self) -> str:
        """The way in words: the number, the language, the keys."""
        return f"{self.dialled.did} ({self.dialled.language}): {self.keys}"

    @property
    def end(self) -> Entry:
        return self.entries[-1]

    @property
    def levels(self) -> int:
        """How many menus the caller is in at its end, one below the other."""
        return 1 + sum(entry.menu is not None for entry in self.entries)

    @property
    def comes_back(self) -> bool:
        """Tell whether its last step leads into a menu that it has been in."""
        menus = [self.top, *(entry.menu for entry in self.entries if entry.menu is not None)]
        return len(set(menus)) < len(menus)


def callers(plan: Plan, numbers: Numbers) -> Iterator[tuple[Dialled, Line]]:
    """Yield every number in every language, with its line; without a line it is left out."""
    for did, branch in numbers.items():
        for language in Language:
            dialled = Dialled(did=did, branch=branch, language=language)
            if (line := plan.line_of(dialled)) is not None:
                yield dialled, line


def ways(plan: Plan, dialled: Dialled, line: Line) -> Iterator[Way]:
    """
    Yield every way of a caller, whatever the hour, the shorter ones first.

    One that comes back to a menu, or is deeper than `DEEPEST`, is yielded and not followed.
    """
    menus: deque[tuple[str, tuple[Entry, ...]]] = deque([(line.menu, ())])
    while menus:
        name, before = menus.popleft()
        for entry in plan.menus[name].for_(dialled).all if name in plan.menus else ():
            way = Way(dialled=dialled, top=line.menu, entries=(*before, entry))
            yield way
            if entry.menu is not None and not way.comes_back and way.levels <= DEEPEST:
                menus.append((entry.menu, way.entries))
