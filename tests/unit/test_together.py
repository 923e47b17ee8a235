"""Who comes at the same moment is served together, and nobody pays for another."""

import asyncio
from collections.abc import Sequence

import pytest

from callcenter.domain.errors import StoreUnavailable
from callcenter.together import Together


class Doubling:
    """Doubles numbers, group by group. It cannot do 13, and nothing once it is `gone`."""

    def __init__(self) -> None:
        self.groups: list[Sequence[int]] = []
        self.begun = asyncio.Event()
        self.gone = False
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def __call__(self, asked: Sequence[int]) -> Sequence[int]:
        self.groups.append(asked)
        self.begun.set()
        await self.go_on.wait()
        if self.gone:
            raise StoreUnavailable("switched off by the test")
        if 13 in asked:
            raise ValueError("13")
        return [2 * number for number in asked]


async def test_who_comes_alone_does_not_wait() -> None:
    doubling = Doubling()

    assert await Together(doubling, outage=StoreUnavailable).ask(1) == 2

    assert doubling.groups == [[1]]


async def test_who_comes_while_others_are_served_goes_with_the_next_group() -> None:
    doubling = Doubling()
    together = Together(doubling, outage=StoreUnavailable)
    doubling.go_on.clear()

    first = asyncio.create_task(together.ask(1))
    await doubling.begun.wait()
    others = [asyncio.create_task(together.ask(number)) for number in (2, 3)]
    await asyncio.sleep(0)
    doubling.go_on.set()

    assert await asyncio.gather(first, *others) == [2, 4, 6]
    assert doubling.groups == [[1], [2, 3]]


async def test_an_outage_is_told_to_all_and_tried_once() -> None:
    doubling = Doubling()
    doubling.gone = True
    together = Together(doubling, outage=StoreUnavailable)

    answers = await asyncio.gather(*map(together.ask, (1, 2)), return_exceptions=True)

    assert [type(answer) for answer in answers] == [StoreUnavailable, StoreUnavailable]
    assert doubling.groups == [[1, 2]]


async def test_what_fails_by_itself_takes_nobody_with_it() -> None:
    together = Together(Doubling(), outage=StoreUnavailable)

    answers = await asyncio.gather(*map(together.ask, (1, 13, 3)), return_exceptions=True)

    assert answers[::2] == [2, 6]
    assert isinstance(answers[1], ValueError)


async def test_who_leaves_does_not_disturb_the_others() -> None:
    doubling = Doubling()
    together = Together(doubling, outage=StoreUnavailable)
    doubling.go_on.clear()

    leaving, staying = (asyncio.create_task(together.ask(number)) for number in (1, 2))
    await asyncio.sleep(0)
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    doubling.go_on.set()

    assert await staying == 4
    assert await together.ask(3) == 6


async def test_of_those_who_are_the_same_one_goes_with_a_group_in_their_order() -> None:
    doubling = Doubling()
    together = Together(doubling, outage=StoreUnavailable, apart=lambda number: number % 10)

    answers = await asyncio.gather(*map(together.ask, (1, 11, 2, 21, 12)))

    assert answers == [2, 22, 4, 42, 24]
    assert doubling.groups == [[1, 2], [11, 12], [21]]


async def test_what_is_broken_off_is_told_to_whoever_waits() -> None:
    doubling = Doubling()
    together = Together(doubling, outage=StoreUnavailable)
    doubling.go_on.clear()
    waiting = asyncio.create_task(together.ask(1))
    await doubling.begun.wait()

    await together.stop()
    await together.stop()

    with pytest.raises(asyncio.CancelledError):
        await waiting
