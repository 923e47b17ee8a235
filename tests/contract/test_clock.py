"""What every `Clock` promises: the system's, and the fake."""

from datetime import UTC, datetime, timedelta

import pytest

from callcenter.domain.clock import BEIJING, Clock, SystemClock
from tests.fakes.clock import FakeClock


@pytest.fixture(params=[SystemClock, FakeClock], ids=["system", "fake"])
def clock(request: pytest.FixtureRequest) -> Clock:
    made: Clock = request.param()
    return made


def test_the_time_is_beijings(clock: Clock) -> None:
    assert clock.now().tzinfo == BEIJING
    assert clock.now().utcoffset() == timedelta(hours=8)


def test_time_does_not_go_back(clock: Clock) -> None:
    first, second = clock.now(), clock.now()

    assert first <= second


def test_the_systems_clock_is_right() -> None:
    assert abs(SystemClock().now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_fake_clock_goes_as_the_test_says() -> None:
    clock = FakeClock()
    before = clock.now()

    clock.forward(timedelta(minutes=5))

    assert clock.now() - before == timedelta(minutes=5)
