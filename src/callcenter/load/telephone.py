"""
The part of a telephone that SIPp lacks: its keypad and its ear, on a UDP port of its own.

SIPp sends keys through raw sockets: it needs root for that, and the kernel copies every UDP packet
of the machine to each call that is keying. So SIPp has the signalling, and we send the keys (RFC
4733) from the port that its SDP names. We do not decode what the PBX says: a filter in the kernel
lets through what is audible, and we look now and then whether anything was.
"""

import asyncio
import ctypes
import socket
import struct
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from random import Random
from time import monotonic
from typing import Final

from callcenter.telephony.sipcaller.rtp import KeyEvent, Packet

_RATE: Final = 8000
_A_LAW: Final = 8
_KEYS: Final = 101  # the payload type that call.xml offers
_SILENCE: Final = b"\xd5" * 160
_TOLD_EVERY_S: Final = 0.05  # RFC 4733 section 2.5.1.2 recommends 50 ms
_END_PACKETS: Final = 3
_KEY_S: Final = (0.1, 0.16)
_GAP_S: Final = (0.08, 0.2)
_KNOCKS: Final = 5  # more than the four that Asterisk wants to see from an unexpected address
_KNOCK_S: Final = 0.02
_BREATHES_EVERY_S: Final = 1.0

# linux/socket.h; Python does not name it.
_SO_ATTACH_FILTER: Final = 26
_KEPT_BYTES: Final = 2304  # the least that the kernel grants: some packets, of which one is enough
# Classic BPF. A socket's filter sees the UDP header first, so RTP begins at 8 and its sound at 20.
_LOAD_BYTE, _LOAD_WORD, _AND, _IF_EQUAL, _RETURN = 0x30, 0x20, 0x54, 0x15, 0x06
_LOOKED_AT: Final = (20, 60, 100, 140)  # four samples each
_SEGMENTS: Final = 0x70707070  # how loud A-law samples are,
_QUIET: Final = 0x50505050  # and what that is below some -42 dB (even bits are inverted)

_Instruction = tuple[int, int, int, int]  # code, jump if true, jump if false, operand


def _keeps_what_is_audible() -> bytes:
    """Return a filter for A-law packets of which at least one sample looked at is audible."""
    program: list[_Instruction] = [
        (_LOAD_BYTE, 0, 0, 9),
        (_AND, 0, 0, 0x7F),
        (_IF_EQUAL, 0, 3 * len(_LOOKED_AT), _A_LAW),
    ]
    for n, at in enumerate(_LOOKED_AT):
        left = 3 * (len(_LOOKED_AT) - n - 1)
        program += [(_LOAD_WORD, 0, 0, at), (_AND, 0, 0, _SEGMENTS)]
        program.append((_IF_EQUAL, 0, left + 1, _QUIET))
    program += [(_RETURN, 0, 0, 0), (_RETURN, 0, 0, 9)]
    return b"".join(struct.pack("HBBI", *one) for one in program)


_PROGRAM: Final = ctypes.create_string_buffer(_keeps_what_is_audible())
_FILTER: Final = struct.pack("HL", len(_PROGRAM) // 8, ctypes.addressof(_PROGRAM))


class Telephone:
    """One telephone's RTP. `close` gives the port back."""

    def __init__(self, host: str, port: int, *, random: Random, pace: float = 1.0) -> None:
        """Raise `OSError` if the port is taken."""
        self.port = port
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._socket.setblocking(False)
            self._socket.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, _FILTER)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _KEPT_BYTES)
            self._socket.bind((host, port))
        except OSError:
            self._socket.close()
            raise
        self._peer = (host, 0)
        self._random = random
        self._pace = pace
        self._sequence = random.randrange(1 << 15)
        self._source = random.getrandbits(32)
        self._first_timestamp = random.getrandbits(30)
        self._born = monotonic()
        self._is_keying = False

    def close(self) -> None:
        self._socket.close()

    def heard_anything(self) -> bool:
        """Tell whether something audible has come since this was asked last."""
        heard = False
        try:
            while True:
                self._socket.recv(1)
                heard = True
        except BlockingIOError:
            return heard

    @asynccontextmanager
    async def connected(self, host: str, port: int) -> AsyncIterator[None]:
        """Take up the line, and show now and then that we are there, until it is put down."""
        self._peer = (host, port)
        breathing = asyncio.create_task(self._breathe(), name="load-breathing")
        try:
            yield
        finally:
            breathing.cancel()

    async def _breathe(self) -> None:
        # A PBX behind a translated address learns from the first packets where we are.
        for _ in range(_KNOCKS):
            self._send(_A_LAW, _SILENCE, self._timestamp())
            await asyncio.sleep(_KNOCK_S)
        while True:
            await asyncio.sleep(_BREATHES_EVERY_S)
            if not self._is_keying:
                self._send(_A_LAW, _SILENCE, self._timestamp())

    async def press(self, keys: str) -> None:
        """Key as people do, each key 100 to 160 ms long; return when the last one is up."""
        self._is_keying = True
        for n, key in enumerate(keys):
            if n:
                await asyncio.sleep(self._random.uniform(*_GAP_S) / self._pace)
            await self._press(key, self._random.uniform(*_KEY_S))
        self._is_keying = False

    async def _press(self, key: str, lasts_s: float) -> None:
        timestamp, began = self._timestamp(), monotonic()
        for n, at in enumerate(_reports(lasts_s)):
            await asyncio.sleep(began + at - monotonic())
            event = KeyEvent(key=key, duration=int((at + 0.02) * _RATE))
            self._send(_KEYS, event.encode(), timestamp, marker=n == 0)
        await asyncio.sleep(began + lasts_s - monotonic())
        end = KeyEvent(key=key, duration=int(lasts_s * _RATE), ended=True)
        for _ in range(_END_PACKETS):
            self._send(_KEYS, end.encode(), timestamp)

    def _timestamp(self) -> int:
        return self._first_timestamp + int((monotonic() - self._born) * _RATE)

    def _send(self, kind: int, payload: bytes, timestamp: int, *, marker: bool = False) -> None:
        self._sequence = (self._sequence + 1) & 0xFFFF
        packet = Packet(kind, self._sequence, timestamp, self._source, payload, marker)
        try:
            self._socket.sendto(packet.encode(), self._peer)
        except BlockingIOError:
            return  # a packet that was lost, as on any line


def _reports(lasts_s: float) -> Iterator[float]:
    at = 0.0
    while at < lasts_s - 0.02:
        yield at
        at += _TOLD_EVERY_S
