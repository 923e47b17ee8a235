"""What is kept of a packet: 32 bytes, in which numpy reads millions at once."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from callcenter.telephony.sipcaller.g711 import Codec, loudness_ranks

Packets = npt.NDArray[np.void]  # of dtype PACKET
Frames = npt.NDArray[np.void]  # of dtype FRAME

FROM_CALLER: Final = 1
MARKED: Final = 2
KEY_ENDED: Final = 4

PACKET: Final = np.dtype(
    [
        ("at", "<i8"),  # nanoseconds since the epoch, by the kernel
        ("ssrc", "<u4"),
        ("stamp", "<u4"),
        ("caller", "<u4"),  # IPv4 address
        ("sequence", "<u2"),
        ("pbx_port", "<u2"),
        ("caller_port", "<u2"),
        ("payload_type", "u1"),
        ("flags", "u1"),
        ("loudest", "u1"),  # rank of the loudest sample, 0 to 127, as in g711.loudness_ranks
        ("key", "u1"),  # event code of a key, in packets from the caller
        ("", "V2"),
    ]
)

_SAMPLES: Final = 160  # as much of the sound is looked at: 20 ms, what a packet carries
_KERNEL_BYTES: Final = 80  # tpacket2_hdr, sockaddr_ll and what aligns them
FRAME_BYTES: Final = 288

# A slot of the kernel's ring (linux/if_packet.h, tpacket2_hdr) with an IPv4 packet in it.
FRAME: Final = np.dtype(
    {
        "names": [
            "status", "seconds", "nanoseconds", "kind",
            "source", "target", "source_port", "target_port", "udp_bytes",
            "marker_and_type", "sequence", "stamp", "ssrc", "payload",
        ],
        "formats": [
            "<u4", "<u4", "<u4", "u1",
            ">u4", ">u4", ">u2", ">u2", ">u2",
            "u1", ">u2", ">u4", ">u4", f"({_SAMPLES},)u1",
        ],
        "offsets": [
            0, 16, 20, 42,
            *(_KERNEL_BYTES + at for at in (12, 16, 20, 22, 24, 29, 30, 32, 36, 40)),
        ],
        "itemsize": FRAME_BYTES,
    }
)  # fmt: skip

_HEADERS: Final = 8 + 12  # UDP and RTP


def _rank_tables() -> Mapping[int, npt.NDArray[np.uint8]]:
    return {
        codec.payload_type: np.frombuffer(loudness_ranks(codec), dtype=np.uint8) for codec in Codec
    }


_RANKS: Final = _rank_tables()


def packets_of(frames: Frames, first_port: int, last_port: int) -> Packets:
    """Return what we keep of the frames; the PBX's ports lie between the two, both included."""
    packets = np.zeros(len(frames), dtype=PACKET)
    seconds = frames["seconds"].astype(np.int64)
    packets["at"] = seconds * 1_000_000_000 + frames["nanoseconds"]
    for name in ("ssrc", "stamp", "sequence"):
        packets[name] = frames[name]
    packets["payload_type"] = frames["marker_and_type"] & 0x7F
    from_pbx = (frames["source_port"] >= first_port) & (frames["source_port"] <= last_port)
    packets["pbx_port"] = np.where(from_pbx, frames["source_port"], frames["target_port"])
    packets["caller_port"] = np.where(from_pbx, frames["target_port"], frames["source_port"])
    packets["caller"] = np.where(from_pbx, frames["target"], frames["source"])
    packets["flags"] = (
        np.where(from_pbx, 0, FROM_CALLER)
        | np.where(frames["marker_and_type"] & 0x80, MARKED, 0)
        | np.where(~from_pbx & (frames["payload"][:, 1] >= 0x80), KEY_ENDED, 0)
    )
    packets["key"] = np.where(from_pbx, 0, frames["payload"][:, 0])
    _tell_loudness(packets, frames)
    return packets


def _tell_loudness(packets: Packets, frames: Frames) -> None:
    for payload_type, ranks in _RANKS.items():
        chosen = np.flatnonzero(packets["payload_type"] == payload_type)
        if len(chosen):
            packets["loudest"][chosen] = _loudest(frames[chosen], ranks)


def _loudest(frames: Frames, ranks: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    loudness = ranks[frames["payload"]]
    samples = frames["udp_bytes"].astype(np.int64) - _HEADERS
    if (samples < _SAMPLES).any():
        loudness = np.where(np.arange(_SAMPLES) < samples[:, np.newaxis], loudness, 0)
    loudest: npt.NDArray[np.uint8] = loudness.max(axis=1)
    return loudest
