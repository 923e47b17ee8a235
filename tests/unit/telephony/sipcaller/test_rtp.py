"""RTP packets and keys on the wire."""

import struct

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from callcenter.telephony.sipcaller.errors import NotRtp
from callcenter.telephony.sipcaller.rtp import (
    KEYS,
    KeyEvent,
    Packet,
    key_reports,
    parse,
    parse_key_event,
)

PACKETS = st.builds(
    Packet,
    payload_type=st.integers(0, 127),
    sequence=st.integers(0, 2**16 - 1),
    timestamp=st.integers(0, 2**32 - 1),
    ssrc=st.integers(0, 2**32 - 1),
    payload=st.binary(),
    marker=st.booleans(),
)
KEY = st.sampled_from(KEYS)


@given(packet=PACKETS)
def test_a_packet_is_read_as_it_was_written(packet: Packet) -> None:
    assert parse(packet.encode()) == packet


@given(packet=PACKETS, sources=st.integers(0, 15), padding=st.integers(1, 200))
def test_sources_extension_and_padding_are_left_out(
    packet: Packet, sources: int, padding: int
) -> None:
    plain = packet.encode()
    first = 0x80 | 0x20 | 0x10 | sources
    extension = struct.pack("!HH", 0xBEDE, 1) + b"abcd"
    filled = bytes(padding - 1) + bytes([padding])

    data = bytes([first]) + plain[1:12] + bytes(4 * sources) + extension + plain[12:] + filled

    assert parse(data) == packet


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x80\x08\0\1\0\0\0\0\0\0\0",
        b"INVITE sip:a@b SIP/2.0",
        b"\x90\x08" + bytes(12),
        b"\xa0\x08" + bytes(10) + b"\xff",
    ],
)
def test_what_is_no_packet_is_refused(data: bytes) -> None:
    with pytest.raises(NotRtp):
        parse(data)


@given(data=st.binary(max_size=40))
def test_any_bytes_are_refused_or_read(data: bytes) -> None:
    try:
        packet = parse(data)
    except NotRtp:
        return

    assert packet.payload in data


@given(key=KEY, duration=st.integers(0, 65535), ended=st.booleans())
def test_a_key_event_is_read_as_it_was_written(key: str, duration: int, *, ended: bool) -> None:
    event = KeyEvent(key=key, duration=duration, ended=ended)

    assert parse_key_event(event.encode()) == event


@pytest.mark.parametrize("payload", [b"", b"\x01\x0a\x00", b"\x10\x0a\x00\xa0"])
def test_an_event_about_no_key_is_passed_over(payload: bytes) -> None:
    assert parse_key_event(payload) is None


def test_a_key_of_100_ms_grows_in_steps_of_20_and_ends_three_times() -> None:
    reports = key_reports("#", key_ms=100, gap_ms=60)

    durations = [[(event.duration, event.ended) for event in due] for due in reports]
    held = [[(160, False)], [(320, False)], [(480, False)], [(640, False)]]
    assert durations == [*held, [(800, True)], [(800, True)], [(800, True)], []]


@given(key=KEY, key_ms=st.integers(1, 8000), gap_ms=st.integers(0, 1000))
def test_a_key_s_end_is_told_three_times_whatever_its_length(
    key: str, key_ms: int, gap_ms: int
) -> None:
    reports = key_reports(key, key_ms, gap_ms)

    events = [event for due in reports for event in due]
    assert [event.ended for event in events[-3:]] == [True] * 3
    assert not any(event.ended for event in events[:-3])
    assert {event.duration for event in events[-3:]} == {key_ms * 8}
    assert 0 <= len(reports) * 20 - key_ms - gap_ms < 40


@pytest.mark.parametrize(
    ("key", "key_ms", "gap_ms"),
    [("x", 100, 60), ("12", 100, 60), ("", 100, 60), ("1", 0, 60), ("1", 8001, 60), ("1", 9, -1)],
)
def test_what_is_no_key_press_is_refused(key: str, key_ms: int, gap_ms: int) -> None:
    with pytest.raises(ValueError, match=r"no such key|held|gap"):
        key_reports(key, key_ms, gap_ms)


@given(first=KEY, second=KEY)
def test_different_keys_are_told_apart(first: str, second: str) -> None:
    assume(first != second)

    assert KeyEvent(key=first, duration=160).encode() != KeyEvent(key=second, duration=160).encode()
