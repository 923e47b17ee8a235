"""One heartbeat for all calls."""

import asyncio
import time

from callcenter.telephony.sipcaller.pacer import Pacer


class Beating:
    """Counts its beats and tells when there were enough."""

    def __init__(self, enough: int) -> None:
        self.times: list[float] = []
        self.done = asyncio.Event()
        self._enough = enough

    def beat(self) -> None:
        self.times.append(asyncio.get_running_loop().time())
        if len(self.times) == self._enough:
            self.done.set()


async def beaten(pacer: Pacer, *calls: Beating) -> None:
    async with asyncio.timeout(5):
        await asyncio.gather(*(call.done.wait() for call in calls))
    await pacer.close()


async def a_moment() -> None:
    other, call = Pacer(), Beating(3)
    other.join(call.beat)
    await beaten(other, call)


async def test_every_call_is_served_every_20_ms_on_average() -> None:
    pacer, calls = Pacer(), [Beating(11) for _ in range(8)]

    for call in calls:
        pacer.join(call.beat)
    await beaten(pacer, *calls)

    for call in calls:
        assert 0.19 < call.times[10] - call.times[0] < 0.5


async def test_a_late_beat_is_made_up_for() -> None:
    pacer, call = Pacer(), Beating(11)

    pacer.join(call.beat)
    await asyncio.sleep(0)
    time.sleep(0.1)  # noqa: ASYNC251 - the whole loop hangs, as it does on a busy machine
    began = asyncio.get_running_loop().time()
    await beaten(pacer, call)

    assert call.times[10] - began < 0.19
    assert pacer.worst_lag_s > 0.05
    assert pacer.dropped == 0


async def test_hopelessly_late_beats_are_dropped_and_counted() -> None:
    pacer, call = Pacer(), Beating(2)

    pacer.join(call.beat)
    await asyncio.sleep(0)
    time.sleep(0.6)  # noqa: ASYNC251 - as above
    await beaten(pacer, call)

    assert 25 <= pacer.dropped < 50


async def test_a_call_that_left_is_not_served_and_others_may_join_later() -> None:
    pacer, gone, later = Pacer(), Beating(1), Beating(3)

    pacer.join(gone.beat)
    await gone.done.wait()
    pacer.leave(gone.beat)
    await a_moment()
    pacer.join(later.beat)
    await beaten(pacer, later)

    assert len(gone.times) == 1


async def test_a_pacer_that_never_ran_is_closed_too() -> None:
    await Pacer().close()
