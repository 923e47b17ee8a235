"""A measured figure, its bar, and how the two are shown."""

import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """`bar` is what it must be `at most`, unless `at_least`; None for a figure without a bar."""

    name: str
    value: float
    unit: str = ""
    bar: float | None = None
    at_least: bool = False

    @property
    def met(self) -> bool:
        if self.bar is None:
            return True
        return self.value >= self.bar if self.at_least else self.value <= self.bar

    def __str__(self) -> str:
        bar = ""
        if self.bar is not None:
            sign = "≥" if self.at_least else "≤"
            bar = f"  (bar {sign} {self.bar:g}{self.unit}: {'met' if self.met else 'MISSED'})"
        return f"  {self.name:<48} {self.value:>10.3g}{self.unit}{bar}"


def tell(name: str, figures: list[Figure]) -> bool:
    """Print the figures of one bench; return whether all bars are met."""
    sys.stdout.write(f"{name}\n" + "".join(f"{figure}\n" for figure in figures))
    sys.stdout.flush()
    return all(figure.met for figure in figures)
