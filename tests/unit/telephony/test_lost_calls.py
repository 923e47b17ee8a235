"""Calls that ended while no daemon was looking."""

from datetime import timedelta

import pytest

from callcenter.domain.calls import CallEnd, CallId
from callcenter.telephony.lost_calls import LostCalls
from tests import make
from tests.fakes.agi import FakeAmi
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeCallBook

GRACE = timedelta(seconds=60)
LOST = CallId("pbx-1.1")
ALIVE = CallId("pbx-1.2")
ELSEWHERE = CallId("pbx2-1.3")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(make.NOON + timedelta(minutes=5))


@pytest.fixture
async def book() -> FakeCallBook:
    """Three calls without an end, five minutes old."""
    book = FakeCallBook()
    for call in (LOST, ALIVE, ELSEWHERE):
        await book.open(make.call(id=call))
    return book


def looking(ami: FakeAmi, book: FakeCallBook, clock: FakeClock) -> LostCalls:
    async def rescue(_: CallId) -> None:
        pass

    return LostCalls(ami, book, clock, "pbx", every_s=30, grace=GRACE, rescue=rescue)


async def test_only_our_own_calls_without_a_channel_are_closed(
    book: FakeCallBook, clock: FakeClock
) -> None:
    await looking(FakeAmi(living=[ALIVE]), book, clock).once()

    assert book.ends == {LOST: (CallEnd.LOST, clock.now())}


async def test_a_young_call_may_not_be_in_the_list_yet(
    book: FakeCallBook, clock: FakeClock
) -> None:
    clock.at = make.NOON + GRACE

    await looking(FakeAmi(), book, clock).once()

    assert book.ends == {}


async def test_a_call_that_has_its_end_keeps_it(book: FakeCallBook, clock: FakeClock) -> None:
    await book.close(LOST, CallEnd.GOODBYE, make.NOON)

    await looking(FakeAmi(living=[ALIVE]), book, clock).once()

    assert book.ends == {LOST: (CallEnd.GOODBYE, make.NOON)}


@pytest.mark.parametrize("down", [True, False], ids=["down", "refuses"])
async def test_while_asterisk_does_not_tell_nothing_is_closed(
    book: FakeCallBook, clock: FakeClock, down: bool
) -> None:
    ami = FakeAmi()
    ami.down, ami.refuses = down, {"CoreShowChannels"}

    await looking(ami, book, clock).once()

    assert book.ends == {}


async def test_while_the_store_is_away_nothing_is_closed(
    book: FakeCallBook, clock: FakeClock
) -> None:
    book.gone = True

    await looking(FakeAmi(), book, clock).once()

    assert book.ends == {}


async def test_asterisk_is_not_asked_when_no_call_is_open(clock: FakeClock) -> None:
    ami = FakeAmi()

    await looking(ami, FakeCallBook(), clock).once()

    assert ami.actions == []


async def test_what_was_said_in_a_lost_call_is_kept_before_its_end_is_written(
    book: FakeCallBook, clock: FakeClock
) -> None:
    kept: list[tuple[CallId, bool]] = []

    async def rescue(call: CallId) -> None:
        kept.append((call, call in book.ends))

    ami = FakeAmi(living=[ALIVE])
    await LostCalls(ami, book, clock, "pbx", every_s=30, grace=GRACE, rescue=rescue).once()

    assert kept == [(LOST, False)]
