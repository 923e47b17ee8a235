"""What a call sends: silence, unless there is something to say or to key."""

import secrets
from collections import deque
from collections.abc import Callable
from math import ceil
from typing import Final, NamedTuple

from callcenter.telephony.sipcaller.errors import NoKeysAgreed
from callcenter.telephony.sipcaller.g711 import FRAME_SAMPLES, Codec
from callcenter.telephony.sipcaller.rtp import FRAME_MS, Packet, key_reports

_SEQUENCES: Final = 1 << 16
_TIMESTAMPS: Final = 1 << 32


class _Frame(NamedTuple):
    """What goes out in one tick of 20 ms, and who wants to know that it did."""

    payload_type: int
    payloads: list[bytes]
    age: int = 0  # samples since the key went down: an event's timestamp is its beginning
    first: bool = False  # of a key
    sent: Callable[[], None] | None = None


class Outgoing:
    """
    The sending half of an RTP stream. `tick` must be called every 20 ms.

    `keepalive_ms` thins out the silence, and only the silence: one packet per so many
    milliseconds shows the far end that we are there and costs less than fifty a second.
    """

    def __init__(self, codec: Codec, *, keepalive_ms: int = FRAME_MS) -> None:
        if keepalive_ms < FRAME_MS or keepalive_ms % FRAME_MS:
            raise ValueError(f"silence goes out in steps of {FRAME_MS} ms, was {keepalive_ms}")
        self.keys_payload_type: int | None = None
        self.sent = 0
        self._payload_type = codec.payload_type
        self._silence = bytes([codec.silence]) * FRAME_SAMPLES
        self._quiet = _Frame(codec.payload_type, [self._silence])
        self._every = keepalive_ms // FRAME_MS
        self._quiet_for = self._every  # so that the first tick is heard: Asterisk awaits it
        self._frames: deque[_Frame] = deque()
        self._sequence = secrets.randbelow(_SEQUENCES)
        # In the lower half, because Asterisk loses keys where the timestamp wraps.
        self._timestamp = secrets.randbelow(_TIMESTAMPS // 2)
        self._source = secrets.randbits(32)

    def say(self, payload: bytes, sent: Callable[[], None]) -> None:
        """Send the sound; call `sent` with its last packet."""
        frames = [
            payload[n : n + FRAME_SAMPLES].ljust(FRAME_SAMPLES, self._silence[:1])
            for n in range(0, len(payload), FRAME_SAMPLES)
        ]
        *others, last = frames or [self._silence]
        self._frames.extend(_Frame(self._payload_type, [frame]) for frame in others)
        self._frames.append(_Frame(self._payload_type, [last], sent=sent))

    def press(self, keys: str, key_ms: int, gap_ms: int, ended: Callable[[], None]) -> None:
        """Send the keys as telephone events; call `ended` when the end of each is first told."""
        if self.keys_payload_type is None:
            raise NoKeysAgreed
        presses = [key_reports(key, key_ms, gap_ms) for key in keys]
        last = ceil(key_ms / FRAME_MS) - 1
        for reports in presses:
            for n, due in enumerate(reports):
                frame = _Frame(
                    self.keys_payload_type,
                    [report.encode() for report in due],
                    age=n * FRAME_SAMPLES,
                    first=n == 0,
                    sent=ended if n == last else None,
                )
                self._frames.append(frame)

    def tick(self) -> list[bytes]:
        """Return the packets that are due now."""
        packets = self._encode(self._frames.popleft()) if self._frames else self._keepalive()
        self._timestamp = (self._timestamp + FRAME_SAMPLES) % _TIMESTAMPS
        self.sent += len(packets)
        return packets

    def _keepalive(self) -> list[bytes]:
        self._quiet_for += 1
        if self._quiet_for < self._every:
            return []
        self._quiet_for = 0
        return self._encode(self._quiet)

    def _encode(self, frame: _Frame) -> list[bytes]:
        timestamp = (self._timestamp - frame.age) % _TIMESTAMPS
        packets = []
        for n, payload in enumerate(frame.payloads):
            self._sequence = (self._sequence + 1) % _SEQUENCES
            packet = Packet(
                frame.payload_type,
                self._sequence,
                timestamp,
                self._source,
                payload,
                marker=frame.first and n == 0,
            )
            packets.append(packet.encode())
        if frame.sent is not None:
            frame.sent()
        return packets
