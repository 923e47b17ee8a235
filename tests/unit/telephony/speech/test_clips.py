import numpy as np
import pytest
from numpy.typing import NDArray

from callcenter.telephony.speech.clips import RATE_HZ, SILENCE, silence, telephone_clip, to_alaw
from callcenter.telephony.speech.engine import Pcm
from tests.hear import from_alaw


def tone(seconds: float, *, rate_hz: int = 24_000, amplitude: float = 8000.0) -> NDArray[np.int16]:
    at = np.arange(int(seconds * rate_hz)) / rate_hz
    return np.asarray(amplitude * np.sin(2 * np.pi * 440 * at)).astype(np.int16)


def clip(samples: NDArray[np.int16], *, rate_hz: int = 24_000) -> NDArray[np.float64]:
    return from_alaw(telephone_clip(Pcm(samples=samples, rate_hz=rate_hz)))


def quiet(seconds: float, *, rate_hz: int = 24_000) -> NDArray[np.int16]:
    return np.zeros(int(seconds * rate_hz), dtype=np.int16)


def rms_dbfs(samples: NDArray[np.float64]) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(np.square(samples)))))


def test_silence_around_the_words_is_cut_off() -> None:
    heard = clip(np.concatenate([quiet(0.4), tone(0.5), quiet(1.0)]))

    assert heard.size / RATE_HZ == pytest.approx(0.5, abs=0.02)


def test_a_pause_within_the_words_stays() -> None:
    heard = clip(np.concatenate([tone(0.3), quiet(0.2), tone(0.3)]))

    assert heard.size / RATE_HZ == pytest.approx(0.8, abs=0.02)


def test_whispered_and_shouted_clips_are_equally_loud() -> None:
    whispered = clip(tone(0.5, amplitude=300))
    shouted = clip(tone(0.5, amplitude=30_000))

    assert rms_dbfs(whispered) == pytest.approx(-20, abs=0.5)
    assert rms_dbfs(shouted) == pytest.approx(-20, abs=0.5)


def test_peaks_are_bent_below_full_scale() -> None:
    murmur = tone(0.5, amplitude=200)
    murmur[6000:6100] = 32_000

    heard = clip(murmur)

    assert np.abs(heard).max() < 1.0


def test_a_clip_begins_and_ends_in_silence_so_that_it_joins_without_a_click() -> None:
    heard = np.abs(clip(tone(0.5)))

    assert heard[0] < 0.001
    assert heard[-1] < 0.001
    assert heard[: RATE_HZ // 1000].max() < 0.05


def test_the_pitch_survives_any_sample_rate() -> None:
    for rate_hz in (8000, 22_050, 24_000, 48_000):
        heard = clip(tone(0.5, rate_hz=rate_hz), rate_hz=rate_hz)

        peak = np.argmax(np.abs(np.fft.rfft(heard))) * RATE_HZ / heard.size
        assert peak == pytest.approx(440, abs=3)


@pytest.mark.parametrize("samples", [quiet(0), quiet(0.5)], ids=["no-samples", "silence"])
def test_silence_makes_an_empty_clip(samples: NDArray[np.int16]) -> None:
    assert telephone_clip(Pcm(samples=samples, rate_hz=24_000)) == b""


def test_alaw_keeps_every_sample_within_its_step() -> None:
    samples = np.arange(-32768, 32768)

    back = from_alaw(to_alaw(samples.astype(np.int16))) * 32768

    assert np.all(np.abs(back - samples) <= np.maximum(np.abs(samples) / 32, 8.0))


def test_alaw_codes_are_those_of_the_standard() -> None:
    samples = np.array([0, -1, 8, 1000, -1000, 32767, -32768], dtype=np.int16)

    assert to_alaw(samples).hex(" ") == "d5 55 d5 fa 7a aa 2a"


def test_a_pause_has_its_length_and_is_silent() -> None:
    assert silence(250) == SILENCE * 2000
    assert to_alaw(np.zeros(1, dtype=np.int16)) == SILENCE
