"""One call's end of the media: a UDP socket that sends on the pacer's beat, and hears."""

import asyncio
import socket
import struct
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from callcenter.telephony.sipcaller import g711, rtp, sdp
from callcenter.telephony.sipcaller.badline import Way
from callcenter.telephony.sipcaller.clock import Clock
from callcenter.telephony.sipcaller.errors import NotRtp
from callcenter.telephony.sipcaller.g711 import Codec
from callcenter.telephony.sipcaller.hearing import Hearing
from callcenter.telephony.sipcaller.outgoing import Outgoing
from callcenter.telephony.sipcaller.pacer import Pacer
from callcenter.telephony.sipcaller.reception import Reception

_LONGEST_DATAGRAM: Final = 2048
_TIMESTAMPS: Final = 35  # SO_TIMESTAMPNS of Linux, which Python has no name for
_TIMESPEC: Final = struct.Struct("qq")
_ANCILLARY: Final = socket.CMSG_SPACE(_TIMESPEC.size)


class RtpEndpoint:
    """
    Silent until `talk_to` says where to; hears from the start.

    A bare socket and no asyncio transport: that takes a quarter megabyte of memory to read each
    packet into, which for hundreds of calls costs four times as much as all the rest of it.
    """

    def __init__(
        self, codec: Codec, *, keepalive_ms: int, keeps_audio: bool, way: Way, clock: Clock
    ) -> None:
        self.codec = codec
        self.outgoing = Outgoing(codec, keepalive_ms=keepalive_ms)
        self.hearing = Hearing(codec, began_at=clock(), keeps_audio=keeps_audio)
        self.reception = Reception()
        self.keys_heard = ""
        self._way = way
        self._clock = clock
        self._pacer: Pacer | None = None
        self._remote: sdp.Media | None = None
        self._audible: asyncio.Future[None] | None = None
        self._awaited_rank = 0
        self._last_key_at: int | None = None  # timestamp of its beginning
        self._loop = asyncio.get_running_loop()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        with suppress(OSError):  # another system; then a packet arrives when we read it
            self._socket.setsockopt(socket.SOL_SOCKET, _TIMESTAMPS, 1)

    def open(self, host: str) -> int:
        """Bind a port and return it."""
        self._socket.bind((host, 0))
        self._loop.add_reader(self._socket, self._read)
        port: int = self._socket.getsockname()[1]
        return port

    def talk_to(self, remote: sdp.Media, pacer: Pacer) -> None:
        """Send to `remote` from now on; it may change during a call."""
        self._remote = remote
        self.outgoing.keys_payload_type = remote.keys_payload_type
        if self._pacer is None:
            self._pacer = pacer
            pacer.join(self._beat)

    def audible(self, level_db: float) -> asyncio.Future[None]:
        """Return what will be done when the next packet that loud is here, or one before."""
        if self._audible is None:
            self._audible = self._loop.create_future()
            self._awaited_rank = g711.lowest_rank(self.codec, level_db)
        self._awaited_rank = min(self._awaited_rank, g711.lowest_rank(self.codec, level_db))
        return self._audible

    def close(self) -> None:
        if self._pacer is not None:
            self._pacer.leave(self._beat)
        if self._socket.fileno() >= 0:
            self._loop.remove_reader(self._socket)
            self._socket.close()

    def _read(self) -> None:
        with suppress(OSError, NotRtp):
            data, told, _, (_, port) = self._socket.recvmsg(_LONGEST_DATAGRAM, _ANCILLARY)
            # By port only: what is behind a loopback peer names another of its addresses in SDP.
            if self._remote is None or port == self._remote.port:
                self._take(rtp.parse(data), self._clock() - _waited_s(told))

    def _beat(self) -> None:
        packets = self.outgoing.tick()
        if self._remote is None or not self._remote.may_be_sent_to:
            return
        address = (self._remote.host, self._remote.port)
        for packet in self._way(packets):
            with suppress(OSError):  # one more packet that was lost on the way
                self._socket.sendto(packet, address)

    def _take(self, packet: rtp.Packet, at: float) -> None:
        if packet.payload_type == self.codec.payload_type:
            self._hear(packet, at)
        elif packet.payload_type == self.outgoing.keys_payload_type:
            self._hear_key(packet)

    def _hear(self, packet: rtp.Packet, at: float) -> None:
        if not self.reception.count(packet):
            return
        continuous = self.hearing.receive(packet, at)
        self.reception.time(packet, at, continuous=continuous)
        # Only then, because silence comes fifty times a second and interests nobody.
        if self._audible is not None and self.hearing.latest_rank >= self._awaited_rank:
            self._audible.set_result(None)
            self._audible = None

    def _hear_key(self, packet: rtp.Packet) -> None:
        self.reception.count(packet)  # keys and sound are numbered in one row
        event = rtp.parse_key_event(packet.payload)
        if event is not None and packet.timestamp != self._last_key_at:
            self._last_key_at = packet.timestamp
            self.keys_heard += event.key


def _waited_s(told: Sequence[tuple[int, int, bytes]]) -> float:
    """Return how long a packet waited for us to read it: the kernel tells when it arrived."""
    for level, kind, value in told:
        if (level, kind) == (socket.SOL_SOCKET, _TIMESTAMPS) and len(value) == _TIMESPEC.size:
            seconds, nanoseconds = _TIMESPEC.unpack(value)
            arrived_at = float(seconds) + float(nanoseconds) / 1e9
            return max(time.time() - arrived_at, 0.0)
    return 0.0
