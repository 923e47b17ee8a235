"""G.711, the telephone's two ways to write a sample as one byte (ITU-T G.711), at 8 kHz."""

from enum import StrEnum
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

RATE: Final = 8000
FRAME_SAMPLES: Final = 160  # 20 ms, what every telephone sends per packet
FRAME_S: Final = FRAME_SAMPLES / RATE

Samples = npt.NDArray[np.int16]


class Codec(StrEnum):
    PCMA = "PCMA"
    PCMU = "PCMU"

    @property
    def payload_type(self) -> int:
        """The static RTP payload type (RFC 3551)."""
        return 8 if self is Codec.PCMA else 0

    @property
    def silence(self) -> int:
        """The byte for no sound."""
        return 0xD5 if self is Codec.PCMA else 0xFF


@cache
def decode_table(codec: Codec) -> Samples:
    """Return the sample of each of the 256 bytes."""
    codes = np.arange(256, dtype=np.int32)
    return (_alaw(codes) if codec is Codec.PCMA else _ulaw(codes)).astype(np.int16)


def decode(codec: Codec, payload: bytes) -> Samples:
    return decode_table(codec)[np.frombuffer(payload, dtype=np.uint8)]


def encode(codec: Codec, samples: Samples) -> bytes:
    """Write each sample as the byte that comes nearest."""
    return _encode_table(codec)[samples.astype(np.int32) + 32768].tobytes()


@cache
def loudness_ranks(codec: Codec) -> bytes:
    """Return, for `bytes.translate`, how loud each byte is: 0 for the quietest to 127."""
    loudness = np.abs(decode_table(codec).astype(np.int32))
    return np.searchsorted(np.unique(loudness), loudness).astype(np.uint8).tobytes()


@cache
def lowest_rank(codec: Codec, level_db: float) -> int:
    """Return the first loudness rank that is `level_db` (full scale is 0) or louder."""
    loudness = np.unique(np.abs(decode_table(codec).astype(np.int32)))
    return int(np.searchsorted(loudness, 32768 * 10 ** (level_db / 20)))


def _ulaw(codes: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    flipped = ~codes & 0xFF
    exponent, mantissa = (flipped >> 4) & 7, flipped & 15
    magnitude = (((mantissa << 3) + 0x84) << exponent) - 0x84
    return np.where(flipped & 0x80, -magnitude, magnitude)


def _alaw(codes: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    flipped = codes ^ 0x55
    exponent, mantissa = (flipped >> 4) & 7, flipped & 15
    step = (mantissa << 4) + 8
    magnitude = np.where(exponent == 0, step, (step + 0x100) << np.maximum(exponent - 1, 0))
    return np.where(flipped & 0x80, magnitude, -magnitude)


@cache
def _encode_table(codec: Codec) -> npt.NDArray[np.uint8]:
    table = decode_table(codec)
    order = np.argsort(table)
    if codec is Codec.PCMU:
        order = order[order != 0x7F]  # the second zero, which nobody sends
    levels = table[order].astype(np.int32)
    thresholds = (levels[:-1] + levels[1:]) / 2
    return order[np.searchsorted(thresholds, np.arange(-32768, 32768))].astype(np.uint8)
