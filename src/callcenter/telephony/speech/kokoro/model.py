"""The model itself: phonemes in, samples out, and how long each phoneme lasts."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray

RATE_HZ: Final = 24_000
_LONGEST: Final = 509  # phonemes
_STYLES: Final = (510, 256)  # one style for each length
_FRAME: Final = RATE_HZ // 40
_DURATIONS: Final = "/encoder/Gather_output_0"  # in frames; computed by the model, told by none


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Spoken:
    """Samples, and where in them each phoneme begins; the last number is where the last ends."""

    samples: NDArray[np.int16]
    begins: tuple[int, ...]


class Model:
    def __init__(self, file: Path, voices: Path, vocabulary: Mapping[str, int]) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            _with_output(file.read_bytes(), _DURATIONS), options, providers=["CPUExecutionProvider"]
        )
        self._voices = voices
        self._vocabulary = vocabulary

    def speak(self, phonemes: str, voice: str) -> Spoken:
        """Raise ValueError for what the model cannot say, or not in one breath."""
        if unknown := set(phonemes) - self._vocabulary.keys():
            raise ValueError(f"no such phoneme: {' '.join(sorted(unknown))}")
        if len(phonemes) > _LONGEST:
            raise ValueError(f"too long: {len(phonemes)} phonemes")
        styles = np.fromfile(self._voices / f"{voice}.bin", np.float32).reshape(_STYLES)
        given = {
            "tokens": np.array([[0, *map(self._vocabulary.__getitem__, phonemes), 0]], np.int64),
            "style": styles[len(phonemes)][np.newaxis],
            "speed": np.ones(1, np.float32),
        }
        sound, durations = self._session.run(["audio", _DURATIONS], given)
        samples = np.clip(np.round(sound.ravel() * 32767), -32768, 32767).astype(np.int16)
        _, *begins = accumulate(int(frames) * _FRAME for frames in [0, *durations.ravel()])
        return Spoken(samples=samples, begins=tuple(begins[: len(phonemes) + 1]))


def _with_output(model: bytes, name: str) -> bytes:
    """
    Let a model tell one more of the values that it computes.

    ONNX is protocol buffers, where bytes that are appended are merged: here one more entry in
    `graph.output` (fields 7 and 12), which is a name (field 1).
    """
    output = b"\x0a" + _sized(name.encode())
    return model + b"\x3a" + _sized(b"\x62" + _sized(output))


def _sized(content: bytes) -> bytes:
    return bytes([len(content)]) + content  # one byte is enough below 128
