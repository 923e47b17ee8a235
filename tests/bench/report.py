"""A measured figure, its bar, its bare limit, and how they are shown."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """
    `bar` is what the value must be `at_most`, unless `at_least`; None for a figure without a bar.

    `limit` is what the bare machine did in the same run, in the same unit, and `ratio` is how much
    of it we reach: 1 is all of it, more is better, for rates and times alike.
    """

    name: str
    value: float
    unit: str = ""
    bar: float | None = None
    at_least: bool = False
    limit: float | None = None
    ratio: float | None = None

    @property
    def met(self) -> bool:
        if self.bar is None:
            return True
        return self.value >= self.bar if self.at_least else self.value <= self.bar

    def __str__(self) -> str:
        bar = limit = ""
        if self.bar is not None:
            sign = "≥" if self.at_least else "≤"
            bar = f"  (bar {sign} {self.bar:g}{self.unit}: {'met' if self.met else 'MISSED'})"
        if self.limit is not None and self.ratio is not None:
            limit = f"  (bare {self.limit:.3g}{self.unit}, ratio {self.ratio:.3f})"
        return f"  {self.name:<48} {self.value:>10.3g}{self.unit}{limit}{bar}"


def rate(name: str, ours: Sequence[float], bare: Sequence[float], unit: str) -> Figure:
    """
    Return the figure of a rate from rounds in which both took turns, by the best round of each.

    Whatever else the machine does makes a round worse and none better.
    """
    return Figure(name, max(ours), unit, limit=max(bare), ratio=max(ours) / max(bare))


def duration(name: str, ours: Sequence[float], bare: Sequence[float], unit: str) -> Figure:
    """Return the figure of a time, likewise by the best round of each."""
    return Figure(name, min(ours), unit, limit=min(bare), ratio=min(bare) / min(ours))


def tell(name: str, figures: Sequence[Figure]) -> bool:
    """Print the figures of one bench; return whether all bars are met."""
    sys.stdout.write(f"{name}\n" + "".join(f"{figure}\n" for figure in figures))
    sys.stdout.flush()
    return all(figure.met for figure in figures)
