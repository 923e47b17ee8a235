"""What turns a phrase into sound, and the engine that is always to be had: espeak-ng."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from callcenter.domain.calls import Language
from callcenter.domain.errors import SpeechUnavailable

_AT_ONCE: Final = 2
_ALL_MANNERS: Final = ("-b", "1", "-z")  # UTF-8; no pause at the end, we make our own
_MANNERS: Final = {
    # Four Mandarin syllables a second; English slower than its habit, as numbers are heard once.
    Language.ZH: ("-s", "190", "-p", "55"),
    Language.EN: ("-s", "160", "-p", "50"),
}
_VOICES: Final = {Language.ZH: ("cmn", "cmn-latn-pinyin"), Language.EN: ("en-us",)}
_TRIAL: Final = {Language.ZH: "欢迎", Language.EN: "welcome"}
_FOREIGN: Final = "(en)"  # espeak-ng 1.51 reads Mandarin pinyin as English letters with "cmn"
_SPELLING: Final = "spelling-1"  # count up with each change of what follows
_RESPELLED: Final = {"重听": "虫听", "还款": "环款", "银行": "银航", "行情": "航情", "只股": "支股"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pcm:
    """Sound as an engine makes it: 16-bit samples, one channel."""

    samples: NDArray[np.int16]
    rate_hz: int


class Engine(Protocol):
    """Speaks one phrase at a time. Both methods raise `SpeechUnavailable` if it cannot."""

    async def voice(self, language: Language) -> str:
        """Name what speaks: the name changes whenever the same words may sound different."""
        ...

    async def render(self, phrase: str, language: Language) -> Pcm:
        """Say a phrase."""
        ...


class EspeakEngine(Engine):
    """
    Runs espeak-ng, a process for each phrase, at most two at once.

    `argv` is the command without its options: ["espeak-ng"], or whatever starts an unpacked one.
    """

    def __init__(self, argv: Sequence[str], *, timeout_s: float = 2.0) -> None:
        self._argv = tuple(argv)
        self._timeout_s = timeout_s
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._voices: dict[Language, str] = {}
        self._version: str | None = None

    async def voice(self, language: Language) -> str:
        if self._version is None:
            found = re.search(r"\d+\.\d+(\.\d+)?", (await self._run("--version")).decode())
            self._version = found[0] if found else "unknown"
        name = await self._voice_name(language)
        return " ".join(["espeak-ng", self._version, name, *_MANNERS[language], _SPELLING])

    async def render(self, phrase: str, language: Language) -> Pcm:
        name = await self._voice_name(language)
        options = (*_ALL_MANNERS, *_MANNERS[language], "-v", name, "--stdout")
        return _read_wave(await self._run(*options, "--", _respelled(phrase, language)))

    async def _voice_name(self, language: Language) -> str:
        if language not in self._voices:
            self._voices[language] = await self._probe(language)
        return self._voices[language]

    async def _probe(self, language: Language) -> str:
        """Return the first voice that reads the language as such. Versions differ in that."""
        for name in _VOICES[language]:
            sounds = await self._run("-b", "1", "-v", name, "-x", "-q", "--", _TRIAL[language])
            if _FOREIGN.encode() not in sounds:
                return name
        raise SpeechUnavailable(f"espeak-ng has no voice for {language}")

    async def _run(self, *arguments: str) -> bytes:
        async with self._turns:
            try:
                async with asyncio.timeout(self._timeout_s):
                    return await self._output(arguments)
            except TimeoutError as e:
                raise SpeechUnavailable(f"espeak-ng took over {self._timeout_s} s") from e
            except (OSError, ValueError) as e:
                raise SpeechUnavailable(f"espeak-ng did not start: {e}") from e

    async def _output(self, arguments: Sequence[str]) -> bytes:
        process = await asyncio.create_subprocess_exec(
            *self._argv,
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            out, err = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode or not out:  # 1.51 does not call a wrong option a failure
            raise SpeechUnavailable(f"espeak-ng: {err.decode(errors='replace').strip()}")
        return out


def _respelled(phrase: str, language: Language) -> str:
    """Write the words so that espeak-ng says them right; [[ would start its own phonemes."""
    phrase = phrase.replace("[[", " ")
    if language is Language.ZH:
        for wrong, right in _RESPELLED.items():
            phrase = phrase.replace(wrong, right)
    return re.sub(r"(?<=[A-Z])(?=[A-Z])", " ", phrase)


def _read_wave(wave: bytes) -> Pcm:
    """Read a WAV that went through a pipe, whose header therefore lies about its length."""
    start = wave.find(b"data") + 8
    if start < 44 or not wave.startswith(b"RIFF"):
        raise SpeechUnavailable("espeak-ng made no sound")
    rate_hz = int.from_bytes(wave[24:28], "little")
    samples = np.frombuffer(wave, dtype="<i2", count=(len(wave) - start) // 2, offset=start)
    return Pcm(samples=samples.astype(np.int16), rate_hz=rate_hz)
