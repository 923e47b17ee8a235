"""RTP packets (RFC 3550) and keys as telephone events (RFC 4733)."""

import struct
from dataclasses import dataclass
from math import ceil
from typing import Final, NamedTuple

from callcenter.telephony.sipcaller.errors import NotRtp
from callcenter.telephony.sipcaller.g711 import FRAME_SAMPLES, RATE

KEYS: Final = "0123456789*#ABCD"  # a key's place is its event code
FRAME_MS: Final = 20
_HEADER: Final = struct.Struct("!BBHII")
_EVENT: Final = struct.Struct("!BBH")
_VERSION_2: Final = 0x80
_MARKER: Final = 0x80
_END: Final = 0x80
_VOLUME: Final = 10  # -10 dBm0, what telephones send
_END_PACKETS: Final = 3
_LONGEST_KEY_MS: Final = 8000  # the duration field has 16 bits; longer keys would need segments


class Packet(NamedTuple):
    """One RTP packet. A tuple and no dataclass: fifteen thousand are made per second."""

    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes
    marker: bool = False

    def encode(self) -> bytes:
        second = self.payload_type | (_MARKER if self.marker else 0)
        head = _HEADER.pack(_VERSION_2, second, self.sequence, self.timestamp, self.ssrc)
        return head + self.payload


def parse(data: bytes) -> Packet:
    """Read one datagram, without its extension and padding. Raise `NotRtp` if it is none."""
    if len(data) < _HEADER.size or data[0] & 0xC0 != _VERSION_2:
        raise NotRtp(f"{len(data)} bytes that do not begin like RTP")
    first, second, sequence, timestamp, ssrc = _HEADER.unpack_from(data)
    payload = data[_HEADER.size :] if first == _VERSION_2 else _payload(first, data)
    return Packet(second & 0x7F, sequence, timestamp, ssrc, payload, second >= _MARKER)


def _payload(first: int, data: bytes) -> bytes:
    start = _HEADER.size + 4 * (first & 0x0F)
    if first & 0x10:
        if len(data) < start + 4:
            raise NotRtp("the extension is cut off")
        start += 4 + 4 * int.from_bytes(data[start + 2 : start + 4])
    end = len(data) - (data[-1] if first & 0x20 else 0)
    if end < start:
        raise NotRtp("shorter than its header says")
    return data[start:end]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyEvent:
    """One report about a key: how long it has been down, and whether it is up again."""

    key: str
    duration: int  # in samples, as all of RTP
    ended: bool = False

    def encode(self) -> bytes:
        flags = (_END if self.ended else 0) | _VOLUME
        return _EVENT.pack(KEYS.index(self.key), flags, self.duration)


def parse_key_event(payload: bytes) -> KeyEvent | None:
    """Return what a telephone-event says, or None if it is about no key."""
    if len(payload) < _EVENT.size:
        return None
    code, flags, duration = _EVENT.unpack_from(payload)
    if code >= len(KEYS):
        return None
    return KeyEvent(key=KEYS[code], duration=duration, ended=flags >= _END)


def key_reports(key: str, key_ms: int, gap_ms: int) -> list[list[KeyEvent]]:
    """
    Return what to send about one key press, per 20 ms from its start to the end of its gap.

    The end is reported three times, 20 ms apart as RFC 4733 asks; together if the gap is
    too short for that.
    """
    _check_key(key, key_ms, gap_ms)
    down, gap = ceil(key_ms / FRAME_MS), ceil(gap_ms / FRAME_MS)
    whole = key_ms * RATE // 1000
    reports = [[KeyEvent(key=key, duration=FRAME_SAMPLES * n)] for n in range(1, down)]
    end = KeyEvent(key=key, duration=whole, ended=True)
    repeated = min(gap, _END_PACKETS - 1)
    together = [end] * (_END_PACKETS - repeated)
    return [*reports, together, *([end] for _ in range(repeated)), *_nothing(gap - repeated)]


def _nothing(frames: int) -> list[list[KeyEvent]]:
    return [[] for _ in range(frames)]


def _check_key(key: str, key_ms: int, gap_ms: int) -> None:
    if len(key) != 1 or key not in KEYS:
        raise ValueError(f"no such key: {key!r}")
    if not 0 < key_ms <= _LONGEST_KEY_MS:
        raise ValueError(f"a key is held 1 to {_LONGEST_KEY_MS} ms, was {key_ms}")
    if gap_ms < 0:
        raise ValueError(f"a gap is not negative, was {gap_ms}")
