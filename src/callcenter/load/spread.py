"""How measured times are spread: percentiles, and counts for a histogram."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Self

_EDGES_S: Final = (
    0.001,
    0.002,
    0.005,
    0.01,
    0.02,
    0.03,
    0.05,
    0.075,
    0.1,
    0.15,
    0.2,
    0.25,
    0.35,
    0.5,
    1.0,
    2.0,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """How many values are at most `up_to` and more than the bucket before allows."""

    up_to: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How values in seconds are spread. The last bucket reaches up to the worst."""

    count: int
    mean: float
    p50: float
    p95: float
    p99: float
    worst: float
    buckets: tuple[Bucket, ...] = ()

    @classmethod
    def of(cls, values: Iterable[float]) -> Self | None:
        """Return the spread of the values, None if there are none. Percentiles: nearest rank."""
        ordered = sorted(values)
        if not ordered:
            return None
        return cls(
            count=len(ordered),
            mean=sum(ordered) / len(ordered),
            p50=_percentile(ordered, 50),
            p95=_percentile(ordered, 95),
            p99=_percentile(ordered, 99),
            worst=ordered[-1],
            buckets=_buckets(ordered),
        )


def _percentile(ordered: Sequence[float], percent: int) -> float:
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def _buckets(ordered: Sequence[float]) -> tuple[Bucket, ...]:
    edges = [edge for edge in _EDGES_S if edge < ordered[-1]] + [ordered[-1]]
    counts = [0] * len(edges)
    place = 0
    for value in ordered:
        while value > edges[place]:
            place += 1
        counts[place] += 1
    return tuple(Bucket(up_to=e, count=n) for e, n in zip(edges, counts, strict=True))
