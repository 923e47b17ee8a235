"""No day without a rule and no day with two: what is checked of every cell of every table."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Final, TypeVar

from callcenter.trading.rulebook.rows import Cell, Rule, Table
from callcenter.trading.rulebook.values import Phase

Values = TypeVar("Values")
_DAY: Final = timedelta(days=1)


def faults_in_time(table: Table[Values]) -> Iterator[str]:
    """Yield each gap and each overlap between the rows of a cell."""
    for cell, rules in table.cells.items():
        ordered = sorted(rules, key=lambda rule: rule.row.since)
        for before, after in pairwise(ordered):
            yield from _between(cell, before, after)


def _between(cell: Cell, before: Rule[Values], after: Rule[Values]) -> Iterator[str]:
    earlier, later = before.row, after.row
    where = f"{' '.join(cell)}: {earlier.id} and {later.id}"
    last = later.since - _DAY
    if earlier.until is None or earlier.until > last:
        yield f"{where} overlap: {earlier.id} must end on {last}"
    elif earlier.until < last:
        yield f"{where} leave a gap after {earlier.until}: one of them must hold then"


def faults_in_a_day(table: Table[Phase]) -> Iterator[str]:
    """Yield where the phases of a trading day overlap or leave a gap, on any day of the book."""
    for cell, rules in table.cells.items():
        for day in _changes(rules):
            phases = sorted(table.all(day, *cell), key=lambda rule: rule.values.start)
            for before, after in pairwise(phases):
                if before.values.end != after.values.start:
                    yield (
                        f"{' '.join(cell)} on {day}: {before.row.id} ends at {before.values.end} "
                        f"and {after.row.id} begins at {after.values.start}: they must meet"
                    )


def _changes(rules: Sequence[Rule[Values]]) -> list[date]:
    ends = {rule.row.until + _DAY for rule in rules if rule.row.until}
    return sorted({rule.row.since for rule in rules} | ends)
