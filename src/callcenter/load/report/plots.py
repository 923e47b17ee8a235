"""Plots as SVG that stands in the page: few colours, light grids, the unit at each axis."""

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from matplotlib.typing import RcKeyType

from callcenter.load.report.words import share

BLUE: Final = "#1f4e79"
RED: Final = "#b3261e"
GREY: Final = "#8a8f98"
COLOURS: Final = ("#1f4e79", "#d9822b", "#5b8c5a", "#8e6c8a", "#c9b458", "#4aa3a2", "#9a9a9a")
_PARTS: Final = ("asterisk", "daemon", "postgresql")

_WIDTH: Final = 9.2  # inches; the page makes it as wide as itself
_HEIGHT: Final = 2.4
_MOST_POINTS: Final = 400
_STYLE: Final[dict[RcKeyType, object]] = {
    "svg.fonttype": "none",  # text stays text
    "font.family": "sans-serif",
    "font.sans-serif": ["Helvetica", "Arial", "Liberation Sans", "DejaVu Sans"],
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#8a8f98",
    "axes.labelcolor": "#33373d",
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e4e6ea",
    "grid.linewidth": 0.7,
    "xtick.color": "#33373d",
    "ytick.color": "#33373d",
    "legend.frameon": False,
    "legend.fontsize": 9,
    "lines.linewidth": 1.4,
    "figure.constrained_layout.use": True,
}

Points = Sequence[tuple[float, float]]


def colour_of(name: str, names: Sequence[str]) -> str:
    """Return the same colour for a part of the hotline in every plot, and one for the others."""
    if name in _PARTS:
        return COLOURS[_PARTS.index(name)]
    others = [each for each in names if each not in _PARTS]
    rest = COLOURS if others == list(names) else COLOURS[len(_PARTS) :]
    return rest[others.index(name) % len(rest)]


class Plot:
    """An SVG in the making."""

    def __init__(self, name: str, *, height: float = _HEIGHT, rows: int = 1) -> None:
        self._name = name
        self.figure = Figure(figsize=(_WIDTH, height * rows))
        self.axes: list[Axes] = [self.figure.add_subplot(rows, 1, row + 1) for row in range(rows)]

    def svg(self) -> str:
        out = io.StringIO()
        # The salt makes the names of its parts its own, and the same in every run.
        with mpl.rc_context({"svg.hashsalt": self._name}):
            self.figure.savefig(out, format="svg", metadata={"Date": None})
        drawn = out.getvalue()
        return drawn[drawn.index("<svg") :]


@contextmanager
def styled() -> Iterator[None]:
    with mpl.rc_context(_STYLE):
        yield


def lines(
    axes: Axes, series: Mapping[str, Points], *, unit: str, line: tuple[float, str] | None = None
) -> None:
    """Draw series over the seconds of the run; `line` is a bar to hold against them."""
    for name, points in series.items():
        at, values = zip(*thinned(points), strict=True)
        axes.plot(at, values, label=name, color=colour_of(name, list(series)))
    if line is not None:
        axes.axhline(line[0], color=RED, linewidth=1, linestyle="--", label=line[1])
    _over_time(axes, unit)
    if len(series) > 1 or line is not None:
        _legend(axes)


def stacked(
    axes: Axes,
    at: Sequence[float],
    layers: Mapping[str, Sequence[float]],
    *,
    unit: str,
    line: tuple[float, str] | None = None,
) -> None:
    """Draw layers on one another, each with a value for each second in `at`."""
    thin = {name: thinned(list(zip(at, of, strict=True))) for name, of in layers.items()}
    times = [time for time, _ in next(iter(thin.values()))]
    axes.stackplot(
        times,
        [[value for _, value in points] for points in thin.values()],
        labels=list(thin),
        colors=[colour_of(name, list(thin)) for name in thin],
        linewidth=0,
    )
    if line is not None:
        axes.axhline(line[0], color=RED, linewidth=1, linestyle="--", label=line[1])
    _over_time(axes, unit)
    _legend(axes)


def shares(axes: Axes, labels: Sequence[str], counts: Sequence[int]) -> None:
    """Draw what share of all each bar has."""
    whole = sum(counts) or 1
    bars = axes.bar(labels, [100 * each / whole for each in counts], color=BLUE, width=0.8)
    told = [share(each, whole) if each else "" for each in counts]
    axes.bar_label(bars, told, fontsize=8, color="#33373d", padding=2)
    axes.set_ylabel("share of all (%)")
    axes.grid(visible=False, axis="x")
    axes.margins(x=0.01, y=0.15)


def thinned(points: Points) -> Points:
    """Return means of neighbours where there are more points than a plot can show."""
    step = -(-len(points) // _MOST_POINTS)
    if step <= 1:
        return points
    parts = (points[first : first + step] for first in range(0, len(points), step))
    return [(part[0][0], sum(value for _, value in part) / len(part)) for part in parts]


def _over_time(axes: Axes, unit: str) -> None:
    axes.set_ylim(bottom=0)
    axes.margins(x=0)
    axes.set_ylabel(unit)
    axes.set_xlabel("seconds since the run began")
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5))


def _legend(axes: Axes) -> None:
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), borderaxespad=0.2)
