"""The scripted telephone against a far end that loses, repeats, refuses, rings and hangs up."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import numpy as np
import pytest

from callcenter.telephony.sipcaller import (
    CallEnded,
    CallFailed,
    NoKeysAgreed,
    Party,
    ScriptedCall,
    SipCaller,
    Timers,
    TookTooLong,
)
from callcenter.telephony.sipcaller.g711 import Codec, encode
from callcenter.telephony.sipcaller.messages import Request
from callcenter.telephony.sipcaller.rtp import Packet, parse_key_event
from tests.unit.telephony.sipcaller.far_end import SOON_S, Ear, FarEnd

TIMERS = Timers(t1_s=0.02, t2_s=0.08)
LOUD = encode(Codec.PCMA, np.full(160, 8000, dtype=np.int16))


@pytest.fixture
async def far_end() -> AsyncIterator[FarEnd]:
    loop = asyncio.get_running_loop()
    local = ("127.0.0.1", 0)
    media, ear = await loop.create_datagram_endpoint(Ear, local_addr=local)
    sip, far = await loop.create_datagram_endpoint(lambda: FarEnd(ear), local_addr=local)
    yield far
    for transport in (media, sip):
        transport.close()


@pytest.fixture
async def phone(far_end: FarEnd) -> AsyncIterator[SipCaller]:
    # After `far_end`, so that it is still there to be said goodbye to.
    async with SipCaller(timers=TIMERS) as caller:
        yield caller
    others = asyncio.all_tasks() - {asyncio.current_task()}
    assert not {task.get_name() for task in others if "sipcaller" in task.get_name()}


async def dialled(phone: SipCaller, far_end: FarEnd, **wishes: Any) -> ScriptedCall:
    return await phone.dial(far_end.to, caller="13800138000", **wishes)


# Being answered


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


# Not being answered


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


# Ending


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


# Listening and keying


async def test_keys_arrive_as_they_were_pressed_at_the_times_told(
    phone: SipCaller, far_end: FarEnd
) -> None:
    call = await dialled(phone, far_end)

    ended_at = await call.press("10#*D", key_ms=60, gap_ms=40)

    assert len(ended_at) == 5
    assert np.diff(ended_at) == pytest.approx([0.1] * 4, abs=0.08)
    assert await keys_heard(far_end.ear, 5) == "10#*D"


async def keys_heard(ear: Ear, count: int) -> str:
    keys: dict[int, str] = {}
    while len(keys) < count:
        packet = await ear.next()
        event = parse_key_event(packet.payload) if packet.payload_type == 101 else None
        if event is not None and event.ended:
            keys[packet.timestamp] = event.key
    return "".join(keys.values())


async def test_keys_are_refused_where_the_far_end_takes_none(
    phone: SipCaller, far_end: FarEnd
) -> None:
    far_end.formats = "8"
    call = await dialled(phone, far_end)

    with pytest.raises(NoKeysAgreed):
        await call.press("1")


async def test_keys_of_the_far_end_are_heard(phone: SipCaller, far_end: FarEnd) -> None:
    call = await dialled(phone, far_end)
    await far_end.ear.next()

    for key in "5#5":
        far_end.ear.press(key)
    said_at = far_end.ear.say(LOUD)
    await call.heard_since(said_at - 0.01, within_s=SOON_S)

    assert call.keys_heard == "5#5"
    assert (call.statistics.received, call.statistics.lost) == (far_end.ear.sent, 0)


async def test_no_keys_take_no_time(phone: SipCaller, far_end: FarEnd) -> None:
    assert await (await dialled(phone, far_end)).press("") == ()


async def test_the_first_sound_after_a_moment_is_timed(phone: SipCaller, far_end: FarEnd) -> None:
    call = await dialled(phone, far_end)
    await far_end.ear.next()
    asked_at = time.time()

    said_at = far_end.ear.say(LOUD)

    heard_at = await call.heard_since(asked_at - 0.01, within_s=SOON_S)
    assert heard_at == pytest.approx(said_at, abs=0.1)
    assert call.first_audio_after(asked_at - 0.01) == heard_at


async def test_a_script_may_listen_for_loud_sounds_only(phone: SipCaller, far_end: FarEnd) -> None:
    call = await dialled(phone, far_end)
    await far_end.ear.next()
    began = time.time() - 0.01

    loud = asyncio.create_task(call.heard_since(began, within_s=0.2, level_db=-6))
    any_sound = asyncio.create_task(call.heard_since(began, within_s=SOON_S))
    await call.stay(0.02)
    far_end.ear.say(LOUD)

    await any_sound
    with pytest.raises(TookTooLong):
        await loud


async def test_silence_is_told_since_the_last_sound(phone: SipCaller, far_end: FarEnd) -> None:
    call = await dialled(phone, far_end)
    await far_end.ear.next()
    said_at = far_end.ear.say(LOUD)

    sound = await call.hear_out(said_at - 0.01, quiet_s=0.2)

    assert (sound.began, sound.ended) == pytest.approx((said_at, said_at + 0.02), abs=0.1)
    assert call.sounds() == (sound,)


async def test_what_was_said_is_in_the_recording(
    phone: SipCaller, far_end: FarEnd, tmp_path: Any
) -> None:
    call = await dialled(phone, far_end)
    await far_end.ear.next()
    said_at = far_end.ear.say(LOUD)
    await call.heard_since(said_at - 0.01, within_s=SOON_S)
    await call.stay(0.1)
    await call.hang_up()

    call.save_wav(tmp_path / "call.wav")

    audible = np.flatnonzero(call.audio > 4000)
    assert len(audible) == 160
    assert audible[0] / 8000 == pytest.approx(said_at - call.dialled_at, abs=0.1)
    assert (tmp_path / "call.wav").stat().st_size == 44 + 2 * len(call.audio)
    assert (call.statistics.received, call.statistics.lost) == (1, 0)


async def test_what_we_say_is_heard(phone: SipCaller, far_end: FarEnd) -> None:
    call = await dialled(phone, far_end)

    await call.say(np.full(320, 8000, dtype=np.int16))

    heard = [await far_end.ear.next() for _ in range(far_end.ear.packets.qsize())]
    assert [packet.payload for packet in heard].count(LOUD) >= 1


@pytest.mark.parametrize(
    "waits",
    [
        pytest.param(lambda call: call.heard_since(time.time(), within_s=0.1), id="heard"),
        pytest.param(lambda call: call.silence(of_s=9, within_s=0.1), id="silence"),
        pytest.param(lambda call: call.ended(within_s=0.1), id="ended"),
    ],
)
async def test_nobody_waits_for_ever(
    phone: SipCaller, far_end: FarEnd, waits: Callable[[ScriptedCall], Any]
) -> None:
    call = await dialled(phone, far_end)

    with pytest.raises(TookTooLong, match=r"not within 0\.1 s"):
        await waits(call)


# What the far end may ask


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
