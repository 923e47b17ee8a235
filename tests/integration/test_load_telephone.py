"""The telephone of the load kit on a real UDP socket."""

import socket
from collections.abc import Iterator
from random import Random

import pytest

from callcenter.load.telephone import Telephone
from callcenter.telephony.sipcaller.rtp import KeyEvent, Packet, parse, parse_key_event

SILENCE = b"\xd5" * 160
FAINT = b"\x55\xd5\x54\xd4\x5a\xda" * 26 + SILENCE[:4]
LOUD = b"\x2a\xaa" * 80
A_LAW, KEYS, SDES = 8, 101, 74


@pytest.fixture
def pbx() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        one.settimeout(5)
        yield one


@pytest.fixture
def telephone() -> Iterator[Telephone]:
    one = Telephone("127.0.0.1", 33_990, random=Random(1), pace=10)  # noqa: S311
    yield one
    one.close()


def say(pbx: socket.socket, telephone: Telephone, *payloads: bytes, kind: int = A_LAW) -> None:
    for n, payload in enumerate(payloads):
        packet = Packet(kind, n, 160 * n, 1, payload)
        pbx.sendto(packet.encode(), ("127.0.0.1", telephone.port))


def test_speech_is_heard_once(pbx: socket.socket, telephone: Telephone) -> None:
    say(pbx, telephone, SILENCE, *[LOUD] * 500, SILENCE)

    assert telephone.heard_anything()
    assert not telephone.heard_anything()


@pytest.mark.parametrize("quiet", [SILENCE, FAINT])
def test_silence_is_not_heard(pbx: socket.socket, telephone: Telephone, quiet: bytes) -> None:
    say(pbx, telephone, *[quiet] * 500)

    assert not telephone.heard_anything()


def test_other_packets_than_speech_are_not_heard(pbx: socket.socket, telephone: Telephone) -> None:
    say(pbx, telephone, LOUD, kind=SDES)
    say(pbx, telephone, b"\x01\x8a\x03\x20", kind=KEYS)
    pbx.sendto(b"\x00", ("127.0.0.1", telephone.port))

    assert not telephone.heard_anything()


async def test_keys_arrive_as_telephone_events(pbx: socket.socket, telephone: Telephone) -> None:
    async with telephone.connected(*pbx.getsockname()):
        await telephone.press("1#")

    events: list[KeyEvent] = []
    while len(events) < 2:
        packet = parse(pbx.recv(512))
        event = parse_key_event(packet.payload) if packet.payload_type == KEYS else None
        if event is not None and event.ended and event.key not in [each.key for each in events]:
            events.append(event)

    assert [event.key for event in events] == ["1", "#"]
    assert all(800 <= event.duration <= 1_280 for event in events)
