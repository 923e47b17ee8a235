"""The time of day, as everything here is timed: seconds since the epoch."""

import time
from collections.abc import Callable

Clock = Callable[[], float]


def wall_clock() -> Clock:
    """Return a clock set to the time of day now, that never steps back when the host's does."""
    offset = time.time() - time.monotonic()
    return lambda: time.monotonic() + offset
