"""WAV files as people record them: any rate, one channel or several, 8 to 32 bits of PCM."""

import wave
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from callcenter.telephony.speech.engine import Pcm
from callcenter.telephony.speech.own import BadRecording

_MOST_S: Final = 300


def read_wave(file: Path) -> Pcm:
    """Return the sound with its channels mixed; raise `BadRecording` if it is no such file."""
    try:
        with wave.open(str(file)) as opened:
            rate_hz, channels = opened.getframerate(), opened.getnchannels()
            width, frames = opened.getsampwidth(), opened.getnframes()
            if frames > _MOST_S * rate_hz:
                raise BadRecording(f"{file.name}: longer than {_MOST_S} s")
            samples = _samples(opened.readframes(frames), width)
    except (wave.Error, EOFError) as error:
        raise BadRecording(f"{file.name}: {error}; save it as WAV, PCM") from error
    mixed = samples[: samples.size // channels * channels].reshape(-1, channels).mean(axis=1)
    return Pcm(samples=np.round(mixed).astype(np.int16), rate_hz=rate_hz)


def _samples(raw: bytes, width: int) -> NDArray[np.float64]:
    """Return samples of any width as if they had 16 bits."""
    octets = np.frombuffer(raw, np.uint8, len(raw) // width * width).reshape(-1, width)
    if width == 1:
        return (octets[:, 0].astype(np.float64) - 128) * 256
    high = np.ascontiguousarray(octets[:, -2:]).view("<i2")
    return np.asarray(high.ravel(), dtype=np.float64)
