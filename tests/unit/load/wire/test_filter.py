"""The kernel's filter, run by the kernel: on a socket pair, which needs no rights."""

import ctypes
import socket
import struct

import pytest

from callcenter.load.wire.filter import Ports, program
from tests.unit.load.wire.line import A_LAW, KEY_EVENTS, SILENT, datagram, rtp

SO_ATTACH_FILTER = 26
PBX, PHONE = 10_000, 7_000
SOUND = rtp(A_LAW, 1, 160, 1, SILENT)
KEY = rtp(KEY_EVENTS, 1, 160, 1, b"\x01\x8a\x03\x20")


def passes(packet: bytes, ports: Ports) -> bool:
    code = program(ports)
    kept = ctypes.create_string_buffer(code, len(code))
    chosen = struct.pack("HP", len(code) // 8, ctypes.addressof(kept))
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with ours, theirs:
        theirs.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, chosen)
        theirs.setblocking(False)
        ours.send(packet)  # what the filter throws away is no error on this kind of socket
        try:
            return theirs.recv(len(packet)) == packet
        except BlockingIOError:
            return False


PORTS = Ports(first=10_000, last=20_000)


@pytest.mark.parametrize(
    "packet",
    [
        datagram(PBX, PHONE, SOUND),
        datagram(20_000, PHONE, SOUND),
        datagram(PHONE, PBX, KEY),
    ],
    ids=["sound of the PBX", "from its last port", "a key of the caller"],
)
def test_rtp_of_the_pbx_and_keys_of_callers_pass(packet: bytes) -> None:
    assert passes(packet, PORTS)


@pytest.mark.parametrize(
    "packet",
    [
        datagram(PHONE, PBX, SOUND),
        datagram(PBX + 1, PHONE, SOUND),
        datagram(9_998, PHONE, SOUND),
        datagram(20_002, PHONE, SOUND),
        datagram(PHONE, 9_998, KEY),
        datagram(PBX, PHONE, b"\x00" * 40),
        datagram(PBX, PHONE, b""),
        b"\x60" + datagram(PBX, PHONE, SOUND)[1:],
        datagram(PBX, PHONE, SOUND)[:6] + b"\x20\x00" + datagram(PBX, PHONE, SOUND)[8:],
        datagram(PBX, PHONE, SOUND)[:9] + b"\x06" + datagram(PBX, PHONE, SOUND)[10:],
    ],
    ids=[
        "sound of the caller",
        "RTCP",
        "before the first port",
        "after the last port",
        "a key to somebody else",
        "no RTP",
        "empty",
        "IPv6",
        "a fragment",
        "TCP",
    ],
)
def test_nothing_else_passes(packet: bytes) -> None:
    assert not passes(packet, PORTS)


def test_of_four_calls_one_is_sampled_with_its_keys() -> None:
    ports = Ports(first=10_000, last=20_000, one_in=4)

    sampled = [port for port in range(10_000, 10_016, 2) if passes(datagram(port, 7, SOUND), ports)]

    assert sampled == [10_000, 10_008]
    assert [passes(datagram(7, port, KEY), ports) for port in (10_000, 10_002)] == [True, False]


@pytest.mark.parametrize("wrong", [{"one_in": 3}, {"one_in": 0}, {"first": 20_000}])
def test_ports_that_make_no_filter_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"power of two|range of ports"):
        Ports(**{"first": 10_000, "last": 20_000, **wrong})
