"""
Whether something grows or is left behind: for a soak.

The slope is that of the least-squares line through what was seen while the load was steady, from
the end of the ramp to the last call that began. Something is flat if that line gains or loses at
most 5 % of its mean over the time, or at most the slack of its kind, whichever is more. A steady
load of less than five minutes tells nothing.

Of memory the line leaves out the first third of that time: who was just started fills caches and
opens pools then. What grows on is in the other two thirds as well, and its slope is reckoned for
the whole of the time.

Left behind is what was seen last, after all calls were over, less what was seen first, before any.
Files, tasks and connections may be kept for the next call (a pool), so up to 20 are no leak. A
connection of PostgreSQL keeps the files of every table that it has read, so of these only the slope
is judged. The telephones are no part of the hotline, and left out.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from callcenter.load.model import Plan
from callcenter.load.watched import Trend, Watched

STEADY_S: Final = 300.0
WARM_UP: Final = 1 / 3
FLAT_SHARE: Final = 0.05
KEPT: Final = 20.0
_HOUR_S: Final = 3600.0
_MB: Final = 2**20
_MEMORY_SLACK: Final = 8.0 * _MB

Points = Sequence[tuple[float, float]]

PARTS: Final = ("asterisk", "daemon", "postgresql")

# Numbers that are no amount of something kept.
_NOT_KEPT: Final = ("daemon lag", "postgresql commits")


def trends(watched: Watched, plan: Plan) -> tuple[Trend, ...]:
    """Return how memory, files, threads and every gauge went."""
    return tuple(_trend(name, points, plan) for name, points in _series(watched).items())


def per_hour(points: Points) -> float | None:
    """Return the slope of the least-squares line per hour, None for fewer than two times."""
    if len({at for at, _ in points}) < 2:
        return None
    mean_at = sum(at for at, _ in points) / len(points)
    mean = _mean(points)
    across = sum((at - mean_at) ** 2 for at, _ in points)
    return _HOUR_S * sum((at - mean_at) * (value - mean) for at, value in points) / across


def _trend(name: str, points: Points, plan: Plan) -> Trend:
    steady = [point for point in points if plan.ramp_s <= point[0] <= plan.lasts_s]
    judged = _warm(steady) if name.endswith("memory") else steady
    slope = per_hour(judged)
    return Trend(
        name=name,
        mean=_mean(judged) if judged else None,
        per_hour=slope,
        flat=_is_flat(name, steady, slope),
        first=points[0][1],
        last=points[-1][1],
        leaks=_leaks(name, points),
    )


def _warm(steady: Points) -> Points:
    if not steady:
        return steady
    (began, _), (ended, _) = steady[0], steady[-1]
    return [point for point in steady if point[0] >= began + WARM_UP * (ended - began)]


def _is_flat(name: str, steady: Points, slope: float | None) -> bool | None:
    lasted_s = steady[-1][0] - steady[0][0] if steady else 0.0
    if slope is None or lasted_s < STEADY_S:
        return None
    gained = abs(slope) * lasted_s / _HOUR_S
    slack = _MEMORY_SLACK if name.endswith("memory") else KEPT
    return gained <= max(FLAT_SHARE * abs(_mean(steady)), slack)


def _leaks(name: str, points: Points) -> bool | None:
    """Memory is kept by allocators for the next call, so its slope alone tells."""
    if name.endswith("memory") or name == "postgresql files":
        return None
    kept = 0.0 if name in ("asterisk channels", "daemon calls") else KEPT
    return points[-1][1] - points[0][1] > kept


def _mean(points: Points) -> float:
    return sum(value for _, value in points) / len(points)


def _series(watched: Watched) -> Mapping[str, Points]:
    series: dict[str, list[tuple[float, float]]] = {}
    for name, at, value in _numbers(watched):
        series.setdefault(name, []).append((at, value))
    return {name: sorted(points) for name, points in sorted(series.items())}


def _numbers(watched: Watched) -> Iterator[tuple[str, float, float]]:
    for one in (each for each in watched.processes if each.name in PARTS):
        yield f"{one.name} memory", one.at, float(one.memory)
        yield f"{one.name} threads", one.at, float(one.threads)
        if one.files is not None:
            yield f"{one.name} files", one.at, float(one.files)
    yield from _gauges(watched)


def _gauges(watched: Watched) -> Iterable[tuple[str, float, float]]:
    return (
        (gauge.name, gauge.at, gauge.value)
        for gauge in watched.gauges
        if gauge.name not in _NOT_KEPT
    )
