"""When a stream of the paper counter looks for events again."""

import asyncio
from typing import Final

from callcenter.gateways.paper.bell import Bell

HOURS: Final = 3600.0


async def test_whoever_listens_is_woken_at_once() -> None:
    bell = Bell()
    with bell.heard(least_s=0, most_s=HOURS) as listener:
        due = asyncio.create_task(listener.until_due())
        await _let_everybody_run()
        assert not due.done()

        bell.ring()

        await due


async def test_what_rang_during_a_look_is_looked_for_next() -> None:
    bell = Bell()
    with bell.heard(least_s=0, most_s=HOURS) as listener:
        bell.ring()

        await listener.until_due()


async def test_one_ring_is_one_look() -> None:
    bell = Bell()
    with bell.heard(least_s=0, most_s=HOURS) as listener:
        bell.ring()
        bell.ring()
        await listener.until_due()

        due = asyncio.create_task(listener.until_due())
        await _let_everybody_run()

        assert not due.done()
        due.cancel()


async def test_every_stream_hears_the_bell() -> None:
    bell = Bell()
    with (
        bell.heard(least_s=0, most_s=HOURS) as one,
        bell.heard(least_s=0, most_s=HOURS) as other,
    ):
        bell.ring()

        await asyncio.gather(one.until_due(), other.until_due())


async def test_without_a_bell_a_look_is_due_all_the_same() -> None:
    with Bell().heard(least_s=0, most_s=0.001) as listener:
        await listener.until_due()


async def test_what_is_held_back_is_looked_for_soon() -> None:
    with Bell().heard(least_s=0, most_s=HOURS) as listener:
        await listener.until_due(soon=True)


async def test_a_bell_can_be_set_to_ring_later() -> None:
    bell = Bell()
    with bell.heard(least_s=0, most_s=HOURS) as listener:
        bell.ring_in(0.001)

        await listener.until_due()


async def _let_everybody_run() -> None:
    for _ in range(5):
        await asyncio.sleep(0)
