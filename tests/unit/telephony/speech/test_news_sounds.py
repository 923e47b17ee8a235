"""Recordings become sounds of the news."""

import wave
from pathlib import Path

import numpy as np
import pytest

from callcenter.domain.errors import NotASound
from callcenter.telephony.speech.news_sounds import NewsSoundFolder

NOISE = np.random.default_rng(1).normal(0, 4000, 16000).astype("<i2")


def wav(file: Path, samples: "np.ndarray[tuple[int], np.dtype[np.int16]]" = NOISE) -> str:
    with wave.open(str(file), "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(16000)
        written.writeframes(samples.tobytes())
    return str(file)


async def test_a_recording_is_kept_at_the_rate_of_a_telephone(tmp_path: Path) -> None:
    folder = NewsSoundFolder(tmp_path)

    name = await folder.take(wav(tmp_path / "a.wav"))

    [kept] = (tmp_path / "news").iterdir()
    assert str(kept) == f"{folder.path(name)}.alaw"
    assert kept.stat().st_size == pytest.approx(8000, rel=0.01)


async def test_the_same_sound_has_the_same_name(tmp_path: Path) -> None:
    folder = NewsSoundFolder(tmp_path)

    first = await folder.take(wav(tmp_path / "a.wav"))

    assert await folder.take(wav(tmp_path / "b.wav")) == first
    assert await folder.take(wav(tmp_path / "c.wav", NOISE[::-1])) != first


async def test_what_is_no_sound_is_told(tmp_path: Path) -> None:
    folder = NewsSoundFolder(tmp_path)
    (tmp_path / "text.wav").write_text("no sound")

    for file in ("text.wav", "missing.wav"):
        with pytest.raises(NotASound, match=file):
            await folder.take(str(tmp_path / file))
    with pytest.raises(NotASound, match="nothing is to be heard"):
        await folder.take(wav(tmp_path / "silent.wav", np.zeros_like(NOISE)))
