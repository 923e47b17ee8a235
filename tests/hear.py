"""
Hears which prompts are in a recording, how surely and where. Needs no recogniser.

It correlates the recording with the very file that was played. Speech of other words scores below
0.75, the played file above 0.9 even with lost packets, so 0.85 tells them apart. Files that share
clips (the same sentence with another number in it) are twins: as a whole they score high, so every
stretch of 0.4 s must match too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

RATE_HZ: Final = 8000

_SURE: Final = 0.85
_BLOCK_SURE: Final = 0.7
_BLOCK: Final = RATE_HZ * 4 // 10
_SILENT: Final = 10 ** (-60 / 20)  # RMS of full scale: nothing that quiet can be a prompt
_SLACK: Final = RATE_HZ // 50  # prompts may overlap by that much: an edge is not exact
# After short pauses of the far end, a call's time line may place sound so much too early.
_EARLY_S: Final = 0.25

Samples = NDArray[np.float64]
Sound = str | Path | Samples


@dataclass(frozen=True, slots=True)
class Heard:
    """A prompt that was heard: when it begins and ends, and how surely it is this one, up to 1."""

    prompt: str
    at_s: float
    until_s: float
    surely: float


class NotHeard(AssertionError):
    """An expected prompt is not where it should be."""


class Recording:
    """A recording at 8 kHz, to be searched for prompts."""

    def __init__(self, sound: Sound) -> None:
        self._samples = load(sound)
        self._energy = np.concatenate([[0.0], np.cumsum(np.square(self._samples))])
        self._spectra: dict[int, NDArray[np.complex128]] = {}

    def find(self, prompt: Sound, *, name: str = "", surely: float = _SURE) -> list[Heard]:
        """Return where the prompt is, in order of time."""
        wanted = load(prompt)
        scores = self._scores(wanted)
        found: list[Heard] = []
        while scores.size and (score := scores[at := int(np.argmax(scores))]) >= surely:
            if self._every_block_matches(wanted, at):
                label = name or _name(prompt)
                end = at + wanted.size
                found.append(Heard(label, at / RATE_HZ, end / RATE_HZ, float(score)))
            scores[max(0, at - wanted.size // 2) : at + wanted.size // 2] = 0
        return sorted(found, key=lambda heard: heard.at_s)

    def follow(self, prompts: Sequence[Sound], *, surely: float = _SURE) -> list[Heard]:
        """
        Return where the prompts are, one after another.

        Other sounds may stand between them. Raise `NotHeard` for the first one that is missing.
        """
        told: list[Heard] = []
        for prompt in prompts:
            after_s = told[-1].until_s - _EARLY_S if told else 0.0
            found = self.find(prompt, surely=surely)
            later = [heard for heard in found if heard.at_s >= after_s]
            if not later:
                earlier = ", ".join(f"{heard.at_s:.2f} s" for heard in found) or "nowhere"
                raise NotHeard(f"{_name(prompt)}: not after {after_s:.2f} s; it is at: {earlier}")
            told.append(later[0])
        return told

    def tell(self, prompts: Mapping[str, Sound], *, surely: float = _SURE) -> list[Heard]:
        """
        Return which of the prompts are in the recording, in order of time.

        Where several match the same stretch, the longest one was played: the others are parts.
        """
        found = [
            heard
            for name, prompt in prompts.items()
            for heard in self.find(prompt, name=name, surely=surely)
        ]
        found.sort(key=lambda heard: (heard.until_s - heard.at_s, heard.surely), reverse=True)
        told: list[Heard] = []
        for heard in found:
            if not any(_overlap(heard, other) for other in told):
                told.append(heard)
        return sorted(told, key=lambda heard: heard.at_s)

    def _scores(self, wanted: Samples) -> Samples:
        """Return the normalised correlation at every place where the prompt would fit."""
        places = self._samples.size - wanted.size + 1
        if places < 1 or not wanted.any():
            return np.zeros(0)
        size = 1 << (self._samples.size + wanted.size).bit_length()
        if size not in self._spectra:
            self._spectra[size] = np.fft.rfft(self._samples, size)
        product = self._spectra[size] * np.conj(np.fft.rfft(wanted, size))
        alike = np.fft.irfft(product, size)[:places]
        energy = self._energy[wanted.size :] - self._energy[: -wanted.size]
        audible = energy > wanted.size * _SILENT**2
        scale = np.sqrt(np.where(audible, energy, np.inf) * np.sum(np.square(wanted)))
        return np.asarray(alike / scale)

    def _every_block_matches(self, wanted: Samples, at: int) -> bool:
        played = self._samples[at : at + wanted.size]
        return all(
            _alike(wanted[start:end], played[start:end]) >= _BLOCK_SURE
            for start, end in _blocks(wanted.size)
        )


def load(sound: Sound) -> Samples:
    """Return samples from -1 to 1 of a raw .alaw or a .wav file at 8 kHz, or of an array."""
    if isinstance(sound, np.ndarray):
        return sound.astype(np.float64)
    content = Path(sound).read_bytes()
    return _from_wav(content) if content.startswith(b"RIFF") else from_alaw(content)


def from_alaw(coded: bytes) -> Samples:
    """Decode by ITU-T G.711."""
    code = np.frombuffer(coded, np.uint8).astype(np.int64) ^ 0x55
    segment, step = code >> 4 & 7, (code & 0xF) * 2 + 1
    size = np.where(segment == 0, step, step + 32 << np.maximum(segment - 1, 0)) * 8
    return np.where(code & 0x80, size, -size) / 32768


def from_ulaw(coded: bytes) -> Samples:
    """Decode by ITU-T G.711."""
    code = ~np.frombuffer(coded, np.uint8)
    segment, step = (code >> 4 & 7).astype(np.int64), (code & 0xF).astype(np.int64)
    size = ((step * 2 + 33 << segment) - 33) * 4
    return np.where(code & 0x80, -size, size) / 32768


def _from_wav(content: bytes) -> Samples:
    chunks: dict[bytes, bytes] = {}
    at = 12
    while at + 8 <= len(content):
        length = int.from_bytes(content[at + 4 : at + 8], "little")
        chunks.setdefault(content[at : at + 4], content[at + 8 : at + 8 + length])
        at += 8 + length + length % 2
    header, data = chunks[b"fmt "], chunks[b"data"]
    coding, channels, rate_hz = header[0], header[2], int.from_bytes(header[4:8], "little")
    if rate_hz != RATE_HZ or channels != 1:
        raise ValueError(f"not one channel at 8 kHz: {channels} at {rate_hz} Hz")
    if coding == 1:
        return np.frombuffer(data[: len(data) // 2 * 2], "<i2") / 32768
    return {6: from_alaw, 7: from_ulaw}[coding](data)


def _blocks(size: int) -> list[tuple[int, int]]:
    """Cut into overlapping blocks, so that a short difference fills at least one of them."""
    starts = range(0, max(1, size - _BLOCK), _BLOCK // 2)
    return [(start, start + _BLOCK) for start in starts[:-1]] + [(starts[-1], size)]


def _alike(wanted: Samples, played: Samples) -> float:
    scale = float(np.linalg.norm(wanted) * np.linalg.norm(played))
    quiet = np.linalg.norm(wanted) < _SILENT * np.sqrt(wanted.size)
    return 1.0 if quiet else float(wanted @ played) / max(scale, 1e-12)


def _overlap(one: Heard, other: Heard) -> bool:
    shared_s = min(one.until_s, other.until_s) - max(one.at_s, other.at_s)
    return shared_s > _SLACK / RATE_HZ


def _name(sound: Sound) -> str:
    return "a prompt" if isinstance(sound, np.ndarray) else Path(sound).stem
