"""One call's end of the media: a UDP socket that sends on the pacer's beat, and hears."""

import asyncio
from typing import Any

from callcenter.telephony.sipcaller import rtp, sdp
from callcenter.telephony.sipcaller.clock import Clock
from callcenter.telephony.sipcaller.errors import NotRtp
from callcenter.telephony.sipcaller.g711 import Codec
from callcenter.telephony.sipcaller.hearing import Hearing
from callcenter.telephony.sipcaller.outgoing import Outgoing
from callcenter.telephony.sipcaller.pacer import Pacer
from callcenter.telephony.sipcaller.reception import Reception


class RtpEndpoint(asyncio.DatagramProtocol):
    """Silent until `talk_to` says where to; hears from the start."""

    def __init__(self, codec: Codec, *, keepalive_ms: int, keeps_audio: bool, clock: Clock) -> None:
        self.codec = codec
        self.outgoing = Outgoing(codec, keepalive_ms=keepalive_ms)
        self.hearing = Hearing(codec, began_at=clock(), keeps_audio=keeps_audio)
        self.reception = Reception()
        self.keys_heard = ""
        self._clock = clock
        self._pacer: Pacer | None = None
        self._transport: asyncio.DatagramTransport | None = None
        self._closed = asyncio.Event()
        self._remote: sdp.Media | None = None
        self._arrival: asyncio.Future[None] | None = None
        self._last_key_at: int | None = None  # timestamp of its beginning

    async def open(self, host: str) -> int:
        """Bind a port and return it."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(host, 0))
        port: int = self._transport.get_extra_info("sockname")[1]
        return port

    def talk_to(self, remote: sdp.Media, pacer: Pacer) -> None:
        """Send to `remote` from now on; it may change during a call."""
        self._remote = remote
        self.outgoing.keys_payload_type = remote.keys_payload_type
        if self._pacer is None:
            self._pacer = pacer
            pacer.join(self._beat)

    def arrival(self) -> asyncio.Future[None]:
        """Return what will be done when the next packet of sound is here."""
        if self._arrival is None:
            self._arrival = asyncio.get_running_loop().create_future()
        return self._arrival

    async def close(self) -> None:
        if self._pacer is not None:
            self._pacer.leave(self._beat)
        if self._transport is not None:
            self._transport.close()
            await self._closed.wait()

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        # By port only: behind a loopback peer the address in its SDP is often another of its own.
        if self._remote is not None and addr[1] != self._remote.port:
            return
        try:
            packet = rtp.parse(data)
        except NotRtp:
            return
        if packet.payload_type == self.codec.payload_type:
            self._hear(packet)
        elif packet.payload_type == self.outgoing.keys_payload_type:
            self._hear_key(packet)

    def error_received(self, exc: Exception) -> None:
        """Let it pass: a datagram that could not be sent is one more lost packet."""

    def connection_lost(self, exc: Exception | None) -> None:
        self._closed.set()

    def _beat(self) -> None:
        packets = self.outgoing.tick()
        if self._remote is None or self._transport is None or not self._remote.may_be_sent_to:
            return
        address = (self._remote.host, self._remote.port)
        for packet in packets:
            self._transport.sendto(packet, address)

    def _hear(self, packet: rtp.Packet) -> None:
        if not self.reception.count(packet):
            return
        at = self._clock()
        continuous = self.hearing.receive(packet, at)
        self.reception.time(packet, at, continuous=continuous)
        if self._arrival is not None:
            self._arrival.set_result(None)
            self._arrival = None

    def _hear_key(self, packet: rtp.Packet) -> None:
        self.reception.count(packet)  # keys and sound are numbered in one row
        event = rtp.parse_key_event(packet.payload)
        if event is not None and packet.timestamp != self._last_key_at:
            self._last_key_at = packet.timestamp
            self.keys_heard += event.key
