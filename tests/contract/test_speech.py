"""
What every `Speech` and every `Engine` promises, the fakes and the real ones.

The real engine is tried where CALLCENTER_TEST_ESPEAK names its command, such as "espeak-ng" or
"asterisk/espeak"; the voice where CALLCENTER_TEST_VOICE names what tools/voice has installed.
"""

import os
import shlex
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Final

import numpy as np
import pytest

from callcenter.domain.calls import Language
from callcenter.domain.errors import SpeechUnavailable
from callcenter.ivr.phone import Utterance
from callcenter.ivr.speech import Speech
from callcenter.telephony.speech.engine import Engine, EspeakEngine
from callcenter.telephony.speech.kokoro.engine import KokoroEngine
from callcenter.telephony.speech.sounds import SoundShelf
from tests.fakes.speech import FakeEngine, FakeSpeech
from tests.hear import RATE_HZ, Recording, load

ESPEAK: Final = shlex.split(os.environ.get("CALLCENTER_TEST_ESPEAK", ""))
NEEDS_ESPEAK: Final = pytest.mark.skipif(not ESPEAK, reason="CALLCENTER_TEST_ESPEAK names none")

VOICE: Final = os.environ.get("CALLCENTER_TEST_VOICE", "")
NEEDS_VOICE: Final = pytest.mark.skipif(not VOICE, reason="CALLCENTER_TEST_VOICE names none")

PATIENCE_S: Final = 30.0  # the first time its files may come from a slow disk
ENGINES: Final = [
    pytest.param(FakeEngine, id="fake"),
    pytest.param(
        lambda: EspeakEngine(ESPEAK, timeout_s=PATIENCE_S), id="espeak", marks=NEEDS_ESPEAK
    ),
    pytest.param(lambda: KokoroEngine(Path(VOICE), {}), id="kokoro", marks=NEEDS_VOICE),
]
SPEECHES: Final = [
    pytest.param(lambda _: FakeSpeech(), id="fake"),
    pytest.param(lambda folder: SoundShelf(folder, FakeEngine()), id="shelf"),
    pytest.param(
        lambda folder: SoundShelf(folder, EspeakEngine(ESPEAK, timeout_s=PATIENCE_S)),
        id="espeak",
        marks=NEEDS_ESPEAK,
    ),
]


@pytest.fixture(params=ENGINES)
async def engine(request: pytest.FixtureRequest) -> AsyncIterator[Engine]:
    make: Callable[[], Engine] = request.param
    made = make()
    yield made
    if isinstance(made, KokoroEngine):
        await made.close()


@pytest.fixture(params=SPEECHES)
def speech(request: pytest.FixtureRequest, tmp_path: Path) -> Speech:
    make: Callable[[Path], Speech] = request.param
    return make(tmp_path)


def words(*phrases: str, language: Language = Language.ZH) -> Utterance:
    return Utterance(language=language, phrases=phrases)


@pytest.mark.parametrize("language", Language)
async def test_an_engine_says_the_same_words_the_same_way(
    engine: Engine, language: Language
) -> None:
    once = await engine.render("welcome", language)
    again = await engine.render("welcome", language)

    assert once.rate_hz >= RATE_HZ
    assert once.samples.dtype == np.int16
    assert once.samples.any()
    assert np.array_equal(once.samples, again.samples)
    assert await engine.voice(language) == await engine.voice(language)


async def test_a_voice_is_named_for_its_language(engine: Engine) -> None:
    assert await engine.voice(Language.ZH) != await engine.voice(Language.EN)


async def test_the_same_words_have_the_same_path_also_when_made_again(speech: Speech) -> None:
    utterance = words("买入", "浦发银行。")

    path = await speech.sound(utterance)

    assert await speech.sound(utterance) == path
    assert await speech.renew(utterance) == path
    assert await speech.sound(words("卖出", "浦发银行。")) != path
    assert Path(path).suffix == ""


@NEEDS_ESPEAK
async def test_espeak_speaks_mandarin_and_does_not_spell_it(tmp_path: Path) -> None:
    shelf = SoundShelf(tmp_path, EspeakEngine(ESPEAK, timeout_s=PATIENCE_S))

    path = await shelf.sound(words("欢迎致电证券交易热线。"))

    syllables_a_second = 10 / (load(f"{path}.alaw").size / RATE_HZ)
    assert 2.5 < syllables_a_second < 6


@NEEDS_ESPEAK
async def test_espeak_reads_every_letter_of_an_abbreviation(tmp_path: Path) -> None:
    engine = EspeakEngine(ESPEAK, timeout_s=PATIENCE_S)

    spelled = await engine.render("ETF", Language.ZH)
    as_word = await engine.render("etf", Language.ZH)

    assert spelled.samples.size > 1.3 * as_word.samples.size


@NEEDS_ESPEAK
async def test_twins_that_share_clips_are_told_apart_in_a_recording(tmp_path: Path) -> None:
    shelf = SoundShelf(tmp_path, EspeakEngine(ESPEAK, timeout_s=PATIENCE_S))
    twins = [
        words("买入", "浦发银行，", "价格", f"{price}元，", "数量", f"{count}股。", "请按一确认。")
        for price in ("十点零五", "十点零六")
        for count in ("一百", "七百")
    ]
    files = {twin.words: f"{await shelf.sound(twin)}.alaw" for twin in twins}
    quiet = np.zeros(RATE_HZ)
    played = [quiet, load(files[twins[2].words]), quiet, load(files[twins[1].words]), quiet]
    hiss = np.random.default_rng(1).normal(0, 0.002, sum(part.size for part in played))

    told = Recording(np.concatenate(played) + hiss).tell(files)

    assert [heard.prompt for heard in told] == [twins[2].words, twins[1].words]


@NEEDS_ESPEAK
async def test_espeak_makes_no_sound_of_what_it_cannot_read(tmp_path: Path) -> None:
    with pytest.raises(SpeechUnavailable):
        await SoundShelf(tmp_path, EspeakEngine(ESPEAK, timeout_s=PATIENCE_S)).sound(
            words("\u200b")
        )
