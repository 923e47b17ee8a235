"""Which packets the kernel hands to a capture: a program of the classic BPF (Linux, filter.rst)."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_LOAD_BYTE: Final = 0x30
_LOAD_HALF: Final = 0x28
_AND: Final = 0x54
_EQUALS: Final = 0x15
_AT_LEAST: Final = 0x35
_MORE_THAN: Final = 0x25
_ANY_BIT: Final = 0x45
_RETURN: Final = 0x06

_INSTRUCTION: Final = struct.Struct("HBBI")
_EVERYTHING: Final = 0xFFFF

_PLAIN_HEADER: Final = 0x45  # IPv4 without options
_UDP: Final = 17
_FRAGMENT: Final = 0x3FFF  # more fragments follow, or it is not the first
_PLAIN_RTP: Final = 0x80  # version 2 without padding, extension and further sources
KEY_EVENT_BYTES: Final = 8 + 12 + 4  # UDP, RTP and one telephone-event (RFC 4733)

_KEEP: Final = "keep"
_DROP: Final = "drop"


@dataclass(frozen=True, kw_only=True)
class Ports:
    """
    The ports that the PBX sends RTP from, both included. The callers' own lie outside.

    `one_in` samples calls: a power of two, of so many calls one is kept, told by its port.
    """

    first: int
    last: int
    one_in: int = 1

    def __post_init__(self) -> None:
        if not 0 < self.first < self.last < 1 << 16:
            raise ValueError(f"no range of ports: {self.first} to {self.last}")
        if self.one_in < 1 or self.one_in & (self.one_in - 1):
            raise ValueError(f"not a power of two: {self.one_in}")

    @property
    def mask(self) -> int:
        """The bits that are 0 in a port we keep: RTP has even ports, and RTCP odd ones."""
        return 2 * self.one_in - 1


@dataclass(frozen=True)
class _Step:
    """One instruction, with the names of the places that it jumps to; "" is the next one."""

    code: int
    value: int
    if_so: str = ""
    if_not: str = ""
    name: str = ""


def program(ports: Ports) -> bytes:
    """Return the instructions that keep RTP of the PBX, and the keys that are sent to it."""
    steps = [
        _Step(_LOAD_BYTE, 0),
        _Step(_EQUALS, _PLAIN_HEADER, if_not=_DROP),
        _Step(_LOAD_BYTE, 9),
        _Step(_EQUALS, _UDP, if_not=_DROP),
        _Step(_LOAD_HALF, 6),
        _Step(_ANY_BIT, _FRAGMENT, if_so=_DROP),
        _Step(_LOAD_BYTE, 28),
        _Step(_EQUALS, _PLAIN_RTP, if_not=_DROP),
        _Step(_LOAD_HALF, 20),
        *_in_range(ports, otherwise="to the PBX"),
        _Step(_EQUALS, 0, if_so=_KEEP, if_not=_DROP),
        _Step(_LOAD_HALF, 24, name="to the PBX"),
        _Step(_EQUALS, KEY_EVENT_BYTES, if_not=_DROP),
        _Step(_LOAD_HALF, 22),
        *_in_range(ports, otherwise=_DROP),
        _Step(_EQUALS, 0, if_so=_KEEP, if_not=_DROP),
        _Step(_RETURN, _EVERYTHING, name=_KEEP),
        _Step(_RETURN, 0, name=_DROP),
    ]
    return b"".join(_assembled(steps))


def _in_range(ports: Ports, otherwise: str) -> Sequence[_Step]:
    return (
        _Step(_AT_LEAST, ports.first, if_not=otherwise),
        _Step(_MORE_THAN, ports.last, if_so=otherwise),
        _Step(_AND, ports.mask),
    )


def _assembled(steps: Sequence[_Step]) -> Sequence[bytes]:
    places = {step.name: at for at, step in enumerate(steps)}

    def jump(at: int, name: str) -> int:
        return places[name] - at - 1 if name else 0

    return [
        _INSTRUCTION.pack(step.code, jump(at, step.if_so), jump(at, step.if_not), step.value)
        for at, step in enumerate(steps)
    ]
