"""
The recogniser: `python recogniser.py MODEL` under the interpreter of tools/hear.

A line of JSON comes in for each sound, {"language": "zh", "bytes": 32000}, and behind it 16-bit
samples at 16 kHz; out goes {"text": what was heard}. Imports nothing of ours.
"""

import json
import os
import sys
from typing import Any, Final

import numpy as np
from faster_whisper import WhisperModel

_RATE_HZ: Final = 16_000
_QUIET: Final = np.zeros(_RATE_HZ * 3 // 4, np.float32)  # without it the last syllable is lost


def _heard(model: Any, samples: Any, language: str) -> str:
    sound = np.concatenate([_QUIET, samples.astype(np.float32) / 32768, _QUIET])
    segments, _ = model.transcribe(
        sound,
        language=language,
        beam_size=5,
        temperature=0.0,
        condition_on_previous_text=False,
    )
    return "".join(segment.text for segment in segments).strip()


def main() -> None:
    os.nice(10)
    model = WhisperModel(
        sys.argv[1], device="cpu", compute_type="int8", cpu_threads=1, local_files_only=True
    )
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    for line in sys.stdin.buffer:
        asked = json.loads(line)
        samples = np.frombuffer(sys.stdin.buffer.read(asked["bytes"]), "<i2")
        text = _heard(model, samples, asked["language"])
        answers.write(json.dumps({"text": text}) + "\n")


if __name__ == "__main__":
    main()
