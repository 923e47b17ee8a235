"""A ring of packets that the kernel fills and we read in batches (Linux, packet_mmap.rst)."""

import ctypes
import mmap
import socket
import struct
from collections.abc import Iterator
from typing import Final, Self

import numpy as np

from callcenter.load.wire.filter import Ports, program
from callcenter.load.wire.packets import FRAME, FRAME_BYTES, Frames

_ETH_P_IP: Final = 0x0800
_SOL_PACKET: Final = 263
_PACKET_RX_RING: Final = 5
_PACKET_STATISTICS: Final = 6
_PACKET_VERSION: Final = 10
_PACKET_IGNORE_OUTGOING: Final = 23
_TPACKET_V2: Final = 1
_SO_ATTACH_FILTER: Final = 26
_READY: Final = 1

_BLOCK_BYTES: Final = 1 << 20
_BLOCKS: Final = 64  # four and a half seconds of 50,000 packets a second
_IN_BLOCK: Final = _BLOCK_BYTES // FRAME_BYTES


class Ring:
    """
    What an interface carries, past a filter.

    Opening it raises PermissionError without the right to capture (CAP_NET_RAW), and OSError for
    an interface that is not there.
    """

    def __init__(self, interface: str, ports: Ports) -> None:
        self._at = 0
        self._dropped = 0
        # No protocol yet: nothing comes in before the filter is in place.
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
        try:
            self._set_up(ports)
            self._socket.bind((interface, _ETH_P_IP))
        except BaseException:
            self._socket.close()
            raise
        self._memory = mmap.mmap(self._socket.fileno(), _BLOCK_BYTES * _BLOCKS)
        self._frames: Frames = np.ndarray(
            shape=(_BLOCKS, _IN_BLOCK),
            dtype=FRAME,
            buffer=self._memory,
            strides=(_BLOCK_BYTES, FRAME_BYTES),
        )
        if interface == "lo":  # where all that goes out comes in again
            self._socket.setsockopt(_SOL_PACKET, _PACKET_IGNORE_OUTGOING, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        del self._frames
        self._memory.close()
        self._socket.close()

    def read(self) -> Iterator[Frames]:
        """Yield what has come since, in batches; the kernel gets each back after its turn."""
        while len(batch := self._ready()):
            yield batch
            batch["status"] = 0
            self._at = (self._at + len(batch)) % (_BLOCKS * _IN_BLOCK)

    def dropped(self) -> int:
        """Return how many packets did not fit since the ring was opened."""
        answer = self._socket.getsockopt(_SOL_PACKET, _PACKET_STATISTICS, 8)
        self._dropped += struct.unpack("II", answer)[1]  # asking sets it back
        return self._dropped

    def _ready(self) -> Frames:
        block, first = divmod(self._at, _IN_BLOCK)
        rest = self._frames[block, first:]
        waiting = np.flatnonzero((rest["status"] & _READY) == 0)
        return rest[: waiting[0]] if len(waiting) else rest

    def _set_up(self, ports: Ports) -> None:
        one = self._socket
        code = program(ports)
        kept = ctypes.create_string_buffer(code, len(code))
        chosen = struct.pack("HP", len(code) // 8, ctypes.addressof(kept))
        one.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, chosen)
        one.setsockopt(_SOL_PACKET, _PACKET_VERSION, _TPACKET_V2)
        size = struct.pack("IIII", _BLOCK_BYTES, _BLOCKS, FRAME_BYTES, _IN_BLOCK * _BLOCKS)
        one.setsockopt(_SOL_PACKET, _PACKET_RX_RING, size)
