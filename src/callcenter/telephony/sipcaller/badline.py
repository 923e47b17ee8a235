"""A line that damages what is sent over it, as networks do."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final, Protocol

_SECOND_BYTE: Final = 1
_PAYLOAD_TYPE: Final = 0x7F


class Way(Protocol):
    """What becomes of the packets of one beat on their way: those that arrive, in this order."""

    def __call__(self, packets: Sequence[bytes], /) -> Sequence[bytes]: ...


def untouched(packets: Sequence[bytes], /) -> Sequence[bytes]:
    return packets


@dataclass(slots=True, kw_only=True)
class BadLine:
    """Each rate is the share of packets, 0 to 1, that meet with it. One line for one call."""

    random: Random
    loses: float = 0.0
    swaps: float = 0.0  # comes after the one that was sent after it
    repeats: float = 0.0
    unmarks: float = 0.0  # without the marker bit that tells a new key
    _late: bytes | None = None

    def __call__(self, packets: Sequence[bytes], /) -> Sequence[bytes]:
        return [arrived for packet in packets for arrived in self._carry(packet)]

    def _carry(self, packet: bytes) -> Sequence[bytes]:
        if self._meets(self.loses):
            return ()
        if self._meets(self.unmarks):
            packet = _unmarked(packet)
        late, self._late = self._late, None
        if late is None and self._meets(self.swaps):
            self._late = packet
            return ()
        arrived = [packet, packet] if self._meets(self.repeats) else [packet]
        return arrived if late is None else [*arrived, late]

    def _meets(self, rate: float) -> bool:
        return self.random.random() < rate


def _unmarked(packet: bytes) -> bytes:
    second = packet[_SECOND_BYTE] & _PAYLOAD_TYPE
    return packet[:_SECOND_BYTE] + bytes([second]) + packet[_SECOND_BYTE + 1 :]
