"""
Sound made fit for a telephone: 8 kHz, A-law, edges trimmed and faded, all equally loud.

Clips made so may be put together in any order without a click or a jump in loudness.
"""

from functools import cache
from typing import Final

import numpy as np
import soxr  # type: ignore[import-untyped]
from numpy.typing import NDArray

from callcenter.telephony.speech.engine import Pcm

RATE_HZ: Final = 8000
SILENCE: Final = b"\xd5"  # the A-law byte for zero

_FRAME: Final = RATE_HZ // 200  # 5 ms
_FADE: Final = RATE_HZ // 125  # 8 ms
_TRIM_BELOW: Final = 10 ** (-40 / 20)  # of the loudest frame
_LOUDNESS: Final = 10 ** (-20 / 20)  # of full scale, RMS: what networks expect of speech
_KNEE: Final = 0.5  # of full scale: above it peaks are bent, up to full scale

Samples = NDArray[np.float32]


def telephone_clip(pcm: Pcm) -> bytes:
    """Return the sound as raw A-law at 8 kHz; empty if there is nothing to hear."""
    samples = pcm.samples.astype(np.float32) / np.float32(32768)
    if pcm.rate_hz != RATE_HZ:
        samples = np.asarray(soxr.resample(samples, pcm.rate_hz, RATE_HZ), dtype=np.float32)
    heard = _trimmed(samples)
    if not heard.size:
        return b""
    return to_alaw(_to_int16(_faded(_levelled(heard))))


def silence(duration_ms: int) -> bytes:
    return SILENCE * (duration_ms * RATE_HZ // 1000)


def to_alaw(samples: NDArray[np.int16]) -> bytes:
    """Encode 16-bit samples by ITU-T G.711."""
    return _alaw_table()[samples.view(np.uint16)].tobytes()


def _trimmed(samples: Samples) -> Samples:
    loudness = _frame_loudness(samples)
    if not loudness.size or not loudness.any():
        return samples[:0]
    [heard] = np.nonzero(loudness > loudness.max() * _TRIM_BELOW)
    # One frame more on each side: a consonant begins softer than the vowel that follows.
    first, last = max(0, heard[0] - 1), heard[-1] + 2
    return samples[first * _FRAME : last * _FRAME]


def _levelled(samples: Samples) -> Samples:
    """Bring what is heard to the same RMS, pauses within left out, and bend what sticks out."""
    loudness = _frame_loudness(samples)
    voiced = loudness[loudness > loudness.max() * 0.1]
    level = samples * (_LOUDNESS / np.sqrt(np.mean(np.square(voiced))))
    over = np.abs(level) - _KNEE
    bent = np.sign(level) * (_KNEE + (1 - _KNEE) * np.tanh(over / (1 - _KNEE)))
    return np.asarray(np.where(over > 0, bent, level), dtype=np.float32)


def _faded(samples: Samples) -> Samples:
    length = min(_FADE, samples.size // 2)
    ramp = np.linspace(0, 1, length, dtype=np.float32)
    faded = samples.copy()
    faded[:length] *= ramp
    faded[samples.size - length :] *= ramp[::-1]
    return faded


def _frame_loudness(samples: Samples) -> Samples:
    """Return the RMS of every 5 ms; a rest that fills no frame counts as one."""
    padded = np.pad(samples, (0, -samples.size % _FRAME))
    frames = padded.reshape(-1, _FRAME)
    return np.asarray(np.sqrt(np.mean(np.square(frames), axis=1)), dtype=np.float32)


def _to_int16(samples: Samples) -> NDArray[np.int16]:
    return np.clip(np.round(samples * 32767), -32768, 32767).astype(np.int16)


@cache
def _alaw_table() -> NDArray[np.uint8]:
    """Return the code of every 16-bit sample, taken as unsigned."""
    samples = np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int32) >> 3
    magnitude = np.where(samples >= 0, samples, -samples - 1)
    segment = np.searchsorted([0x1F, 0x3F, 0x7F, 0xFF, 0x1FF, 0x3FF, 0x7FF], magnitude)
    step = magnitude >> np.maximum(segment, 1)
    code = segment << 4 | step & 0xF
    return (code ^ np.where(samples >= 0, 0xD5, 0x55)).astype(np.uint8)
