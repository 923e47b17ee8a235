"""The newest figures against those before them and the best, each as a ratio to the bare limit."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Final

from tests.bench.history import Record

WORSE: Final = 0.8  # of the ratio before: what has fallen below it is pointed out


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One figure that has a bare limit: its newest ratio, the one before it and the best."""

    newest: Record
    before: Record | None
    best: Record

    @property
    def fell(self) -> bool:
        """Tell whether the ratio fell by more than a fifth since the run before."""
        return self.before is not None and _ratio(self.newest) < WORSE * _ratio(self.before)

    def __str__(self) -> str:
        before = "      -" if self.before is None else f"{_ratio(self.before):7.3f}"
        return (
            f"{self.newest.bench:<12} {self.newest.figure:<48} {_ratio(self.newest):7.3f} {before} "
            f"{_ratio(self.best):7.3f} {self.best.run.commit:<17} {'FELL' if self.fell else ''}"
        ).rstrip()


def comparisons(history: Sequence[Record]) -> Iterator[Comparison]:
    """Yield each figure with a bare limit, measured on the machine that was measured on last."""
    if not history:
        return
    machine = history[-1].run.machine
    bare = [one for one in history if one.ratio is not None and one.run.machine == machine]
    for _, same in groupby(sorted(bare, key=attrgetter("name")), key=attrgetter("name")):
        *earlier, newest = sorted(same, key=lambda one: one.run.at)
        yield Comparison(
            newest=newest,
            before=earlier[-1] if earlier else None,
            best=max([*earlier, newest], key=_ratio),
        )


def tell(history: Sequence[Record]) -> bool:
    """Print the comparison; return whether nothing fell."""
    found = list(comparisons(history))
    if not found:
        sys.stdout.write("There is nothing to compare yet: run `make bench`.\n")
        return True
    sys.stdout.write(f"{'bench':<12} {'figure':<48}  newest  before    best of\n")
    sys.stdout.writelines(f"{one}\n" for one in found)
    return not any(one.fell for one in found)


def _ratio(record: Record) -> float:
    return record.ratio or 0.0
