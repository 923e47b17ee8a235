"""Voice news over a real line: what is imported or recorded is what a caller hears."""

import asyncio
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest

from callcenter.ivr.catalogue import say
from callcenter.ivr.prompts import Prompt
from tests.e2e import said
from tests.e2e.installation import Installation
from tests.e2e.lines import Lines
from tests.e2e.together import Played, Together
from tests.hear import RATE_HZ, Recording, load

ITEM: Final = np.random.default_rng(5).normal(0, 4000, 8 * RATE_HZ).astype(np.int16)
WORDS: Final = np.random.default_rng(9).normal(0, 4000, 2 * RATE_HZ).astype(np.int16)
HEAD: Final = RATE_HZ  # samples that tell one noise from another
NEWS: Final = """
mailboxes: [{number: "901", title: 测试, title_en: Test}]
items: [{programme: mailbox-901, key: noise, title: noise, sound: noise.wav}]
"""
TONE_S: Final = 1.5  # the tone is over by then

together = Together()


@pytest.fixture(scope="module")
def played(hotline: Installation) -> Played:
    return together.play(hotline)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """What a caller heard of an item, and what is known of it afterwards."""

    heard: Recording
    file: Path
    plays: Any


def _folder(home: Path) -> Path:
    folder = home / "news-to-import"
    folder.mkdir()
    (folder / "news.yaml").write_text(NEWS, encoding="utf-8")
    with wave.open(str(folder / "noise.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(ITEM.tobytes())
    return folder


@together.scenario
async def listens(lines: Lines) -> Listening:
    """Hear the first seconds of an item, go to its end by key, and leave."""
    installation = lines.installation
    folder = await asyncio.to_thread(_folder, installation.home)
    done = await asyncio.to_thread(
        installation.run, "news", "import", str(folder), "--by", "test", "--publish"
    )
    assert done.returncode == 0, done.stderr
    [item] = [one for one in await installation.ask("news") if one["key"] == "noise"]
    async with lines.call("13900000501") as caller:
        await caller.answers(
            (said.MAIN_MENU, "5"), (said.NEWS_MENU, "4"), ([say(Prompt.ASK_MAILBOX)], "901#")
        )
        await caller.hears([say(Prompt.NEWS_KEYS)], [say(Prompt.NEWS_ITEM, number=1)])
        await caller.call.stay(4.0)
        await caller.keys("6")
        await caller.hears([say(Prompt.NEWS_END)])
        heard = Recording(caller.call.audio / 32768)
    await lines.evidence("13900000501")
    plays = [one for one in await installation.ask("news", "plays") if one["key"] == "noise"]
    file = installation.places.sounds / "news" / f"{item['sound']}.alaw"
    return Listening(heard=heard, file=file, plays=plays)


@together.scenario
async def records(lines: Lines) -> Recording:
    """Record an item on the staff line, and return its file."""
    async with lines.call("13900000502", to="9001") as caller:
        await caller.answers(
            ([say(Prompt.ASK_STAFF_NUMBER)], "101#"),
            ([say(Prompt.ASK_STAFF_PIN)], "246810#"),
            ([say(Prompt.STAFF_TASKS)], "1"),
            ([say(Prompt.STAFF_MENU)], "5"),
        )
        await caller.hears_out([say(Prompt.STAFF_SPEAK)])
        await caller.call.stay(TONE_S)
        await caller.call.say(WORDS)
        await caller.keys("#")
        await caller.hears([say(Prompt.STAFF_CHOICES)])
        await caller.keys("1")
        await caller.hears([say(Prompt.STAFF_PUBLISHED)])
    items = await lines.installation.ask("news")
    [item] = [one for one in items if one["by"] == "staff 101"]
    assert (item["programme"], item["state"]) == ("guide", "published")
    sounds = lines.installation.places.sounds
    return Recording(load(sounds / "news" / f"{item['sound']}.alaw"))


def test_an_item_is_heard_as_its_file_is(played: Played) -> None:
    listening = played.of(listens)
    item = load(listening.file)

    assert listening.heard.find(item[: 2 * RATE_HZ])


def test_what_was_heard_of_it_is_counted(played: Played) -> None:
    [count] = played.of(listens).plays

    assert (count["plays"], count["whole"]) == (1, 1)
    assert 2 < count["heard_s"] < 8


def test_what_the_staff_says_is_what_is_published(played: Played) -> None:
    assert played.of(records).find(WORDS[:HEAD] / 32768)
