"""Voice news and its staff, on the command line."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from callcenter.cli import news
from callcenter.cli.commands import command_line
from callcenter.customers.staff import Staff
from callcenter.domain.calls import STAFF_DID
from callcenter.domain.kept_secret import matches
from callcenter.domain.secret import Secret
from callcenter.news.service import News
from callcenter.settings import Settings
from tests.fakes.clock import FakeClock
from tests.fakes.news import FakeNewsBook, FakeNewsSounds, FakeStaffBook
from tests.fakes.store import FakeLoginLog
from tests.unit.cli.typed import type_in

ADD = ("news", "add", "market", "close", "--title", "收盘", "--by", "li")


class FakeParts:
    """Voice news in memory."""

    def __init__(self) -> None:
        self.book = FakeNewsBook()
        self.sounds = FakeNewsSounds()
        self.service = News(self.book, self.sounds, FakeClock())
        self.members = FakeStaffBook()
        self.staff = Staff(self.members, FakeLoginLog(), FakeClock())

    @asynccontextmanager
    async def open(self, _: Settings) -> AsyncIterator["FakeParts"]:
        yield self


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> FakeParts:
    parts = FakeParts()
    monkeypatch.setattr(news, "open_news", parts.open)
    return parts


def listed() -> list[dict[str, object]]:
    told: list[dict[str, object]] = json.loads(type_in("news", "--json").stdout)
    return told


def with_pin(pin: str, *words: str) -> Result:
    return CliRunner().invoke(command_line(*words[:1]), words, input=f"{pin}\n{pin}\n")


def test_an_item_is_added_published_and_withdrawn(parts: FakeParts) -> None:
    added = type_in(*ADD, "--text", "收平。")
    type_in("news", "publish", "1", "--by", "wang")
    [published] = listed()
    withdrawn = type_in("news", "withdraw", "1", "--by", "wang")

    assert added.stdout == "market/close is a draft: nobody hears it yet.\n"
    assert (published["state"], published["by"], published["text"]) == (
        "published",
        "wang",
        "收平。",
    )
    assert withdrawn.stdout == "1 withdrawn.\n"
    assert [entry.details["by"] for entry in parts.book.trail] == ["wang", "wang"]


def test_an_item_is_added_and_published_at_once_and_withdrawn_by_its_name(
    parts: FakeParts,
) -> None:
    added = type_in(*ADD, "--text", "收平。", "--publish")
    [published] = listed()
    withdrawn = type_in("news", "withdraw", "market/close", "--by", "wang")
    [gone] = listed()

    assert added.stdout == "market/close is published: the next caller hears it.\n"
    assert (published["state"], published["by"]) == ("published", "li")
    assert (withdrawn.stdout, gone["state"]) == ("1 withdrawn.\n", "withdrawn")


def test_an_item_is_published_in_all_its_languages_by_its_name(parts: FakeParts) -> None:
    type_in(*ADD, "--text", "收平。")
    type_in(*ADD, "--text", "Unchanged.", "--language", "en")

    typed = type_in("news", "publish", "market/close", "--by", "wang")

    assert typed.stdout == "2 published.\n"


def test_a_name_that_no_item_has_changes_nothing(parts: FakeParts) -> None:
    type_in(*ADD, "--text", "收平。")

    typed = type_in("news", "publish", "1", "market/open", "--by", "wang")

    assert (typed.exit_code, typed.stderr) == (
        1,
        "there is no item market/open. Nothing was changed.\n",
    )
    assert listed()[0]["state"] == "draft"


def test_an_item_is_on_the_air_from_and_to_a_time_in_beijing(parts: FakeParts) -> None:
    times = ("--valid-from", "2026-12-30 15:30", "--valid-to", "2027-01-01")

    type_in(*ADD, "--text", "收平。", *times)

    [item] = listed()
    assert item["valid_from"] == "2026-12-30T15:30:00.000+08:00"
    assert item["valid_to"] == "2027-01-01T00:00:00.000+08:00"


def test_an_item_that_ends_before_it_begins_is_refused(parts: FakeParts) -> None:
    times = ("--valid-from", "2027-01-01", "--valid-to", "2026-12-30")

    typed = type_in(*ADD, "--text", "收平。", *times)

    assert (typed.exit_code, parts.book.kept) == (1, {})


def test_an_item_may_be_a_sound(parts: FakeParts) -> None:
    type_in(*ADD, "--sound", "a.wav")

    assert parts.sounds.taken == ["a.wav"]
    assert listed()[0]["text"] is None


def test_an_item_must_be_words_or_a_sound(parts: FakeParts) -> None:
    assert type_in(*ADD).exit_code == 1
    assert type_in(*ADD, "--text", "a", "--sound", "b").exit_code == 1


def test_a_sound_that_is_none_is_told(parts: FakeParts) -> None:
    parts.sounds.silent.add("a.wav")

    typed = type_in(*ADD, "--sound", "a.wav")

    assert (typed.exit_code, typed.stderr) == (1, "a.wav. Nothing was changed.\n")


def test_a_folder_is_imported_once_and_published(parts: FakeParts, tmp_path: Path) -> None:
    (tmp_path / "news.yaml").write_text(
        "items: [{programme: guide, key: a, title: t, text: hello}]", encoding="utf-8"
    )
    words = ("news", "import", str(tmp_path), "--by", "li", "--publish")

    assert type_in(*words).stdout == "1 items: 1 new or changed, 1 published.\n"
    assert type_in(*words).stdout == "1 items: 0 new or changed, 0 published.\n"


def test_a_folder_of_a_programme_that_nobody_knows_is_refused(
    parts: FakeParts, tmp_path: Path
) -> None:
    (tmp_path / "news.yaml").write_text(
        "items: [{programme: nowhere, key: a, title: t, text: hello}]", encoding="utf-8"
    )

    typed = type_in("news", "import", str(tmp_path), "--by", "li")

    assert typed.exit_code == 1
    assert "nowhere" in typed.stderr
    assert parts.book.kept == {}


def test_without_plays_none_are_told(parts: FakeParts) -> None:
    assert json.loads(type_in("news", "plays", "--json").stdout) == []


def test_somebody_may_record_who_was_added_with_a_pin_that_nobody_sees(parts: FakeParts) -> None:
    typed = with_pin("135791", "staff", "add", "101", "--name", "李", "--by", "wang")

    member = parts.members.members["101"]
    assert typed.stdout.splitlines()[-1] == f"李 may record on {STAFF_DID} as 101."
    assert "135791" not in typed.stdout + member.pin
    assert matches(Secret("135791"), member.pin)
    assert json.loads(type_in("staff", "--json").stdout) == [{"number": "101", "name": "李"}]


@pytest.mark.parametrize("pin", ["12345", "1234567890123", "abcdef"])
def test_a_pin_must_be_digits_and_enough_of_them(parts: FakeParts, pin: str) -> None:
    typed = with_pin(pin, "staff", "add", "101", "--name", "李", "--by", "wang")

    assert typed.exit_code == 1
    assert parts.members.members == {}


def test_who_was_removed_may_record_no_more(parts: FakeParts) -> None:
    with_pin("135791", "staff", "add", "101", "--name", "李", "--by", "wang")

    assert type_in("staff", "remove", "101", "--by", "wang").exit_code == 0
    assert type_in("staff", "remove", "101", "--by", "wang").exit_code == 1
    assert [entry.outcome for entry in parts.members.trail] == ["added", "removed"]
