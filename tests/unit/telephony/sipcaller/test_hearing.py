"""What was heard, put on the wall clock."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.telephony.sipcaller.g711 import Codec, encode
from callcenter.telephony.sipcaller.hearing import Hearing, Sound
from callcenter.telephony.sipcaller.rtp import Packet

BEGAN = 1_700_000_000.0
FRAME = 160


def loud(level: int = 8000) -> bytes:
    return encode(Codec.PCMA, np.full(FRAME, level, dtype=np.int16))


QUIET = bytes([Codec.PCMA.silence]) * FRAME


class FarEnd:
    """Sends a packet every 20 ms; `arrives` says when, in seconds after the call began."""

    def __init__(self, *, keeps_audio: bool = True) -> None:
        self.hearing = Hearing(Codec.PCMA, began_at=BEGAN, keeps_audio=keeps_audio)
        self.timestamp = 5000

    def sends(self, payload: bytes, *, arrives: float, ssrc: int = 1, marker: bool = False) -> bool:
        packet = Packet(8, 0, self.timestamp, ssrc, payload, marker)
        self.timestamp += FRAME
        return self.hearing.receive(packet, BEGAN + arrives)

    def heard(self, seconds: float) -> list[int]:
        """Return, per 20 ms, the level that was heard, to the nearest thousand."""
        audio = self.hearing.audio(until=BEGAN + seconds)
        return [round(int(level), -3) for level in audio[::FRAME]]


def test_sound_is_placed_where_it_arrived() -> None:
    far_end = FarEnd()

    far_end.sends(loud(), arrives=0.04)

    assert far_end.heard(0.1) == [0, 0, 8000, 0, 0]


def test_a_late_packet_sounds_where_its_timestamp_puts_it() -> None:
    far_end = FarEnd()

    for arrives in (0.0, 0.075, 0.076):
        far_end.sends(loud(), arrives=arrives)

    assert far_end.heard(0.1) == [8000, 8000, 8000, 0, 0]


@pytest.mark.parametrize("since", [0.0, 0.01, 0.02, 0.045, 0.2])
def test_what_was_heard_since_a_time_is_the_rest_of_all(since: float) -> None:
    far_end = FarEnd()
    for n in range(4):
        far_end.sends(loud(1000 * (n + 1)), arrives=0.02 * n)

    all_of_it = far_end.hearing.audio(until=BEGAN + 0.1)
    rest = far_end.hearing.audio(since=BEGAN + since, until=BEGAN + 0.1)

    assert np.array_equal(rest, all_of_it[round(since * 8000) :])


def test_a_lost_packet_leaves_silence() -> None:
    far_end = FarEnd()

    far_end.sends(loud(), arrives=0.0)
    far_end.timestamp += FRAME
    far_end.sends(loud(), arrives=0.04)

    assert far_end.heard(0.08) == [8000, 0, 8000, 0]


def test_a_pause_that_the_timestamps_do_not_show_is_heard_as_silence() -> None:
    far_end = FarEnd()

    far_end.sends(loud(), arrives=0.0)
    goes_on = far_end.sends(loud(2000), arrives=1.0)

    heard = far_end.heard(1.04)
    assert not goes_on
    assert heard == [8000, *[0] * 49, 2000, 0]


def test_a_marked_packet_begins_a_spurt_after_a_short_pause() -> None:
    far_end = FarEnd()

    far_end.sends(loud(), arrives=0.0)
    far_end.sends(loud(), arrives=0.1, marker=True)

    assert far_end.heard(0.14) == [8000, 0, 0, 0, 0, 8000, 0]


def test_a_new_source_begins_where_it_arrives() -> None:
    far_end = FarEnd()

    far_end.sends(loud(), arrives=0.0)
    far_end.timestamp = 4_000_000_000
    far_end.sends(loud(3000), arrives=0.02, ssrc=2)

    assert far_end.heard(0.06) == [8000, 3000, 0]


def test_sound_from_before_the_beginning_is_cut_off() -> None:
    far_end = FarEnd()

    far_end.sends(loud(), arrives=-0.01)

    assert far_end.heard(0.04) == [8000, 0]
    assert np.count_nonzero(far_end.hearing.audio(until=BEGAN + 0.04)) == FRAME // 2


@given(until=st.floats(0, 0.2))
def test_the_recording_is_as_long_as_the_call(until: float) -> None:
    far_end = FarEnd()
    for n in range(5):
        far_end.sends(loud(), arrives=n * 0.02)

    assert len(far_end.hearing.audio(until=BEGAN + until)) == pytest.approx(until * 8000, abs=1)


def test_the_first_audible_packet_after_a_moment_is_found() -> None:
    far_end = FarEnd()
    for n, payload in enumerate([loud(), QUIET, QUIET, loud(70), loud(200), QUIET]):
        far_end.sends(payload, arrives=n * 0.02)

    assert far_end.hearing.first_audio_after(BEGAN) == BEGAN
    assert far_end.hearing.first_audio_after(BEGAN + 0.01) == BEGAN + 0.08
    assert far_end.hearing.first_audio_after(BEGAN + 0.01, level_db=-55) == BEGAN + 0.06
    assert far_end.hearing.first_audio_after(BEGAN + 0.09) is None


def test_the_end_of_the_last_sound_is_the_end_of_its_packet() -> None:
    far_end = FarEnd()
    far_end.sends(loud(), arrives=0.0)
    far_end.sends(QUIET, arrives=0.02)

    assert far_end.hearing.last_audio() == BEGAN + 0.02


def test_nothing_heard_has_no_end() -> None:
    assert FarEnd().hearing.last_audio() is None


def test_sound_that_comes_early_goes_on_after_its_arrival() -> None:
    far_end = FarEnd()
    assert far_end.hearing.heard_until == BEGAN

    for arrives in (0.0, 0.001, 0.002):
        far_end.sends(loud(), arrives=arrives)

    assert far_end.hearing.heard_until == pytest.approx(BEGAN + 0.06)


def test_sounds_are_parted_by_gaps_and_not_by_breaths() -> None:
    far_end = FarEnd(keeps_audio=False)
    for arrives in (0.0, 0.02, 0.2, 1.0, 1.02):
        far_end.sends(loud(), arrives=arrives)

    sounds = far_end.hearing.sounds(gap_s=0.3)
    assert all(isinstance(sound, Sound) for sound in sounds)
    assert [(s.began - BEGAN, s.ended - BEGAN) for s in sounds] == [
        pytest.approx((0.0, 0.22), abs=1e-5),
        pytest.approx((1.0, 1.04), abs=1e-5),
    ]


def test_a_call_that_keeps_no_audio_says_so() -> None:
    with pytest.raises(ValueError, match="keeps no audio"):
        FarEnd(keeps_audio=False).heard(1)
