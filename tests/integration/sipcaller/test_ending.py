"""Who ends a call, and what the other side is told."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from callcenter.telephony.sipcaller import (
    CallEnded,
    Party,
    ScriptedCall,
    SipCaller,
)
from callcenter.telephony.sipcaller.messages import Request
from tests.integration.sipcaller.dialling import TIMERS, dialled
from tests.unit.telephony.sipcaller.far_end import SOON_S, FarEnd


async def test_hanging_up_says_goodbye_until_it_is_heard(phone: SipCaller, far_end: FarEnd) -> None:
    lost: list[Request] = []

    def hear_the_third(bye: Request) -> None:
        lost.append(bye)
        if len(lost) == 3:
            far_end.agree(bye)

    far_end.acts["BYE"] = hear_the_third
    call = await dialled(phone, far_end)

    ending = await call.hang_up()

    assert ending.by is Party.US
    assert lost[0] == lost[1] == lost[2]


async def test_a_far_end_that_is_deaf_does_not_keep_us(phone: SipCaller, far_end: FarEnd) -> None:
    far_end.acts["BYE"] = lambda _: None
    call = await dialled(phone, far_end)

    await call.hang_up()

    assert far_end.requests["BYE"].qsize() >= 11


async def test_leaving_the_call_hangs_up(phone: SipCaller, far_end: FarEnd) -> None:
    async with await dialled(phone, far_end):
        assert not far_end.was_asked("BYE")

    assert far_end.was_asked("BYE")


async def test_leaving_the_telephone_hangs_up_every_call(far_end: FarEnd) -> None:
    async with SipCaller(timers=TIMERS) as phone:
        calls = [await dialled(phone, far_end) for _ in range(3)]

    assert far_end.requests["BYE"].qsize() == 3
    assert [call.ending and call.ending.by for call in calls] == [Party.US] * 3


async def test_one_call_can_be_placed_without_a_telephone(far_end: FarEnd) -> None:
    async with ScriptedCall.place(far_end.to, caller="1", codec="PCMA") as call:
        await far_end.receives("ACK")

    assert far_end.was_asked("BYE")
    assert call.ending is not None


async def test_the_far_end_s_goodbye_ends_the_call_with_its_reason(
    phone: SipCaller, far_end: FarEnd
) -> None:
    call = await dialled(phone, far_end)

    far_end.ask("BYE", more='Reason: Q.850;cause=16;text="Normal Clearing"\r\n')

    ending = await call.ended(within_s=SOON_S)
    assert (ending.by, ending.reason) == (Party.FAR_END, 'Q.850;cause=16;text="Normal Clearing"')
    assert (await far_end.gets()).status == 200


async def test_a_repeated_goodbye_is_answered_as_the_first(
    phone: SipCaller, far_end: FarEnd
) -> None:
    call = await dialled(phone, far_end)
    far_end.ask("BYE")
    first = await far_end.gets()
    await call.close()

    far_end.ask_again(far_end.last)

    assert await far_end.gets() == first
    assert not far_end.was_asked("BYE")


@pytest.mark.parametrize(
    "waits",
    [
        pytest.param(lambda call: call.press("1234567890" * 10), id="press"),
        pytest.param(lambda call: call.say(np.zeros(80_000, dtype=np.int16)), id="say"),
        pytest.param(lambda call: call.heard_since(time.time(), within_s=60), id="heard"),
        pytest.param(lambda call: call.silence(of_s=30, within_s=60), id="silence"),
        pytest.param(lambda call: call.hear_out(time.time()), id="hear out"),
        pytest.param(lambda call: call.stay(60), id="stay"),
    ],
)
async def test_whoever_waits_learns_that_the_far_end_hung_up(
    phone: SipCaller, far_end: FarEnd, waits: Callable[[ScriptedCall], Any]
) -> None:
    call = await dialled(phone, far_end)
    waiting = asyncio.create_task(waits(call))
    await far_end.ear.next()

    far_end.ask("BYE")

    with pytest.raises(CallEnded) as ended:
        await waiting
    assert ended.value.ending.by is Party.FAR_END
