"""The daemon's side of Kokoro: a worker process that is started when it is first needed."""

import asyncio
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

import callcenter
from callcenter.domain.calls import Language
from callcenter.domain.errors import SpeechUnavailable
from callcenter.telephony.speech.engine import Engine, Pcm

VOICES: Final = {Language.ZH: "zf_xiaobei", Language.EN: "af_heart"}

_MODEL: Final = "kokoro-82m-1.0"
_WORKER: Final = "callcenter.telephony.speech.kokoro.worker"
_SOURCES: Final = Path(callcenter.__file__).parents[1]


def voice_name(language: Language) -> str:
    return f"{_MODEL} {VOICES[language]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cuts:
    """Some parts of a text that was said in one breath, and the phonemes of the whole."""

    phonemes: str
    sounds: tuple[Pcm, ...]


class KokoroEngine(Engine):
    """
    Speaks with the voice that tools/voice installed in `folder`; one text at a time.

    The process is nice, lives until `close`, and is killed if it takes over `timeout_s`.
    """

    def __init__(
        self, folder: Path, polyphones: Mapping[str, str], *, timeout_s: float = 120.0
    ) -> None:
        self._folder = folder.absolute()
        self._polyphones = dict(polyphones)
        self._timeout_s = timeout_s
        self._turn = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None

    @property
    def installed(self) -> bool:
        return self._python.exists()

    async def voice(self, language: Language) -> str:
        return voice_name(language)

    async def render(self, phrase: str, language: Language) -> Pcm:
        [sound] = (await self.cuts(phrase, language, [(0, len(phrase))])).sounds
        return sound

    async def said(
        self, text: str, language: Language, spans: Sequence[tuple[int, int]]
    ) -> Sequence[Pcm]:
        """Say a text and cut out what is said of some of its letters; nothing is said of none."""
        return (await self.cuts(text, language, spans)).sounds if spans else ()

    async def phonemes(self, text: str, language: Language) -> str:
        """Tell how a text is read, without saying it: some milliseconds."""
        return (await self.cuts(text, language, [], mute=True)).phonemes

    async def cuts(
        self,
        text: str,
        language: Language,
        spans: Sequence[tuple[int, int]],
        *,
        mute: bool = False,
    ) -> Cuts:
        """Say a text and cut out what is said of some of its letters."""
        question = {
            "text": text,
            "language": language.value,
            "voice": VOICES[language],
            "cuts": spans,
            "mute": mute,
        }
        async with self._turn:
            try:
                async with asyncio.timeout(self._timeout_s):
                    return await self._answer(question)
            except TimeoutError as e:
                await self.close()
                raise SpeechUnavailable(f"the voice took over {self._timeout_s} s") from e
            except (OSError, EOFError, ValueError, KeyError) as e:
                await self.close()
                raise SpeechUnavailable(f"the voice failed: {type(e).__name__}: {e}") from e
            except asyncio.CancelledError:
                await self.close()  # its answer would be taken for that to the next question
                raise

    async def close(self) -> None:
        """End the worker; the next text starts another one."""
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        process.kill()
        await process.wait()

    async def _answer(self, question: Mapping[str, object]) -> Cuts:
        process = await self._running()
        assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018  pipes
        process.stdin.write(json.dumps(question).encode() + b"\n")
        await process.stdin.drain()
        line = await process.stdout.readline()
        if not line:
            raise EOFError("its process ended")
        head: dict[str, Any] = json.loads(line)
        if "error" in head:
            raise SpeechUnavailable(f"{question['text']}: {head['error']}")
        sounds = [await process.stdout.readexactly(size) for size in head["bytes"]]
        return Cuts(
            phonemes=head["phonemes"],
            sounds=tuple(
                Pcm(samples=np.frombuffer(sound, "<i2").astype(np.int16), rate_hz=head["rate_hz"])
                for sound in sounds
            ),
        )

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is not None and self._process.returncode is None:
            return self._process
        if not self.installed:
            raise SpeechUnavailable(f"no voice in {self._folder}: tools/voice installs one")
        self._process = await asyncio.create_subprocess_exec(
            str(self._python),
            "-m",
            _WORKER,
            str(self._folder),
            json.dumps(self._polyphones),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={"PATH": os.defpath, "PYTHONPATH": str(_SOURCES), "LANG": "C.UTF-8"},
        )
        return self._process

    @property
    def _python(self) -> Path:
        return self._folder / "bin" / "python"
