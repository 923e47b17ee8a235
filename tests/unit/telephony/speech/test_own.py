"""Recordings of operations staff."""

import wave
from pathlib import Path

import numpy as np
import pytest

from callcenter.domain.calls import Language
from callcenter.ivr.phone import Utterance
from callcenter.telephony.speech.clips import telephone_clip
from callcenter.telephony.speech.engine import Pcm
from callcenter.telephony.speech.own import BadRecording, OwnRecordings
from callcenter.telephony.speech.phrases import cut
from callcenter.telephony.speech.sounds import SoundShelf
from callcenter.telephony.speech.stock import Stock
from callcenter.telephony.speech.wave_files import read_wave
from tests.fakes.clock import FakeClock
from tests.fakes.speech import FakeEngine, hum

ZH = Language.ZH
NAMED = {
    (ZH, "greeting"): ("您好。", "欢迎致电。"),
    (ZH, "greeting.2"): ("欢迎致电。",),
    (ZH, "read-back-buy.1"): ("买入",),
}
GREETING = Utterance(language=ZH, phrases=("您好。", "欢迎致电。", "请讲。"))


def own_in(folder: Path) -> OwnRecordings:
    own = OwnRecordings(folder, NAMED, FakeClock())
    own.look()
    return own


async def heard(own: OwnRecordings, shelf: Path) -> bytes:
    return content(await SoundShelf(shelf, FakeEngine(), Stock(own)).sound(GREETING))


def content(path: str) -> bytes:
    return Path(f"{path}.alaw").read_bytes()


async def test_a_recording_of_a_whole_prompt_is_played_for_all_its_sentences(
    tmp_path: Path,
) -> None:
    own = own_in(tmp_path / "own")

    own.put("greeting", ZH, hum("mine"), "Wang")

    sound = await heard(own, tmp_path / "shelf")
    assert sound.startswith(telephone_clip(hum("mine")))
    assert telephone_clip(hum("您好")) not in sound
    assert sound.endswith(telephone_clip(hum("请讲")))


async def test_a_recording_of_one_sentence_leaves_the_others(tmp_path: Path) -> None:
    own = own_in(tmp_path / "own")

    own.put("greeting.2", ZH, hum("mine"), "Wang")

    sound = await heard(own, tmp_path / "shelf")
    assert sound.startswith(telephone_clip(hum("您好")))
    assert telephone_clip(hum("mine")) in sound


async def test_every_version_is_kept_and_can_be_played_again(tmp_path: Path) -> None:
    own = own_in(tmp_path / "own")
    own.put("greeting", ZH, hum("first"), "Wang")
    own.put("greeting", ZH, hum("second"), "Li")
    second = await heard(own, tmp_path / "shelf")

    own.restore("greeting", ZH, 1, "Li")
    restored = await heard(own, tmp_path / "shelf")
    own.restore("greeting", ZH, 0, "Li")
    shipped = await heard(own, tmp_path / "shelf")

    assert second.startswith(telephone_clip(hum("second")))
    assert restored.startswith(telephone_clip(hum("first")))
    assert shipped.startswith(telephone_clip(hum("您好")))
    assert [(one.version, one.by) for one in own.versions("greeting", ZH)] == [
        (1, "Wang"),
        (2, "Li"),
        (3, "Li"),
        (4, "Li"),
    ]


def test_another_daemon_sees_it_when_it_looks(tmp_path: Path) -> None:
    other = own_in(tmp_path)

    own_in(tmp_path).put("read-back-buy.1", ZH, hum("mine"), "Wang")

    assert other.look()
    assert not other.look()
    assert [one.prompt for one in other.current()] == ["read-back-buy.1"]


def test_a_recording_is_not_played_for_other_words(tmp_path: Path) -> None:
    own_in(tmp_path).put("read-back-buy.1", ZH, hum("mine"), "Wang")

    changed = OwnRecordings(tmp_path, {(ZH, "read-back-buy.1"): ("您要买入",)}, FakeClock())
    changed.look()

    assert changed.take(list(cut(Utterance(language=ZH, phrases=("您要买入",))))) is None


def test_silence_and_unknown_prompts_are_refused_and_change_nothing(tmp_path: Path) -> None:
    own = own_in(tmp_path)
    quiet = Pcm(samples=np.zeros(8000, dtype=np.int16), rate_hz=8000)

    with pytest.raises(BadRecording, match="silent"):
        own.put("greeting", ZH, quiet, "Wang")
    with pytest.raises(BadRecording, match="prompts list"):
        own.put("greetings", ZH, hum("mine"), "Wang")
    with pytest.raises(BadRecording, match="no version 7"):
        own.restore("greeting", ZH, 7, "Wang")

    assert own.current() == []


@pytest.mark.parametrize("width", [1, 2, 3, 4])
@pytest.mark.parametrize("channels", [1, 2])
def test_wave_files_of_every_width_are_read(tmp_path: Path, width: int, channels: int) -> None:
    tone = np.sin(np.arange(4410) / 10) * 0.5
    levels = np.round(tone * (2 ** (8 * width - 1) - 1)).astype("<i8") + (128 if width == 1 else 0)
    octets = levels.view(np.uint8).reshape(-1, 8)[:, :width]
    with wave.open(str(tmp_path / "tone.wav"), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(44_100)
        file.writeframes(np.repeat(octets, channels, axis=0).tobytes())

    pcm = read_wave(tmp_path / "tone.wav")

    assert pcm.rate_hz == 44_100
    assert np.abs(pcm.samples / 32768 - tone).max() < 0.01


def test_what_is_no_wave_file_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "greeting.wav").write_bytes(b"ID3 this is an MP3")

    with pytest.raises(BadRecording, match="save it as WAV, PCM"):
        read_wave(tmp_path / "greeting.wav")
