"""How well packets arrive: counted and timed as RFC 3550 has it (sections 6.4.1, A.3, A.8)."""

from dataclasses import dataclass
from typing import Final

from callcenter.telephony.sipcaller.g711 import RATE
from callcenter.telephony.sipcaller.rtp import Packet

_WRAP: Final = 1 << 16
_REMEMBERED: Final = 64  # how far back a packet may be late and still be told from a duplicate


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """The media of one call in figures."""

    sent: int
    received: int
    lost: int
    duplicates: int
    jitter_ms: float


class Reception:
    """Counts the packets of one stream; a new SSRC begins a new stream, the counts go on."""

    def __init__(self) -> None:
        self.received = 0
        self.duplicates = 0
        self._lost_before = 0
        self._jitter = 0.0
        self._source: int | None = None
        self._first = 0
        self._highest = 0
        self._of_source = 0
        self._seen = 0  # bit n: the packet n before the highest has come
        self._transit = 0.0

    @property
    def lost(self) -> int:
        return self._lost_before + self._lost_of_source()

    @property
    def jitter_ms(self) -> float:
        return self._jitter * 1000 / RATE

    def count(self, packet: Packet) -> bool:
        """Count the packet; return False if it came before."""
        if packet.ssrc != self._source:
            self._begin(packet)
        if not self._is_new(packet.sequence):
            self.duplicates += 1
            return False
        self.received += 1
        self._of_source += 1
        return True

    def time(self, packet: Packet, at: float, *, continuous: bool) -> None:
        """Time a packet of sound; `continuous` unless the far end has paused before it."""
        transit = at * RATE - packet.timestamp
        if continuous:
            self._jitter += (abs(transit - self._transit) - self._jitter) / 16
        self._transit = transit

    def statistics(self, *, sent: int) -> Statistics:
        return Statistics(
            sent=sent,
            received=self.received,
            lost=self.lost,
            duplicates=self.duplicates,
            jitter_ms=self.jitter_ms,
        )

    def _begin(self, packet: Packet) -> None:
        self._lost_before += self._lost_of_source()
        self._source = packet.ssrc
        self._first, self._highest = packet.sequence, packet.sequence - 1
        self._of_source = self._seen = 0

    def _lost_of_source(self) -> int:
        if self._source is None:
            return 0
        return max(self._highest - self._first + 1 - self._of_source, 0)

    def _is_new(self, sequence: int) -> bool:
        ahead = (sequence - self._highest) % _WRAP
        if ahead < _WRAP // 2 and ahead > 0:
            self._highest += ahead
            self._seen = (self._seen << ahead | 1) & ((1 << _REMEMBERED) - 1)
            return True
        return self._is_new_though_late((_WRAP - ahead) % _WRAP)

    def _is_new_though_late(self, behind: int) -> bool:
        if behind >= _REMEMBERED or self._seen >> behind & 1:
            return False
        self._seen |= 1 << behind
        self._first = min(self._first, self._highest - behind)
        return True
