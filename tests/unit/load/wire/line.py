"""A line made by hand: packets with known times, as they lie in the kernel's ring."""

import socket
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from callcenter.load.wire.packets import FRAME, FRAME_BYTES, Packets, packets_of

FIRST: Final = 10_000
LAST: Final = 20_000
EPOCH_S: Final = 1_795_000_000
LOUD: Final = b"\x2a" * 160  # A-law, near full scale
SILENT: Final = b"\xd5" * 160
A_LAW: Final = 8
KEY_EVENTS: Final = 101
_PACKET_MS: Final = 20


def datagram(source: int, target: int, payload: bytes) -> bytes:
    """Return an IPv4 packet from one port of this machine to another."""
    here = socket.inet_aton("127.0.0.1")
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 28 + len(payload), 0, 0, 64, 17, 0) + here + here
    return ip + struct.pack("!HHHH", source, target, 8 + len(payload), 0) + payload


def rtp(kind: int, sequence: int, stamp: int, ssrc: int, payload: bytes) -> bytes:
    return struct.pack("!BBHII", 0x80, kind, sequence & 0xFFFF, stamp & 0xFFFFFFFF, ssrc) + payload


def slot(at_ms: float, packet: bytes) -> bytes:
    """Return the packet as the kernel hands it over, with when it came."""
    ns = round(at_ms * 1_000_000)
    head = struct.pack("<IIIHHII", 1, len(packet), len(packet), 80, 80, EPOCH_S, 0)
    head = head[:16] + struct.pack("<II", EPOCH_S + ns // 10**9, ns % 10**9)
    return (head.ljust(80, b"\0") + packet).ljust(FRAME_BYTES, b"\xff")


def kept(slots: list[bytes]) -> Packets:
    return packets_of(np.frombuffer(b"".join(slots), dtype=FRAME), FIRST, LAST)


@dataclass
class Line:
    """One call, by default from port 7000 to the PBX's port 10000."""

    pbx_port: int = FIRST
    caller_port: int = 7000
    ssrc: int = 1
    sequence: int = 0
    slots: list[bytes] = field(default_factory=list)
    _keys: int = 0

    def sends(self, from_ms: float, to_ms: float, payload: bytes, kind: int = A_LAW) -> None:
        """The PBX sends a packet every 20 ms, from the one time up to and without the other."""
        at = from_ms
        while at < to_ms:
            self.send(at, payload, self.sequence, kind)
            self.sequence += 1
            at += _PACKET_MS

    def send(self, at_ms: float, payload: bytes, sequence: int, kind: int = A_LAW) -> None:
        packet = rtp(kind, sequence, 160 * sequence, self.ssrc, payload)
        self.slots.append(slot(at_ms, datagram(self.pbx_port, self.caller_port, packet)))

    def keys(self, key: int, from_ms: float, to_ms: float) -> None:
        """The caller presses a key: it is told every 20 ms, and three times that it is up."""
        self._keys += 1
        at = from_ms
        while at < to_ms:
            self._tell(at, key, ended=False)
            at += _PACKET_MS
        for n in range(3):
            self._tell(to_ms + n * _PACKET_MS, key, ended=True)

    def _tell(self, at_ms: float, key: int, *, ended: bool) -> None:
        event = struct.pack("!BBH", key, 0x8A if ended else 0x0A, 160)
        packet = rtp(KEY_EVENTS, 0, 1000 * self._keys, 99, event)
        self.slots.append(slot(at_ms, datagram(self.caller_port, self.pbx_port, packet)))


def captured(folder: Path, *lines: Line) -> Path:
    """Return the file that a capture of these calls leaves."""
    file = folder / "capture"
    kept([one for line in lines for one in line.slots]).tofile(file)
    return file
