"""What a call has heard: every packet put on the wall clock, so that sound can be timed."""

from array import array
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from callcenter.telephony.sipcaller.g711 import (
    FRAME_S,
    RATE,
    Codec,
    Samples,
    decode,
    loudness_ranks,
    lowest_rank,
)
from callcenter.telephony.sipcaller.rtp import Packet

AUDIBLE_DB: Final = -50.0  # peak; digital silence is below -70, the softest speech above -45

# Farther than this from its time of arrival, a packet's timestamp tells no longer when it was
# meant to be heard: the far end had stopped sending (Asterisk does between prompts).
_GAP_SAMPLES: Final = RATE // 5
# At the mark of a new spurt of sound, any gap of more than a packet is a real one.
_SPURT_GAP_SAMPLES: Final = RATE // 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """Something was to be heard, from and to these wall-clock times."""

    began: float
    ended: float


class Hearing:
    """
    Remembers what arrives on a call.

    Packets are placed by their RTP timestamp, so a packet that is late or out of order sounds
    where it belongs and a lost one leaves silence. After a pause of the far end the next
    packet is placed by its arrival. `began_at` is the wall-clock time of the first sample.
    """

    def __init__(self, codec: Codec, *, began_at: float, keeps_audio: bool = True) -> None:
        self.began_at = began_at
        self._codec = codec
        self._keeps_audio = keeps_audio
        self._ranks = loudness_ranks(codec)
        self._arrivals = array("d")
        self._loudest = bytearray()
        self._positions = array("q")
        self._payloads: list[bytes] = []
        self._source: int | None = None
        self._offset = 0  # what to add to a timestamp to get a position

    def receive(self, packet: Packet, at: float) -> bool:
        """Take what arrived at wall-clock time `at`; tell whether it goes on from the last."""
        continuous = self._is_continuous(packet, at)
        self._arrivals.append(at)
        self._loudest.append(max(packet.payload.translate(self._ranks), default=0))
        if self._keeps_audio:
            self._positions.append(packet.timestamp + self._offset)
            self._payloads.append(packet.payload)
        return continuous

    @property
    def latest_rank(self) -> int:
        """How loud the packet was that came last."""
        return self._loudest[-1] if self._loudest else 0

    def first_audio_after(self, t: float, level_db: float = AUDIBLE_DB) -> float | None:
        """Return when the first packet at or after `t` arrived that could be heard."""
        audible = lowest_rank(self._codec, level_db)
        for n in range(bisect_left(self._arrivals, t), len(self._arrivals)):
            if self._loudest[n] >= audible:
                return self._arrivals[n]
        return None

    def last_audio(self, level_db: float = AUDIBLE_DB) -> float | None:
        """Return when the last sound that could be heard was over."""
        audible = lowest_rank(self._codec, level_db)
        for n in range(len(self._arrivals) - 1, -1, -1):
            if self._loudest[n] >= audible:
                return self._arrivals[n] + FRAME_S
        return None

    def sounds(self, *, level_db: float = AUDIBLE_DB, gap_s: float = 0.3) -> tuple[Sound, ...]:
        """Return what was heard, as spells of sound at least `gap_s` apart."""
        spells: list[list[float]] = []
        for arrival in self._audible_arrivals(level_db):
            if not spells or arrival - spells[-1][1] >= gap_s:
                spells.append([arrival, arrival])
            spells[-1][1] = arrival + FRAME_S
        return tuple(Sound(began=began, ended=ended) for began, ended in spells)

    @property
    def heard_until(self) -> float:
        """Until when what has come goes on, which may be later than it came."""
        if not self._payloads:
            return self.began_at
        ends = zip(self._positions, map(len, self._payloads), strict=True)
        return self.began_at + max(map(sum, ends)) / RATE

    def audio(self, *, until: float, since: float | None = None) -> Samples:
        """Return the samples at 8 kHz from `since`, or the first, to `until`; gaps are silent."""
        if not self._keeps_audio:
            raise ValueError("this call keeps no audio")
        first = self._position(self.began_at if since is None else since)
        heard = np.zeros(max(self._position(until) - first, 0), dtype=np.int16)
        for position, payload in zip(self._positions, self._payloads, strict=True):
            if position + len(payload) <= first:
                continue
            at, start = position - first, max(position - first, 0)
            samples = decode(self._codec, payload)[start - at : max(len(heard) - at, 0)]
            heard[start : start + len(samples)] = samples
        return heard

    def _position(self, at: float) -> int:
        return max(round((at - self.began_at) * RATE), 0)

    def _is_continuous(self, packet: Packet, at: float) -> bool:
        """Tell whether the packet goes on from the one before; anchor it anew if not."""
        arrived = round((at - self.began_at) * RATE)
        gap = _SPURT_GAP_SAMPLES if packet.marker else _GAP_SAMPLES
        astray = abs(packet.timestamp + self._offset - arrived)
        if packet.ssrc == self._source and astray <= gap:
            return True
        self._source = packet.ssrc
        self._offset = arrived - packet.timestamp
        return False

    def _audible_arrivals(self, level_db: float) -> Iterator[float]:
        audible = lowest_rank(self._codec, level_db)
        return (a for a, rank in zip(self._arrivals, self._loudest, strict=True) if rank >= audible)
