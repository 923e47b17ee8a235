"""How a call of the scripted telephone is answered."""

import asyncio

import pytest

from callcenter.telephony.sipcaller import (
    CallFailed,
    SipCaller,
)
from callcenter.telephony.sipcaller.messages import Request
from tests.integration.sipcaller.dialling import LOUD, TIMERS, dialled
from tests.unit.telephony.sipcaller.far_end import SOON_S, FarEnd


async def test_an_answered_call_is_acknowledged_and_sends_silence(
    phone: SipCaller, far_end: FarEnd
) -> None:
    await dialled(phone, far_end)

    ack = await far_end.receives("ACK")
    first, second = await far_end.ear.next(), await far_end.ear.next()
    assert ack.cseq[0] == far_end.invite.cseq[0]
    assert first.payload == b"\xd5" * 160
    assert second.timestamp - first.timestamp == 160


async def test_a_lost_invite_is_sent_again_unchanged(phone: SipCaller, far_end: FarEnd) -> None:
    lost: list[Request] = []

    def answer_the_third(invite: Request) -> None:
        lost.append(invite)
        if len(lost) == 3:
            far_end.answer(invite)

    far_end.acts["INVITE"] = answer_the_third
    await dialled(phone, far_end)

    assert lost[0] == lost[1] == lost[2]


async def test_ringing_stops_the_repeats(phone: SipCaller, far_end: FarEnd) -> None:
    far_end.acts["INVITE"] = lambda invite: far_end.respond(invite, 180)

    with pytest.raises(CallFailed):
        await dialled(phone, far_end, answer_within_s=10 * TIMERS.t1_s)

    await far_end.receives("INVITE")
    assert not far_end.was_asked("INVITE")


async def test_an_answer_whose_ack_was_lost_is_acknowledged_again(
    phone: SipCaller, far_end: FarEnd
) -> None:
    await dialled(phone, far_end)
    first = await far_end.receives("ACK")

    far_end.answer(far_end.invite)

    assert await far_end.receives("ACK") == first


async def test_early_media_are_heard(phone: SipCaller, far_end: FarEnd) -> None:
    far_end.acts["INVITE"] = lambda invite: far_end.respond(invite, 183, far_end.sdp())
    dialling = asyncio.create_task(dialled(phone, far_end))
    await far_end.ear.next()

    said = far_end.ear.say(LOUD)
    far_end.answer(far_end.invite)
    call = await dialling

    assert await call.heard_since(said - 0.01, within_s=SOON_S) < call.answered_at + 0.5
    await far_end.receives("ACK")


async def test_thin_silence_keeps_a_call_alive_at_less_cost(
    phone: SipCaller, far_end: FarEnd
) -> None:
    await dialled(phone, far_end, keepalive_ms=100)

    first, second = await far_end.ear.next(), await far_end.ear.next()
    assert second.timestamp - first.timestamp == 5 * 160
