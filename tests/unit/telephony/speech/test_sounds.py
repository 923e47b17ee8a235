import asyncio
import os
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from callcenter.domain.calls import Language
from callcenter.domain.errors import SpeechUnavailable
from callcenter.ivr.phone import Utterance
from callcenter.telephony.speech.clips import SILENCE, silence, telephone_clip
from callcenter.telephony.speech.engine import Pcm
from callcenter.telephony.speech.sounds import SoundShelf
from tests.fakes.speech import FakeEngine, hum


def words(*phrases: str) -> Utterance:
    return Utterance(language=Language.ZH, phrases=phrases)


def content(path: str) -> bytes:
    return Path(f"{path}.alaw").read_bytes()


def there(path: str) -> bool:
    return Path(f"{path}.alaw").exists()


def delete(path: str) -> None:
    Path(f"{path}.alaw").unlink()


def kept(folder: Path, kind: str) -> set[str]:
    return {str(file.with_suffix("")) for file in (folder / kind).glob("*.alaw")}


def overwrite_all(folder: Path, sound: bytes) -> None:
    for path in kept(folder, "clips") | kept(folder, "joined"):
        Path(f"{path}.alaw").write_bytes(sound)


BUYING = words("买入", "浦发银行，", "一百二十三万", "四千股。", "请确认。")


async def test_an_utterance_becomes_one_file_with_pauses_at_its_punctuation(tmp_path: Path) -> None:
    shelf = SoundShelf(tmp_path, FakeEngine())

    path = await shelf.sound(BUYING)

    clips = [
        telephone_clip(hum(said))
        for said in ("买入", "浦发银行", "一百二十三万", "四千股", "请确认")
    ]
    pauses = [b"", silence(120), b"", silence(250), b""]
    assert content(path) == b"".join(c + p for c, p in zip(clips, pauses, strict=True))


async def test_nothing_said_once_is_rendered_again(tmp_path: Path) -> None:
    engine = FakeEngine()
    shelf = SoundShelf(tmp_path, engine)

    first = await shelf.sound(BUYING)
    again = await shelf.sound(BUYING)
    other = await shelf.sound(words("卖出", "浦发银行。"))

    assert first == again != other
    assert engine.rendered[-1] == "卖出"
    assert sorted(engine.rendered) == sorted(set(engine.rendered))


async def test_another_daemon_finds_what_this_one_made(tmp_path: Path) -> None:
    engine = FakeEngine()
    made = await SoundShelf(tmp_path, FakeEngine()).sound(BUYING)

    found = await SoundShelf(tmp_path, engine).sound(BUYING)

    assert found == made
    assert engine.rendered == []


async def test_a_new_version_of_the_voice_says_everything_anew(tmp_path: Path) -> None:
    old = await SoundShelf(tmp_path, FakeEngine(version="1")).sound(BUYING)

    new = await SoundShelf(tmp_path, FakeEngine(version="2")).sound(BUYING)

    assert new != old


async def test_the_same_words_in_another_language_are_another_sound(tmp_path: Path) -> None:
    shelf = SoundShelf(tmp_path, FakeEngine())
    chinese = Utterance(language=Language.ZH, phrases=("ETF",))
    english = Utterance(language=Language.EN, phrases=("ETF",))

    assert await shelf.sound(chinese) != await shelf.sound(english)


async def test_many_callers_at_once_have_the_words_rendered_once(tmp_path: Path) -> None:
    engine = FakeEngine()
    shelf = SoundShelf(tmp_path, engine)

    paths = await asyncio.gather(*(shelf.sound(BUYING) for _ in range(20)))

    assert len(set(paths)) == 1
    assert len(engine.rendered) == len(BUYING.phrases)


async def test_a_caller_who_hangs_up_does_not_stop_the_rendering_for_others(tmp_path: Path) -> None:
    engine = SlowEngine()
    shelf = SoundShelf(tmp_path, engine)
    leaving = asyncio.create_task(shelf.sound(words("欢迎。")))
    staying = asyncio.create_task(shelf.sound(words("欢迎。")))
    await engine.started.wait()

    leaving.cancel()
    engine.may_go_on.set()

    assert content(await staying)
    assert engine.rendered == ["欢迎"]


async def test_a_single_phrase_is_played_from_its_clip(tmp_path: Path) -> None:
    path = await SoundShelf(tmp_path, FakeEngine()).sound(words("欢迎致电。"))

    assert content(path) == telephone_clip(hum("欢迎致电"))
    assert not kept(tmp_path, "joined")


async def test_a_lost_file_is_made_again_and_named_in_the_log(tmp_path: Path) -> None:
    shelf = SoundShelf(tmp_path, FakeEngine())
    path = await shelf.sound(BUYING)
    before = content(path)
    for file in kept(tmp_path, "clips") | kept(tmp_path, "joined"):
        delete(file)

    with capture_logs() as logs:
        renewed = await shelf.renew(BUYING)

    assert renewed == path
    assert content(path) == before
    assert [(log["event"], log["file"]) for log in logs] == [("speech.sound_missing", path)]


async def test_a_broken_clip_is_rendered_again(tmp_path: Path) -> None:
    shelf = SoundShelf(tmp_path, FakeEngine())
    path = await shelf.sound(BUYING)
    before = content(path)
    overwrite_all(tmp_path, SILENCE)

    await shelf.renew(BUYING)

    assert content(path) == before


async def test_a_lost_file_is_joined_from_its_clips_while_the_engine_is_down(
    tmp_path: Path,
) -> None:
    engine = FakeEngine()
    shelf = SoundShelf(tmp_path, engine)
    path = await shelf.sound(BUYING)
    before = content(path)
    delete(path)

    engine.cannot_say = ""
    await shelf.renew(BUYING)

    assert content(path) == before


async def test_a_file_that_another_daemon_dropped_is_noticed(tmp_path: Path) -> None:
    shelf = SoundShelf(tmp_path, FakeEngine(), trusts_s=0)
    path = await shelf.sound(BUYING)
    delete(path)

    assert content(await shelf.sound(BUYING))


async def test_only_what_was_said_lately_is_known_without_a_look(tmp_path: Path) -> None:
    shelf = SoundShelf(tmp_path, FakeEngine(), most_known=2)
    greeting, early, late = (words("欢迎，", f"第{n}笔。") for n in "一二三")
    said = (greeting, early, greeting, late)
    paths = {utterance: await shelf.sound(utterance) for utterance in said}
    for path in paths.values():
        delete(path)

    for known in (greeting, late):
        assert not there(await shelf.sound(known))
    assert there(await shelf.sound(early))


async def test_an_empty_file_counts_as_none(tmp_path: Path) -> None:
    path = await SoundShelf(tmp_path, FakeEngine()).sound(BUYING)
    overwrite_all(tmp_path, b"")

    assert content(await SoundShelf(tmp_path, FakeEngine()).sound(BUYING))
    assert content(path)


async def test_joined_files_unused_for_longest_go_when_there_are_too_many(tmp_path: Path) -> None:
    shelf = SoundShelf(tmp_path, FakeEngine(), most_bytes=10_000)
    stale, fresh, newest = (words("买入，", f"第{n}笔。") for n in "一二三")
    paths = [await shelf.sound(utterance) for utterance in (stale, fresh, newest)]
    size = len(content(paths[0]))
    for age, path in enumerate(reversed(paths)):
        os.utime(f"{path}.alaw", (1e9 - age, 1e9 - age))

    shelf = SoundShelf(tmp_path, FakeEngine(), most_bytes=3 * size)
    await shelf.sound(stale)
    latest = await shelf.sound(words("买入，", "第四笔。"))

    assert kept(tmp_path, "joined") == {paths[0], latest}
    assert len(kept(tmp_path, "clips")) == 5


async def test_words_that_no_voice_can_say_are_reported_each_time(tmp_path: Path) -> None:
    shelf = SoundShelf(tmp_path, FakeEngine(cannot_say="錯"))

    for _ in range(2):
        with pytest.raises(SpeechUnavailable):
            await shelf.sound(words("买入", "錯"))
    with pytest.raises(SpeechUnavailable):
        await shelf.sound(words("。"))


async def test_an_unwritable_folder_is_no_voice(tmp_path: Path) -> None:
    (tmp_path / "shelf").write_text("a file where the folder should be")

    with pytest.raises(SpeechUnavailable, match="shelf"):
        await SoundShelf(tmp_path / "shelf", FakeEngine()).sound(BUYING)


async def test_warming_tells_its_progress_and_what_cannot_be_said(tmp_path: Path) -> None:
    engine = FakeEngine(cannot_say="錯")
    shelf = SoundShelf(tmp_path, engine)
    wrong = words("錯。")
    told: list[tuple[int, int]] = []

    failed = await shelf.warm([BUYING, wrong, BUYING], lambda *done: told.append(done))

    assert failed == [wrong]
    assert told == [(1, 2), (2, 2)]
    rendered = len(engine.rendered)
    await shelf.sound(BUYING)
    assert len(engine.rendered) == rendered


async def test_no_half_written_file_is_left(tmp_path: Path) -> None:
    await SoundShelf(tmp_path, FakeEngine()).sound(BUYING)

    assert sorted(os.listdir(tmp_path / "joined")) == [
        f"{Path(path).name}.alaw" for path in sorted(kept(tmp_path, "joined"))
    ]


class SlowEngine(FakeEngine):
    """Begins to speak and goes on when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.started = asyncio.Event()
        self.may_go_on = asyncio.Event()

    async def render(self, phrase: str, language: Language) -> Pcm:
        self.started.set()
        await self.may_go_on.wait()
        return await super().render(phrase, language)
