"""What becomes of a call that nobody takes."""

import asyncio

import pytest

from callcenter.telephony.sipcaller import (
    CallFailed,
    SipCaller,
)
from callcenter.telephony.sipcaller.messages import Request
from tests.integration.sipcaller.dialling import dialled
from tests.unit.telephony.sipcaller.far_end import FarEnd


async def test_a_refusal_is_acknowledged_and_told_with_its_code(
    phone: SipCaller, far_end: FarEnd
) -> None:
    far_end.acts["INVITE"] = lambda invite: far_end.respond(invite, 404)

    with pytest.raises(CallFailed, match="404") as failed:
        await dialled(phone, far_end)

    assert failed.value.code == 404
    ack = await far_end.receives("ACK")
    assert (ack.to_tag, ack.branch) == ("theirs", far_end.invite.branch)


async def test_a_refusal_whose_ack_was_lost_is_acknowledged_again(
    phone: SipCaller, far_end: FarEnd
) -> None:
    far_end.acts["INVITE"] = lambda invite: far_end.respond(invite, 486)
    with pytest.raises(CallFailed, match="486"):
        await dialled(phone, far_end)
    first = await far_end.receives("ACK")

    far_end.respond(far_end.invite, 486)

    assert await far_end.receives("ACK") == first


async def test_a_far_end_that_is_not_there_is_408(phone: SipCaller, far_end: FarEnd) -> None:
    far_end.acts["INVITE"] = lambda _: None

    with pytest.raises(CallFailed, match="408"):
        await dialled(phone, far_end)

    assert far_end.requests["INVITE"].qsize() == 7


def ring_until_cancelled(far_end: FarEnd) -> None:
    def end(cancel: Request) -> None:
        far_end.agree(cancel)
        far_end.respond(far_end.invite, 487)

    far_end.acts["INVITE"] = lambda invite: far_end.respond(invite, 180)
    far_end.acts["CANCEL"] = end


async def test_a_call_that_nobody_takes_is_cancelled(phone: SipCaller, far_end: FarEnd) -> None:
    ring_until_cancelled(far_end)

    with pytest.raises(CallFailed, match=r"not answered within 0\.1 s") as failed:
        await dialled(phone, far_end, answer_within_s=0.1)

    assert failed.value.code == 487
    cancel, ack = await far_end.receives("CANCEL"), await far_end.receives("ACK")
    assert cancel.branch == ack.branch == far_end.invite.branch


async def test_an_answer_that_crosses_the_cancel_is_hung_up(
    phone: SipCaller, far_end: FarEnd
) -> None:
    def answer_all_the_same(cancel: Request) -> None:
        far_end.agree(cancel)
        far_end.answer(far_end.invite)

    ring_until_cancelled(far_end)
    far_end.acts["CANCEL"] = answer_all_the_same

    with pytest.raises(CallFailed, match="487"):
        await dialled(phone, far_end, answer_within_s=0.1)

    await far_end.receives("ACK")
    await far_end.receives("BYE")


async def test_a_call_is_not_cancelled_before_something_has_come_back(
    phone: SipCaller, far_end: FarEnd
) -> None:
    ring_until_cancelled(far_end)
    far_end.acts["INVITE"] = lambda _: None
    dialling = asyncio.create_task(dialled(phone, far_end, answer_within_s=0.1))
    await far_end.receives("INVITE")
    await asyncio.wait([dialling], timeout=0.15)
    assert not far_end.was_asked("CANCEL")

    far_end.respond(far_end.invite, 180)

    with pytest.raises(CallFailed):
        await dialling
    await far_end.receives("CANCEL")


async def test_a_script_that_stops_dialling_leaves_no_call_behind(
    phone: SipCaller, far_end: FarEnd
) -> None:
    ring_until_cancelled(far_end)
    dialling = asyncio.create_task(dialled(phone, far_end))
    await far_end.receives("INVITE")
    await asyncio.wait([dialling], timeout=0.05)

    dialling.cancel()

    await far_end.receives("CANCEL")
    await far_end.receives("ACK")


async def test_a_call_that_is_answered_when_nobody_dials_any_more_is_hung_up(
    phone: SipCaller, far_end: FarEnd
) -> None:
    dialling = asyncio.create_task(dialled(phone, far_end))

    def stop_dialling(_: Request) -> None:
        dialling.cancel()

    far_end.acts["ACK"] = stop_dialling

    await far_end.receives("ACK")

    await far_end.receives("BYE")
    assert dialling.cancelled()


async def test_an_answer_in_a_codec_we_lack_is_hung_up(phone: SipCaller, far_end: FarEnd) -> None:
    far_end.formats = "9"

    with pytest.raises(CallFailed, match="488 does not take PCMA"):
        await dialled(phone, far_end)

    await far_end.receives("ACK")
    await far_end.receives("BYE")


@pytest.mark.parametrize("to", ["4008", "sip:4008", "sip:40 08@127.0.0.1", "sips:1@a", "sip:1@a>"])
async def test_what_cannot_be_dialled_is_refused_at_once(phone: SipCaller, to: str) -> None:
    with pytest.raises(ValueError, match="not a SIP address"):
        await phone.dial(to, caller="1")
