"""How a call comes in and how it ends, whatever happens meanwhile."""

import asyncio
from datetime import datetime
from decimal import Decimal

import pytest

from callcenter.domain.accounts import AccountId, Money
from callcenter.domain.calls import CallEnd, CallerNumber, CallId, Place
from callcenter.domain.errors import CounterUnavailable, LineLost, StoreUnavailable
from callcenter.ivr.prompts import Prompt
from tests import make
from tests.fakes.gateway import FakeCounter
from tests.fakes.phone import SILENCE, FakePhone
from tests.fakes.store import FakeCallBook
from tests.unit.ivr.hotline_of import LOGIN, Hotline, words

CALL = make.call()


class DefectiveCounter(FakeCounter):
    """A counter's adapter with a defect of ours in it."""

    async def money(self, account: AccountId) -> Money:
        raise ZeroDivisionError


async def test_a_call_is_in_the_book_from_its_first_to_its_last_moment() -> None:
    hotline = Hotline()

    call = await hotline.dial("3")

    assert hotline.calls.calls == {CALL.id: CALL}
    assert hotline.calls.ends == {CALL.id: (CallEnd.HUNG_UP, make.NOON)}
    assert call.end is CallEnd.HUNG_UP


async def test_a_caller_who_hangs_up_during_the_greeting_is_in_the_book() -> None:
    hotline = Hotline()

    call = await hotline.dial(hangs_up_at=1)

    assert call.end is CallEnd.HUNG_UP
    assert hotline.calls.ends[CALL.id][0] is CallEnd.HUNG_UP
    assert [turn.prompts for turn in call.turns] == [(Prompt.GREETING,)]


@pytest.mark.parametrize(
    ("script", "end"),
    [
        pytest.param([], CallEnd.HUNG_UP, id="hung-up"),
        pytest.param([SILENCE] * 3, CallEnd.GOODBYE, id="goodbye"),
        pytest.param(["1", *["1#", "1#"] * 3], CallEnd.LOCKED_OUT, id="locked-out"),
        pytest.param(["2", "10000001#", "246810#", "1"], CallEnd.FAILED, id="failed"),
    ],
)
async def test_the_last_turn_and_the_book_say_how_a_call_ended(
    script: list[str], end: CallEnd
) -> None:
    hotline = Hotline(counter=DefectiveCounter())

    call = await hotline.dial(*script)

    assert call.end is end
    assert hotline.calls.ends[CALL.id][0] is end
    assert call.turns[-1].outcome == end.value


async def test_a_line_that_is_lost_is_not_taken_for_a_caller_who_hung_up() -> None:
    hotline = Hotline()

    call = await hotline.take(FakePhone("3", ends_with=LineLost))

    assert call.end is CallEnd.LOST
    assert hotline.calls.ends[CALL.id][0] is CallEnd.LOST


async def test_a_defect_in_a_dialogue_apologises_and_ends_the_call() -> None:
    hotline = Hotline(counter=DefectiveCounter())

    call = await hotline.dial("2", *LOGIN, "1", "2")

    assert call.end is CallEnd.FAILED
    assert call.phone.said[-1] == words(Prompt.FAULT)
    assert hotline.calls.ends[CALL.id][0] is CallEnd.FAILED


async def test_a_caller_may_hang_up_on_an_apology() -> None:
    hotline = Hotline(counter=DefectiveCounter())

    call = await hotline.dial("2", *LOGIN, "1", hangs_up_at_once=True)

    assert call.end is CallEnd.HUNG_UP


async def test_without_a_store_a_call_is_told_of_maintenance() -> None:
    hotline = Hotline()
    hotline.calls.gone = True

    call = await hotline.dial("1")

    assert call.phone.said == [words(Prompt.MAINTENANCE)]
    assert call.end is CallEnd.FAILED


async def test_a_store_that_goes_away_in_a_call_ends_it_with_maintenance() -> None:
    class GoesAway(FakeCallBook):
        async def keep_place(self, call: CallId, place: Place) -> None:
            raise StoreUnavailable

    hotline = Hotline(calls=GoesAway())

    call = await hotline.dial("3")

    assert call.phone.said[-1] == words(Prompt.MAINTENANCE)
    assert call.end is CallEnd.FAILED


async def test_a_call_that_cannot_be_closed_in_the_book_still_ends() -> None:
    class Unclosable(FakeCallBook):
        async def close(self, call: CallId, end: CallEnd, at: datetime) -> None:
            raise StoreUnavailable

    call = await Hotline(calls=Unclosable()).dial("3")

    assert call.end is CallEnd.HUNG_UP


async def test_a_call_without_a_counter_when_it_goes_on_is_told_of_maintenance() -> None:
    hotline = Hotline()
    await hotline.dial_and_die("1", *LOGIN)
    hotline.counter.fails_with = CounterUnavailable()

    call = await hotline.dial()

    assert call.phone.said == [words(Prompt.MAINTENANCE)]


async def test_a_cancelled_call_goes_on_elsewhere_so_it_is_not_closed() -> None:
    hotline = Hotline()

    call = await hotline.dial_and_die("3")

    assert call.end is None
    assert hotline.calls.ends == {}


async def test_calls_at_the_same_time_have_nothing_in_common() -> None:
    hotline = Hotline()
    calls = [
        make.call(id=CallId(f"pbx-1.{n}"), caller=CallerNumber(f"+861380013800{n}"))
        for n in range(3)
    ]
    scripts = [
        ("7", "3", "600000#"),
        ("1", *LOGIN, "1", "600000#", "#", "100#", "1"),
        ("1", "10000003#", "246810#", "1", "601398#", "7*40#", "200#", "1"),
    ]
    reception = hotline.reception()

    ends = await asyncio.gather(
        *[
            reception.take(Unhurried(*script, call=call))
            for script, call in zip(scripts, calls, strict=True)
        ]
    )

    assert ends == [CallEnd.HUNG_UP] * 3
    assert [hotline.calls.places[call.id].language for call in calls] == ["en", "zh", "zh"]
    assert {
        order.draft.account: (order.draft.security.code, order.draft.price, order.station.call)
        for order in hotline.booked
    } == {
        "10000001": ("600000", Decimal("10.05"), calls[1].id),
        "10000003": ("601398", Decimal("7.40"), calls[2].id),
    }


class Unhurried(FakePhone):
    """A caller who lets all others press a key before the next one."""

    async def key(self, *, within_s: float, of_field: bool = False) -> str | None:
        await asyncio.sleep(0)
        return await super().key(within_s=within_s)
