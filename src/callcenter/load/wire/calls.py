"""A capture cut into calls, a part of the file at a time."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from callcenter.load.wire.packets import FROM_CALLER, KEY_ENDED, PACKET, Packets
from callcenter.telephony.sipcaller.g711 import Codec, lowest_rank
from callcenter.telephony.sipcaller.hearing import AUDIBLE_DB

_AT_ONCE: Final = 1 << 20  # packets in memory, 32 MB
_KEYS: Final = 16

Nanoseconds = npt.NDArray[np.int64]
_AUDIBLE: Final = {codec.payload_type: lowest_rank(codec, AUDIBLE_DB) for codec in Codec}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What the PBX sent in one call, in the order in which it came, all of one SSRC."""

    at: Nanoseconds
    sequence: npt.NDArray[np.uint16]
    stamp: npt.NDArray[np.uint32]
    audible: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class WireCall:
    """
    One stream of the PBX (its port and SSRC), and the keys that its caller pressed.

    A key begins with the first packet about it, and ends with the first of three that say so.
    """

    caller_port: int
    sent: Sent
    keys_began: Nanoseconds
    keys_ended: Nanoseconds


def calls(file: Path) -> Iterator[WireCall]:
    """Yield the calls of a capture, in no order; both ends of the file may cut one in two."""
    parts = 1 + file.stat().st_size // (PACKET.itemsize * _AT_ONCE)
    if parts == 1:
        yield from _calls(np.fromfile(file, dtype=PACKET))
        return
    with tempfile.TemporaryDirectory(dir=file.parent, prefix="calls-") as folder:
        for part in _parts(file, Path(folder), parts):
            yield from _calls(np.fromfile(part, dtype=PACKET))


def _parts(file: Path, folder: Path, parts: int) -> list[Path]:
    """Sort the packets by port into so many files, so that each call is in one of them."""
    paths = [folder / str(part) for part in range(parts)]
    for packets in _read(file):
        part_of = (packets["pbx_port"] >> 1) % parts
        for part in np.unique(part_of):
            with paths[part].open("ab") as one:
                packets[part_of == part].tofile(one)
    return [path for path in paths if path.exists()]


def _read(file: Path) -> Iterator[Packets]:
    with file.open("rb") as packed:
        while len(packets := np.fromfile(packed, dtype=PACKET, count=_AT_ONCE)):
            yield packets


def _calls(packets: Packets) -> Iterator[WireCall]:
    ordered = packets[np.lexsort((packets["at"], packets["pbx_port"]))]
    ends = np.flatnonzero(np.diff(ordered["pbx_port"])) + 1
    for of_port in np.split(ordered, ends):
        yield from _calls_of_port(of_port)


def _calls_of_port(packets: Packets) -> Iterator[WireCall]:
    """One after another: the PBX takes a new SSRC for each."""
    from_caller = packets["flags"] & FROM_CALLER > 0
    sent, keys = packets[~from_caller], packets[from_caller]
    if not len(sent):
        return
    by_source = sent[np.argsort(sent["ssrc"], kind="stable")]
    streams = np.split(by_source, np.flatnonzero(np.diff(by_source["ssrc"])) + 1)
    streams.sort(key=lambda stream: int(stream["at"][0]))
    starts = [int(stream["at"][0]) for stream in streams]
    whose = np.maximum(np.searchsorted(starts, keys["at"], side="right") - 1, 0)
    for n, stream in enumerate(streams):
        yield _call(stream, keys[whose == n])


def _call(sent: Packets, keys: Packets) -> WireCall:
    keys = keys[keys["key"] < _KEYS]
    return WireCall(
        caller_port=int(sent["caller_port"][0]),
        sent=Sent(
            at=sent["at"].astype(np.int64),
            sequence=sent["sequence"].astype(np.uint16),
            stamp=sent["stamp"].astype(np.uint32),
            audible=_audible(sent),
        ),
        keys_began=_first_of_each(keys),
        keys_ended=_first_of_each(keys[keys["flags"] & KEY_ENDED > 0]),
    )


def _audible(sent: Packets) -> npt.NDArray[np.bool_]:
    audible = np.zeros(len(sent), dtype=np.bool_)
    for payload_type, rank in _AUDIBLE.items():
        audible |= (sent["payload_type"] == payload_type) & (sent["loudest"] >= rank)
    return audible


def _first_of_each(reports: Packets) -> Nanoseconds:
    """Return when each key was first reported; all reports of a key bear one timestamp."""
    _, first = np.unique(reports["stamp"], return_index=True)
    return np.sort(reports["at"][first].astype(np.int64))
