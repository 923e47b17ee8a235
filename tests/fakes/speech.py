"""Voices without a synthesiser: one that only names sounds, and an engine that hums."""

import zlib

import numpy as np

from callcenter.domain.calls import Language
from callcenter.domain.errors import SpeechUnavailable
from callcenter.ivr.phone import Utterance
from callcenter.ivr.speech import Speech
from callcenter.telephony.speech.engine import Engine, Pcm


class FakeSpeech(Speech):
    """Names a sound for every utterance; `mute` makes it fail until it is set back."""

    def __init__(self, *, mute: bool = False) -> None:
        self.mute = mute
        self.asked: list[Utterance] = []
        self.renewed: list[Utterance] = []
        self._paths: dict[Utterance, str] = {}

    async def sound(self, utterance: Utterance) -> str:
        self.asked.append(utterance)
        return self._path(utterance)

    async def renew(self, utterance: Utterance) -> str:
        self.renewed.append(utterance)
        return self._path(utterance)

    def words(self, path: str) -> str:
        """Return what the sound at `path` says."""
        [spoken] = [utterance for utterance, made in self._paths.items() if made == path]
        return spoken.words

    def _path(self, utterance: Utterance) -> str:
        if self.mute:
            raise SpeechUnavailable("mute")
        return self._paths.setdefault(utterance, f"spoken/{len(self._paths) + 1}")


class FakeEngine(Engine):
    """Hums each phrase in noise of its own, 50 ms a letter, between two silences."""

    def __init__(self, *, cannot_say: str = "\0", version: str = "1") -> None:
        self.cannot_say = cannot_say
        self.rendered: list[str] = []
        self._version = version

    async def voice(self, language: Language) -> str:
        return f"hum {language} {self._version}"

    async def render(self, phrase: str, language: Language) -> Pcm:
        self.rendered.append(phrase)
        if self.cannot_say in phrase:
            raise SpeechUnavailable(f"cannot say {phrase}")
        return hum(phrase)


def hum(phrase: str, *, rate_hz: int = 16_000) -> Pcm:
    """Return noise that is the same for the same phrase, and unlike any other phrase's."""
    noise = np.random.default_rng(zlib.crc32(phrase.encode()))
    heard = noise.normal(0, 3000, len(phrase) * rate_hz // 20)
    quiet = np.zeros(rate_hz // 10)
    samples = np.concatenate([quiet, heard, quiet]).clip(-32768, 32767).astype(np.int16)
    return Pcm(samples=samples, rate_hz=rate_hz)
