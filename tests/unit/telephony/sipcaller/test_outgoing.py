"""What is sent, 20 ms after 20 ms."""

import pytest

from callcenter.telephony.sipcaller.errors import NoKeysAgreed
from callcenter.telephony.sipcaller.g711 import Codec
from callcenter.telephony.sipcaller.outgoing import Outgoing
from callcenter.telephony.sipcaller.rtp import KeyEvent, Packet, parse, parse_key_event

KEYS = 101


def outgoing(keepalive_ms: int = 20) -> Outgoing:
    sender = Outgoing(Codec.PCMA, keepalive_ms=keepalive_ms)
    sender.keys_payload_type = KEYS
    return sender


def sent(sender: Outgoing, ticks: int) -> list[list[Packet]]:
    return [[parse(data) for data in sender.tick()] for _ in range(ticks)]


def nothing() -> None:
    pass


def keys_in(packets: list[Packet]) -> list[tuple[str, int]]:
    """Return what a far end makes of the packets: key and timestamp, once per press."""
    presses: dict[int, KeyEvent] = {}
    for packet in packets:
        event = parse_key_event(packet.payload)
        if packet.payload_type == KEYS and event is not None and event.ended:
            presses.setdefault(packet.timestamp, event)
    return [(event.key, timestamp) for timestamp, event in presses.items()]


def test_silence_is_one_packet_per_20_ms_numbered_and_timed_in_step() -> None:
    packets = [packet for due in sent(outgoing(), 70_000) for packet in due]

    first = packets[0]
    assert len(packets) == 70_000
    assert {packet.payload for packet in packets} == {b"\xd5" * 160}
    assert all(p.sequence == (first.sequence + n) % 2**16 for n, p in enumerate(packets))
    assert all(p.timestamp == first.timestamp + n * 160 for n, p in enumerate(packets))
    assert {packet.ssrc for packet in packets} == {first.ssrc}


def test_thinned_silence_keeps_the_clock_and_begins_at_once() -> None:
    due = sent(outgoing(keepalive_ms=200), 21)

    assert [len(packets) for packets in due] == [1, *[0] * 9, 1, *[0] * 9, 1]
    assert due[10][0].timestamp - due[0][0].timestamp == 10 * 160
    assert due[10][0].sequence == (due[0][0].sequence + 1) % 2**16


@pytest.mark.parametrize("keepalive_ms", [0, 10, 50])
def test_silence_that_fits_no_beat_is_refused(keepalive_ms: int) -> None:
    with pytest.raises(ValueError, match="steps of 20 ms"):
        outgoing(keepalive_ms=keepalive_ms)


def test_a_key_is_one_event_marked_at_its_first_packet() -> None:
    sender = outgoing()
    before = sent(sender, 1)[0][0]

    sender.press("5", 100, 60, nothing)

    packets = [packet for due in sent(sender, 8) for packet in due]
    assert [packet.marker for packet in packets] == [True, *[False] * 6]
    assert {packet.timestamp for packet in packets} == {before.timestamp + 160}
    assert {packet.payload_type for packet in packets} == {KEYS}
    assert len({packet.sequence for packet in packets}) == 7


def test_the_shortest_key_is_marked_too() -> None:
    sender = outgoing()

    sender.press("5", 20, 0, nothing)

    assert [packet.marker for packet in sent(sender, 1)[0]] == [True, False, False]


def test_keys_are_as_far_apart_as_they_are_pressed() -> None:
    sender = outgoing()

    sender.press("1*#", 100, 60, nothing)
    sender.press("0", 40, 40, nothing)

    keys = keys_in([packet for due in sent(sender, 40) for packet in due])
    start = keys[0][1]
    assert [(key, (at - start) // 8) for key, at in keys] == [
        ("1", 0),
        ("*", 160),
        ("#", 320),
        ("0", 480),
    ]


def test_the_end_of_each_key_is_told_when_it_is_sent() -> None:
    sender, ended = outgoing(keepalive_ms=200), list[int]()
    ticks = 0

    sender.press("12", 100, 60, lambda: ended.append(ticks))
    for ticks in range(20):  # noqa: B007 - read by the lambda
        sender.tick()

    assert ended == [4, 12]


def test_silence_follows_the_keys() -> None:
    sender = outgoing()

    sender.press("1", 40, 40, nothing)

    due = sent(sender, 6)
    assert [packets[0].payload_type for packets in due] == [KEYS] * 4 + [8] * 2


def test_a_wrong_key_sends_none_of_them() -> None:
    sender = outgoing()

    with pytest.raises(ValueError, match="no such key: 'x'"):
        sender.press("12x", 100, 60, nothing)

    assert [packets[0].payload_type for packets in sent(sender, 3)] == [8] * 3


def test_keys_that_the_far_end_does_not_take_are_refused() -> None:
    with pytest.raises(NoKeysAgreed):
        Outgoing(Codec.PCMA).press("1", 100, 60, nothing)


def test_sound_is_sent_in_packets_of_20_ms_the_last_filled_up() -> None:
    sender, done = outgoing(), list[bool]()
    sound = bytes(range(200))

    sender.say(sound, lambda: done.append(True))

    due = sent(sender, 2)
    assert due[0][0].payload == sound[:160]
    assert not sent(sender, 0)
    assert due[1][0].payload == sound[160:] + b"\xd5" * 120
    assert done == [True]


def test_no_sound_at_all_is_said_too() -> None:
    sender, done = outgoing(), list[bool]()

    sender.say(b"", lambda: done.append(True))

    sent(sender, 1)
    assert done == [True]
