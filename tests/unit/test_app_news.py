"""A folder of news, as people write it."""

import asyncio
from pathlib import Path

import pytest

from callcenter.app.news import NewsParts
from callcenter.app.news_file import BadNews, read_folder
from callcenter.domain.calls import Language
from callcenter.domain.kept_secret import matches
from callcenter.domain.news import ItemState
from callcenter.domain.secret import Secret
from callcenter.settings import Settings
from callcenter.storage.database import Database
from callcenter.telephony.speech.sounds import SoundShelf
from tests import make
from tests.fakes.clock import FakeClock
from tests.fakes.news import FakeNewsBook, FakeNewsSounds
from tests.fakes.speech import FakeEngine

DEMO = Path(__file__).parents[2] / "src/callcenter/news/demo"
HEAD = "items:\n  - {programme: market, key: a, title: t, "


def folder_of(tmp_path: Path, text: str) -> Path:
    (tmp_path / "news.yaml").write_text(text, encoding="utf-8")
    return tmp_path


async def test_the_news_of_the_demo_are_as_they_should_be() -> None:
    programmes, items = await read_folder(DEMO, FakeNewsSounds())

    assert {item.programme for item in items} == {
        "market",
        "securities",
        "notices",
        "guide",
        *(programme.name for programme in programmes),
    }


async def test_an_item_is_read_with_its_time_in_beijing(tmp_path: Path) -> None:
    text = HEAD + "language: en, text: Hello., order: 2, valid_from: 2026-11-20 15:30}"

    _, [item] = await read_folder(folder_of(tmp_path, text), FakeNewsSounds())

    assert (item.language, item.text, item.position) == (Language.EN, "Hello.", 2)
    assert item.valid_from is not None
    assert item.valid_from.isoformat() == "2026-11-20T15:30:00+08:00"


async def test_a_sound_lies_beside_the_file_that_names_it(tmp_path: Path) -> None:
    sounds = FakeNewsSounds()

    await read_folder(folder_of(tmp_path, HEAD + "sound: a.wav}"), sounds)

    assert sounds.taken == [str(tmp_path / "a.wav")]


async def test_the_password_of_a_mailbox_is_kept_as_a_digest(tmp_path: Path) -> None:
    text = 'mailboxes: [{number: "802", title: t, title_en: t, password: "2468"}]'

    [mailbox], _ = await read_folder(folder_of(tmp_path, text), FakeNewsSounds())

    assert mailbox.password is not None
    assert "2468" not in mailbox.password
    assert matches(Secret("2468"), mailbox.password)
    assert not matches(Secret("1357"), mailbox.password)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("items: 1", "items", id="no-list"),
        pytest.param(HEAD + "}", "either a text or a sound", id="says-nothing"),
        pytest.param(HEAD + "text: a, sound: b}", "either a text or a sound", id="says-both"),
        pytest.param(HEAD + "text: a, security: SH600000}", "nowhere else", id="security"),
        pytest.param(HEAD + "text: a, loud: true}", "loud", id="unknown-word"),
        pytest.param(HEAD + "sound: silent.wav}", "item 1", id="silence"),
        pytest.param(
            HEAD + "text: a, valid_from: 2026-11-21, valid_to: 2026-11-20}", "ends", id="times"
        ),
        pytest.param("items: [", "news.yaml", id="no-yaml"),
    ],
)
async def test_every_fault_is_told(tmp_path: Path, text: str, told: str) -> None:
    sounds = FakeNewsSounds()
    sounds.silent.add(str(tmp_path / "silent.wav"))

    with pytest.raises(BadNews, match=told):
        await read_folder(folder_of(tmp_path, text), sounds)


async def test_what_is_published_is_spoken_before_anybody_listens(tmp_path: Path) -> None:
    parts = NewsParts(Settings(state_dir=tmp_path), FakeClock(), Database("postgresql://none/none"))
    parts.book = FakeNewsBook()
    _, items = await read_folder(DEMO, FakeNewsSounds())
    known = [item for item in items if not item.programme.startswith("mailbox")]
    new = await parts.book.take_over([], known, by="li", at=make.NOON)
    entry = make.entry(details={"by": "li"})
    await parts.book.move([new[0].id], ItemState.PUBLISHED, [entry])
    engine = FakeEngine()

    speaking = asyncio.create_task(parts.speak_ahead(SoundShelf(tmp_path, engine), every_s=60))
    async with asyncio.timeout(5):
        while not engine.rendered:  # noqa: ASYNC110 - the engine tells nobody
            await asyncio.sleep(0.01)
    speaking.cancel()

    assert engine.rendered[0] in (new[0].item.text or "")
