"""An ear: hands sounds to the recogniser, which runs in an interpreter of its own."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np
import soxr  # type: ignore[import-untyped]

from callcenter.domain.calls import Language
from tests.hear import RATE_HZ, Samples

_RATE_HZ: Final = 16_000
_RECOGNISER: Final = Path(__file__).with_name("recogniser.py")


class Ear:
    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process

    @classmethod
    @contextmanager
    def listening(cls, folder: Path) -> Iterator["Ear"]:
        """Start the recogniser that tools/hear installed in a folder."""
        argv = [str(folder / "bin" / "python"), str(_RECOGNISER), str(folder / "whisper")]
        with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            try:
                yield cls(process)
            finally:
                process.kill()

    def hears(self, sound: Samples, language: Language) -> str:
        """Return the words of a sound at 8 kHz, as the recogniser writes them."""
        wide = soxr.resample(sound, RATE_HZ, _RATE_HZ)
        samples = np.clip(np.round(wide * 32767), -32768, 32767).astype("<i2").tobytes()
        assert self._process.stdin
        assert self._process.stdout
        head = json.dumps({"language": language.value, "bytes": len(samples)})
        self._process.stdin.write(head.encode() + b"\n" + samples)
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "the recogniser has ended"
        return str(json.loads(answer)["text"])
