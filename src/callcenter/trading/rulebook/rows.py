"""A row of the rule book, and the tables that rows stand in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Final, Generic, TypeVar

Values = TypeVar("Values", covariant=True)
Cell = tuple[str, ...]

_REMEMBERED: Final = 4096  # answers of each table


class Label(StrEnum):
    """How far a row is to be trusted."""

    PRIMARY = "P"  # the rule's own text, or a counter's header
    SECONDARY = "S"  # somebody who quotes it
    GENERAL = "G"  # common knowledge without a source
    MEASURED = "M"  # counted in lists of securities


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """Where sources contradict each other: this row holds if that option is chosen."""

    choice: str
    option: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What every row says of itself: from when to when it holds, and who says so."""

    id: str
    since: date
    until: date | None  # the last day; None until further notice
    clause: str
    source: str
    label: Label
    cells: tuple[Cell, ...]  # what it is about, along the axes of its table
    variant: Variant | None = None

    def holds(self, on: date) -> bool:
        return self.since <= on and (self.until is None or on <= self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Generic[Values]):
    row: Row
    values: Values


class Table(Generic[Values]):
    """The rows of one kind that hold under the choices made. Each day has at most one per cell."""

    def __init__(self, name: str, axes: Sequence[str], rules: Sequence[Rule[Values]]) -> None:
        self.name = name
        self.axes = tuple(axes)
        self.rules = tuple(rules)
        self._by_cell: dict[Cell, list[Rule[Values]]] = {}
        for rule in rules:
            for cell in rule.row.cells:
                self._by_cell.setdefault(cell, []).append(rule)
        self._beginnings = {cell[0] for cell in self._by_cell}
        # Every order asks dozens of times, all of them for the rows of today.
        self._holding = lru_cache(_REMEMBERED)(self._find_all)

    @property
    def cells(self) -> Mapping[Cell, Sequence[Rule[Values]]]:
        return self._by_cell

    def find(self, on: date, *cell: str) -> Rule[Values] | None:
        """Return the row that holds on a day, or None if the book has none."""
        found = self._holding(on, cell)
        return found[0] if found else None

    def all(self, on: date, *cell: str) -> Sequence[Rule[Values]]:
        """Return every row that holds on a day: sessions have several, other tables one."""
        return self._holding(on, cell)

    def begins(self, first: str) -> bool:
        """Tell whether any cell begins with this."""
        return first in self._beginnings

    def knows(self, *cell: str) -> bool:
        """Tell whether the book has anything to say of this, on whatever day."""
        return cell in self._by_cell

    def _find_all(self, on: date, cell: Cell) -> Sequence[Rule[Values]]:
        return tuple(rule for rule in self._by_cell.get(cell, ()) if rule.row.holds(on))
