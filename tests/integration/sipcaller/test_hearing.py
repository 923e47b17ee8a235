"""What is heard, and which keys arrive."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from callcenter.telephony.sipcaller import (
    NoKeysAgreed,
    ScriptedCall,
    SipCaller,
    TookTooLong,
)
from callcenter.telephony.sipcaller.rtp import parse_key_event
from tests.integration.sipcaller.dialling import LOUD, dialled
from tests.unit.telephony.sipcaller.far_end import SOON_S, Ear, FarEnd


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
