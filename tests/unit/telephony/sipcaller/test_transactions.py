"""Sending until answered."""

import asyncio
from collections.abc import Callable

from callcenter.telephony.sipcaller.transactions import Recent, Repeated, Timers

TIMERS = Timers(t1_s=0.02, t2_s=0.08)


def counting() -> tuple[list[float], Callable[[], None]]:
    times: list[float] = []
    return times, lambda: times.append(asyncio.get_running_loop().time())


async def until_given_up(**options: float) -> list[float]:
    """Return when something was sent, in T1 after the first, until patience was over."""
    times, send = counting()
    over = asyncio.Event()

    Repeated(send, TIMERS, gives_up=over.set, **options)

    await over.wait()
    return [(t - times[0]) / TIMERS.t1_s for t in times]


async def test_an_unanswered_invite_is_sent_seven_times_ever_farther_apart() -> None:
    times = await until_given_up()

    assert len(times) == 7
    for time, due in zip(times, [0, 1, 3, 7, 15, 31, 63], strict=True):
        assert time >= due - 0.2


async def test_other_requests_are_sent_eleven_or_more_times_at_most_t2_apart() -> None:
    times = await until_given_up(longest_pause_s=TIMERS.t2_s)

    assert 11 <= len(times) <= 18


async def test_what_is_stopped_is_sent_no_more() -> None:
    times, send = counting()
    gave_up: list[bool] = []
    repeated = Repeated(send, TIMERS, gives_up=lambda: gave_up.append(True))

    repeated.stop()
    await until_given_up()

    assert len(times) == 1
    assert gave_up == []


def test_only_the_latest_are_remembered() -> None:
    recent = Recent[str, int](2)

    for n, key in enumerate("abc"):
        recent.remember(key, n)

    assert [recent.get(key) for key in "abc"] == [None, 1, 2]
