"""What all calls of one telephone share: the SIP socket, the pacer, the clock."""

import asyncio
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self, TypedDict

from callcenter.telephony.sipcaller import sdp
from callcenter.telephony.sipcaller.badline import Way, untouched
from callcenter.telephony.sipcaller.clock import Clock, wall_clock
from callcenter.telephony.sipcaller.dialog import Dialog, Identity
from callcenter.telephony.sipcaller.endpoint import RtpEndpoint
from callcenter.telephony.sipcaller.g711 import Codec
from callcenter.telephony.sipcaller.leg import Leg
from callcenter.telephony.sipcaller.pacer import Pacer
from callcenter.telephony.sipcaller.transactions import Timers
from callcenter.telephony.sipcaller.wire import Wire

_TO = re.compile(r"sip:[^\s@<>]+@(?P<host>[\w.-]+)(?::(?P<port>\d+))?(?:;[^\s<>]*)?")


class Wishes(TypedDict, total=False):
    """What may be said about a call besides who calls whom. See `Dialling` for the defaults."""

    codec: Codec | str
    display_name: str
    asserted: str
    answer_within_s: float
    keepalive_ms: int
    keeps_audio: bool
    way: Way


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialling:
    """One call as it is wished for."""

    to: str  # "sip:4008@127.0.0.1:5060"
    caller: str  # "" withholds the number
    codec: Codec | str = Codec.PCMA
    display_name: str = ""
    asserted: str = ""  # the number in P-Asserted-Identity; "" sends none
    answer_within_s: float = 30.0
    keepalive_ms: int = 20  # one packet of silence per so many ms; keys are always in full
    keeps_audio: bool = True  # False for load: sound is timed but cannot be played back
    way: Way = untouched  # what the network makes of the packets that we send

    def __post_init__(self) -> None:
        if not _TO.fullmatch(self.to):
            raise ValueError(f"not a SIP address that can be dialled: {self.to!r}")
        Codec(self.codec)

    @property
    def host_and_port(self) -> tuple[str, int]:
        match = _TO.fullmatch(self.to)
        return (match["host"], int(match["port"] or 5060)) if match else ("", 0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Line:
    """A call that was answered: its signalling, its media and its times."""

    leg: Leg
    endpoint: RtpEndpoint
    clock: Clock
    dialled_at: float
    answered_at: float
    closed: Callable[["Line"], None]

    async def close(self) -> None:
        """Hang up if nobody has, and give back the socket."""
        try:
            await self.leg.hang_up()
        finally:
            self.leg.forget()
            self.endpoint.close()
            self.closed(self)


class Station:
    """Leaving the `async with` hangs up what is still up."""

    def __init__(self, *, host: str, port: int, timers: Timers) -> None:
        self.clock = wall_clock()
        self.pacer = Pacer()
        self._host = host
        self._port = port
        self._wire = Wire(timers)
        self._lines: set[Line] = set()

    async def __aenter__(self) -> Self:
        self._port = await self._wire.open(self._host, self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        try:
            await asyncio.gather(*(line.close() for line in self._lines))
        finally:
            await self.pacer.close()
            await self._wire.close()

    async def dial(self, wanted: Dialling) -> Line:
        """Return the line once the far end has answered. Raise `CallFailed` if it does not."""
        endpoint = RtpEndpoint(
            Codec(wanted.codec),
            keepalive_ms=wanted.keepalive_ms,
            keeps_audio=wanted.keeps_audio,
            way=wanted.way,
            clock=self.clock,
        )
        leg = None
        dialled_at = endpoint.hearing.began_at
        try:
            leg = await self._leg(wanted, endpoint)
            await leg.place(wanted.answer_within_s)
        except BaseException:
            if leg is not None:
                leg.forget()
            endpoint.close()
            raise
        return self._up(leg, endpoint, dialled_at)

    def _up(self, leg: Leg, endpoint: RtpEndpoint, dialled_at: float) -> Line:
        line = Line(
            leg=leg,
            endpoint=endpoint,
            clock=self.clock,
            dialled_at=dialled_at,
            answered_at=self.clock(),
            closed=self._lines.discard,
        )
        self._lines.add(line)
        return line

    async def _leg(self, wanted: Dialling, endpoint: RtpEndpoint) -> Leg:
        identity = Identity(
            number=wanted.caller, display_name=wanted.display_name, asserted=wanted.asserted
        )
        rtp_port = endpoint.open(self._host)
        return Leg(
            Dialog(to=wanted.to, identity=identity, host=self._host, port=self._port),
            wire=self._wire,
            address=await _resolved(*wanted.host_and_port),
            local=sdp.Media(
                host=self._host,
                port=rtp_port,
                codec=endpoint.codec,
                keys_payload_type=sdp.KEYS_PAYLOAD_TYPE,
            ),
            on_media=lambda remote: endpoint.talk_to(remote, self.pacer),
            clock=self.clock,
        )


async def _resolved(host: str, port: int) -> tuple[str, int]:
    if re.fullmatch(r"[\d.]+", host):
        return host, port  # without a thread, which asking for a name takes
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, family=socket.AF_INET, type=socket.SOCK_DGRAM)
    address, number = found[0][4][:2]
    return str(address), int(number)
