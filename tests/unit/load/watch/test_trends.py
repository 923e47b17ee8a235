"""What is called flat, and what is called a leak."""

from dataclasses import replace

import pytest

from callcenter.load.watch.trends import per_hour, trends
from callcenter.load.watched import Gauge, ProcessSample, Trend, Watched
from tests.unit.load.results import PLAN

MB = 2**20
SOAK = replace(PLAN, ramp_s=60.0, lasts_s=1860.0)


def daemon(*memory: tuple[float, float]) -> Watched:
    return Watched(
        processes=tuple(
            ProcessSample(
                at=at, name="daemon", cpu_s=0.0, memory=round(mb * MB), files=None, threads=1
            )
            for at, mb in memory
        )
    )


def gauge(name: str, *values: tuple[float, float]) -> Watched:
    return Watched(gauges=tuple(Gauge(at=at, name=name, value=value) for at, value in values))


def trend_of(name: str, watched: Watched) -> Trend:
    [found] = [trend for trend in trends(watched, SOAK) if trend.name == name]
    return found


def test_the_slope_is_that_of_the_least_squares_line() -> None:
    # By hand: mean of t 2, of y 3; sum (t-2)(y-3) = 8, sum (t-2)^2 = 10.
    points = [(0.0, 1.0), (1.0, 3.0), (2.0, 2.0), (3.0, 5.0), (4.0, 4.0)]

    assert per_hour(points) == pytest.approx(0.8 * 3600)
    assert per_hour(points[:1]) is None


def test_memory_that_jumps_in_the_ramp_and_then_stays_is_flat() -> None:
    watched = daemon((0, 60), (59, 150), *((60 + n, 200 + n % 2) for n in range(1801)), (1900, 200))

    trend = trend_of("daemon memory", watched)

    assert trend.flat is True
    assert trend.per_hour == pytest.approx(0, abs=MB)
    assert trend.mean == pytest.approx(200.5 * MB, rel=0.01)
    assert trend.leaks is None


def test_memory_that_gains_a_tenth_in_the_time_is_not_flat() -> None:
    watched = daemon(*((60 + n, 200 + 20 * n / 1800) for n in range(1801)))

    trend = trend_of("daemon memory", watched)

    assert trend.flat is False
    assert trend.per_hour == pytest.approx(40 * MB, rel=0.01)


def test_caches_that_fill_in_the_first_third_are_no_growth() -> None:
    watched = daemon(*((60 + n, min(150 + n / 30, 170)) for n in range(1801)))

    trend = trend_of("daemon memory", watched)

    assert trend.flat is True
    assert trend.per_hour == pytest.approx(0, abs=MB)


def test_what_grows_on_after_the_caches_are_full_is_not_flat() -> None:
    watched = daemon(*((60 + n, min(150 + n / 30, 170) + n / 180) for n in range(1801)))

    trend = trend_of("daemon memory", watched)

    assert trend.flat is False
    assert trend.per_hour == pytest.approx(20 * MB, rel=0.01)


def test_a_short_run_tells_nothing_of_slopes() -> None:
    assert trend_of("daemon memory", daemon((60, 100), (200, 200))).flat is None


@pytest.mark.parametrize(
    ("name", "left", "leaks"),
    [
        ("asterisk channels", 0.0, False),
        ("asterisk channels", 1.0, True),
        ("daemon connections", 20.0, False),
        ("daemon connections", 21.0, True),
        ("daemon tasks", 500.0, True),
    ],
)
def test_what_is_left_after_the_last_call_is_a_leak_beyond_what_a_pool_keeps(
    name: str, left: float, leaks: bool
) -> None:
    watched = gauge(name, (0, 0.0), (60, 300.0), (1860, 300.0), (1900, left))

    assert trend_of(name, watched).leaks is leaks


def test_lag_is_nothing_that_could_be_left_behind() -> None:
    assert trends(gauge("daemon lag", (0, 0.0), (60, 1.0)), SOAK) == ()
