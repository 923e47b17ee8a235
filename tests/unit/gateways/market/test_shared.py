"""One question for many callers."""

import asyncio
import gc
from collections.abc import Mapping, Sequence

import pytest

from callcenter.domain.errors import QuotesUnavailable
from callcenter.domain.securities import Quote, Security
from callcenter.gateways.market.shared import SharedFeed
from tests import make
from tests.fakes.market import FakeFeed

PUFA, OTHER, UNKNOWN = (make.security(code=code) for code in ("600000", "600004", "600001"))


class Time:
    """Seconds that pass when a test says so; whoever sleeps wakes at once."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, _: float) -> None:
        await asyncio.sleep(0)


class SlowFeed(FakeFeed):
    """Answers when it is let to."""

    def __init__(self, *quotes: Quote) -> None:
        super().__init__(*quotes)
        self.arrived, self.may_answer = asyncio.Event(), asyncio.Event()

    async def quotes(self, securities: Sequence[Security]) -> Mapping[str, Quote]:
        found = await super().quotes(securities)
        self.arrived.set()
        await self.may_answer.wait()
        return found


def market() -> tuple[Quote, Quote]:
    return make.quote(PUFA), make.quote(OTHER)


def shared(feed: FakeFeed, time: Time | None = None) -> SharedFeed:
    time = time or Time()
    return SharedFeed(feed, keep_s=3, monotonic=time, sleep=time.sleep)


async def test_who_asks_at_once_is_asked_for_in_one_question() -> None:
    feed = FakeFeed(*market())
    one = shared(feed)

    answers = await asyncio.gather(*(one.quotes([PUFA, OTHER][n % 2 :]) for n in range(100)))

    assert feed.asked == [[PUFA.id, OTHER.id]]
    assert all(OTHER.id in answer for answer in answers)
    assert [PUFA.id in answer for answer in answers] == [True, False] * 50


async def test_an_answer_is_kept_for_as_long_as_was_set_and_no_longer() -> None:
    feed, time = FakeFeed(*market()), Time()
    one = shared(feed, time)

    await one.quotes([PUFA])
    time.now = 2.9
    await one.quotes([PUFA])
    assert len(feed.asked) == 1

    time.now = 3.0
    feed.say(make.quote(PUFA, volume=1))
    assert (await one.quotes([PUFA]))[PUFA.id].volume == 1


async def test_an_unknown_code_is_not_asked_for_again_at_once() -> None:
    feed = FakeFeed(*market())
    one = shared(feed)

    assert await one.quotes([UNKNOWN]) == {}
    assert await one.quotes([UNKNOWN, PUFA]) == {PUFA.id: make.quote(PUFA)}

    assert feed.asked == [[UNKNOWN.id], [PUFA.id]]


async def test_who_comes_while_the_source_is_asked_waits_for_that_answer() -> None:
    feed = SlowFeed(*market())
    one = shared(feed)

    first = asyncio.create_task(one.quotes([PUFA]))
    await feed.arrived.wait()
    second = asyncio.create_task(one.quotes([PUFA]))
    feed.may_answer.set()

    assert await first == await second
    assert len(feed.asked) == 1


async def test_who_asks_for_another_one_meanwhile_is_asked_for_as_well() -> None:
    feed = SlowFeed(*market())
    one = shared(feed)

    first = asyncio.create_task(one.quotes([PUFA]))
    await feed.arrived.wait()
    second = asyncio.create_task(one.quotes([PUFA, OTHER]))
    feed.may_answer.set()

    assert set(await first) == {PUFA.id}
    assert set(await second) == {PUFA.id, OTHER.id}
    assert feed.asked == [[PUFA.id], [OTHER.id]]


async def test_all_who_come_during_a_question_are_asked_for_in_the_next_one() -> None:
    feed = SlowFeed(*market())
    one = shared(feed)
    first = asyncio.create_task(one.quotes([PUFA]))
    await feed.arrived.wait()

    others = []
    for code in ("600004", "600001", "600004"):
        others.append(asyncio.create_task(one.quotes([make.security(code=code)])))
        for _ in range(5):  # turns of the loop: each comes well after the one before
            await asyncio.sleep(0)
    feed.may_answer.set()
    await asyncio.gather(first, *others)

    assert feed.asked == [[PUFA.id], [OTHER.id, UNKNOWN.id]]


async def test_a_caller_who_hangs_up_takes_nothing_from_the_others() -> None:
    feed = SlowFeed(*market())
    one = shared(feed)
    first, second = (asyncio.create_task(one.quotes([PUFA])) for _ in range(2))
    await feed.arrived.wait()

    first.cancel()
    feed.may_answer.set()

    assert PUFA.id in await second
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_a_failure_is_everybodys_and_is_not_kept() -> None:
    feed = FakeFeed(*market())
    one = shared(feed)

    feed.away = True
    failures = await asyncio.gather(*(one.quotes([PUFA]) for _ in range(3)), return_exceptions=True)
    feed.away = False

    assert [type(failure) for failure in failures] == [QuotesUnavailable] * 3
    assert PUFA.id in await one.quotes([PUFA])


async def test_a_failure_that_nobody_waits_for_any_more_disturbs_nobody() -> None:
    complaints: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, what: complaints.append(what))
    feed = FakeFeed()
    feed.away = True
    one = shared(feed)
    caller = asyncio.create_task(one.quotes([PUFA]))
    await asyncio.sleep(0)

    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    for _ in range(5):  # turns of the loop, until the source has answered
        await asyncio.sleep(0)
    gc.collect()

    assert feed.asked
    assert complaints == []


async def test_stopping_drops_what_is_under_way() -> None:
    feed = SlowFeed(*market())
    one = shared(feed)
    caller = asyncio.create_task(one.quotes([PUFA]))
    await feed.arrived.wait()

    await one.stop()

    with pytest.raises(asyncio.CancelledError):
        await caller


async def test_nothing_is_asked_for_nothing() -> None:
    feed = FakeFeed()

    assert await shared(feed).quotes([]) == {}
    assert feed.asked == []
