"""What the far end may ask within a call, and outside of any."""

import pytest

from callcenter.telephony.sipcaller import (
    SipCaller,
)
from callcenter.telephony.sipcaller.messages import Request
from callcenter.telephony.sipcaller.rtp import Packet
from tests.integration.sipcaller.dialling import LOUD, dialled
from tests.unit.telephony.sipcaller.far_end import SOON_S, FarEnd


@pytest.mark.parametrize(
    ("method", "status"), [("OPTIONS", 200), ("INFO", 200), ("UPDATE", 200), ("REFER", 405)]
)
async def test_a_question_within_the_call_is_answered(
    phone: SipCaller, far_end: FarEnd, method: str, status: int
) -> None:
    await dialled(phone, far_end)

    far_end.ask(method)

    response = await far_end.gets()
    assert (response.status, response.cseq) == (status, (1, method))
    assert "INVITE" in response.first("Allow")


@pytest.mark.parametrize(("method", "status"), [("OPTIONS", 200), ("INVITE", 486), ("BYE", 481)])
async def test_a_stranger_is_answered(
    phone: SipCaller, far_end: FarEnd, method: str, status: int
) -> None:
    call = await dialled(phone, far_end)
    await call.close()

    far_end.ask(method)

    assert (await far_end.gets()).status == status


async def test_a_goodbye_for_another_call_does_not_end_ours(
    phone: SipCaller, far_end: FarEnd
) -> None:
    call = await dialled(phone, far_end)
    tag = call_tag(far_end.invite)

    far_end.ask("OPTIONS")
    await far_end.gets()
    far_end.ask_again(far_end.last.replace(b"OPTIONS", b"BYE").replace(tag, b"tag=other"))

    assert (await far_end.gets()).status == 481
    assert call.ending is None


def call_tag(invite: Request) -> bytes:
    return f"tag={invite.from_tag}".encode()


async def test_an_overtaken_question_is_refused(phone: SipCaller, far_end: FarEnd) -> None:
    await dialled(phone, far_end)
    far_end.ask("OPTIONS")
    await far_end.gets()

    far_end.ask_again(far_end.last.replace(b"z9hG4bK1", b"z9hG4bK9"))

    assert (await far_end.gets()).status == 500


async def test_hold_stops_our_sending_until_the_call_is_taken_back(
    phone: SipCaller, far_end: FarEnd
) -> None:
    call = await dialled(phone, far_end)
    await far_end.ear.next()

    far_end.mode = "inactive"
    far_end.ask("UPDATE", body=far_end.sdp())
    held = await far_end.gets()
    far_end.ear.forget()
    await call.stay(0.1)
    sent_on_hold = far_end.ear.packets.qsize()
    far_end.mode = "sendrecv"
    far_end.ask("UPDATE", body=far_end.sdp())
    back = await far_end.gets()

    assert b"a=inactive" in held.body
    assert b" 2 IN IP4" in held.body
    assert sent_on_hold == 0
    assert b"a=sendrecv" in back.body
    await far_end.ear.next()


async def test_the_answer_to_a_re_invite_is_repeated_until_acknowledged(
    phone: SipCaller, far_end: FarEnd
) -> None:
    await dialled(phone, far_end)
    await far_end.receives("ACK")

    far_end.ask("INVITE", body=far_end.sdp())
    first, second = await far_end.gets(), await far_end.gets()
    far_end.asked -= 1
    far_end.ask("ACK", branch="ack")
    far_end.ask("OPTIONS")
    while (response := await far_end.gets()) == first:
        pass

    assert (first.status, second) == (200, first)
    assert response.cseq[1] == "OPTIONS"


async def test_a_re_invite_without_an_offer_gets_ours(phone: SipCaller, far_end: FarEnd) -> None:
    await dialled(phone, far_end)

    far_end.ask("INVITE")

    assert (await far_end.gets()).body == far_end.invite.body
    far_end.ask("ACK")


async def test_a_far_end_that_moved_is_said_goodbye_to_at_its_new_place(
    phone: SipCaller, far_end: FarEnd
) -> None:
    call = await dialled(phone, far_end)

    far_end.ask("UPDATE", more="Contact: <sip:new@127.0.0.1>\r\n")
    await far_end.gets()
    await call.hang_up()

    assert (await far_end.receives("BYE")).uri == "sip:new@127.0.0.1"


async def test_a_fax_is_declined_and_the_call_goes_on(phone: SipCaller, far_end: FarEnd) -> None:
    call = await dialled(phone, far_end)

    far_end.ask("INVITE", body=far_end.sdp().replace(b"m=audio", b"m=image"))

    assert (await far_end.gets()).status == 488
    await call.stay(0.05)
    assert call.ending is None


async def test_junk_on_the_wire_is_passed_over(phone: SipCaller, far_end: FarEnd) -> None:
    call = await dialled(phone, far_end)
    await far_end.ear.next()

    far_end.transport.sendto(b"\r\n\r\n", far_end.caller)
    far_end.transport.sendto(b"\x00junk", far_end.caller)
    far_end.ear.transport.sendto(b"junk", far_end.ear.caller)
    far_end.transport.sendto(Packet(8, 1, 1, 1, LOUD).encode(), far_end.ear.caller)
    said_at = far_end.ear.say(LOUD)

    await call.heard_since(said_at - 0.01, within_s=SOON_S)
    assert call.statistics.received == 1
