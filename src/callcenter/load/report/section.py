"""What a part of the page is made of."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A figure, and whether it is good (True) or not; None is neither."""

    text: str
    good: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The first column names the row. `heads` has a head for each column."""

    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A plot with the words below it, which also say it to whom cannot see it."""

    svg: str
    caption: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """`about` says what it is, `good` what is good; both in a sentence."""

    title: str
    about: str
    good: str
    tables: Sequence[Table] = ()
    drawings: Sequence[Drawing] = ()
    notes: Sequence[str] = ()


def row(*cells: str | Cell) -> Sequence[Cell]:
    return [cell if isinstance(cell, Cell) else Cell(text=cell) for cell in cells]
