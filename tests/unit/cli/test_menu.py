"""The commands about the menu, over versions in memory."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner, Result

from callcenter.app.menu_office import MenuOffice
from callcenter.app.menus import SHIPPED, menu_schema
from callcenter.cli import menu as commands
from callcenter.cli import phone
from callcenter.cli.commands import command_line
from callcenter.settings import Settings
from tests.fakes.clock import FakeClock
from tests.fakes.menus import FakeMenuBook
from tests.unit.ivr.hotline_of import menu_reader

SCHEMA = Path(__file__).parents[3] / "docs/menu.schema.json"
BEFORE = """\
lines:
  - {branch: 003, greeting: {zh: 第三营业部您好。, en: Branch three.}, menu: main}
  - {greeting: greeting, menu: main}
menus:
  main:
    - {key: 1, name: quotes, words: menu-quotes, dialogue: quotes}
    - {key: 2, name: money, words: menu-money, dialogue: money, hours: {days: trading}}
"""
AFTER = BEFORE.replace("key: 2", "key: 4").replace("第三营业部您好。", "新年好。")


@pytest.fixture
def book(monkeypatch: pytest.MonkeyPatch) -> FakeMenuBook:
    book = FakeMenuBook()

    @asynccontextmanager
    async def opened(_: Settings) -> AsyncIterator[MenuOffice]:
        yield MenuOffice(menu_reader(), book, FakeClock())

    monkeypatch.setattr(commands, "open_menus", opened)
    return book


@pytest.fixture
def before(tmp_path: Path) -> str:
    file = tmp_path / "before.yaml"
    file.write_text(BEFORE)
    return str(file)


@pytest.fixture
def after(tmp_path: Path) -> str:
    file = tmp_path / "after.yaml"
    file.write_text(AFTER)
    return str(file)


@pytest.fixture
def bad(tmp_path: Path) -> str:
    file = tmp_path / "bad.yaml"
    file.write_text(BEFORE.replace("key: 2", "key: 1"))
    return str(file)


def typed(*words: str) -> Result:
    return CliRunner().invoke(command_line("menu"), ["menu", *words])


def printed(*words: str) -> Any:
    return json.loads(typed(*words, "--json").stdout)


def test_a_good_menu_is_proved_in_sentences(book: FakeMenuBook, before: str) -> None:
    result = typed("check", before)

    assert result.exit_code == 0
    assert "Each of the 18 numbers leads to a menu, in both languages." in result.stdout
    assert result.stdout.endswith("The menu can go live.\n")


def test_a_fault_is_told_with_file_line_place_and_example(book: FakeMenuBook, bad: str) -> None:
    result = typed("check", bad)

    assert result.exit_code == 1
    assert f"error: {bad}, line 7: key 1 leads to quotes already" in result.stdout
    assert "    in menus → main → 2 → key; callers of 4008 (zh), menu main" in result.stdout
    assert result.stdout.endswith("1 errors: this menu cannot go live.\n")


def test_faults_are_told_to_machines_too(book: FakeMenuBook, bad: str, tmp_path: Path) -> None:
    unreadable = tmp_path / "unreadable.yaml"
    unreadable.write_text("lines: 1")

    found = printed("check", bad)
    worse = printed("check", str(unreadable))

    assert found["can_go_live"] is False
    assert found["faults"] == [
        {
            "rule": "keys",
            "severity": "error",
            "line": 7,
            "place": "menus → main → 2 → key",
            "what": "key 1 leads to quotes already",
            "example": "4008 (zh), menu main",
        }
    ]
    assert worse["can_go_live"] is False
    assert [fault["rule"] for fault in worse["faults"]] == ["readable", "readable"]


def test_without_a_file_it_is_the_menu_in_force(book: FakeMenuBook, before: str) -> None:
    assert typed("show").stdout == SHIPPED.read_text(encoding="utf-8")

    typed("activate", before, "--by", "Wang", "--why", "spring")

    assert typed("show").stdout == BEFORE
    assert typed("show", "shipped").stdout == SHIPPED.read_text(encoding="utf-8")


def test_an_activation_and_a_rollback_are_in_the_history(
    book: FakeMenuBook, before: str, after: str
) -> None:
    for file in (before, after):
        assert typed("activate", file, "--by", "Wang", "--why", "spring").exit_code == 0
    rolled_back = typed("rollback", "--by", "Li", "--why", "complaints")

    assert rolled_back.stdout == (
        "Version 1 is in force for new calls. Calls in progress keep theirs.\n"
    )
    found = printed("history")
    assert [(one["version"], one["undoes"], one["by"], one["in_force"]) for one in found] == [
        (1, None, "Wang", False),
        (2, None, "Wang", False),
        (1, 2, "Li", True),
    ]
    assert "complaints" in typed("history").stdout
    assert typed("show").stdout == BEFORE
    assert typed("show", "2").stdout == AFTER


def test_before_the_first_activation_the_history_says_so(book: FakeMenuBook) -> None:
    assert "the menu that ships is in force" in typed("history").stdout
    assert typed("rollback", "--by", "Li", "--why", "curiosity").exit_code == 1


def test_a_bad_menu_is_not_activated(book: FakeMenuBook, bad: str) -> None:
    result = typed("activate", bad, "--by", "Wang", "--why", "spring")

    assert result.exit_code == 1
    assert "line 7: key 1 leads to quotes already" in result.stderr
    assert book.written == []


@pytest.mark.parametrize("command", [["activate", "shipped"], ["rollback"]])
def test_nothing_is_done_without_a_name_and_a_reason(
    book: FakeMenuBook, command: list[str]
) -> None:
    assert typed(*command).exit_code == 2
    assert typed(*command, "--by", " ", "--why", "x").exit_code == 1
    assert book.written == []


@pytest.mark.parametrize("named", ["no-such-file.yaml", "99"])
def test_a_menu_that_does_not_exist_is_told(book: FakeMenuBook, named: str) -> None:
    result = typed("check", named)

    assert result.exit_code == 1
    assert "no-such-file.yaml" in result.stderr or "no version 99" in result.stderr


def test_without_a_database_it_is_told(book: FakeMenuBook) -> None:
    book.is_gone = True

    assert typed("history").exit_code == 1


def test_a_difference_names_ways_and_callers(book: FakeMenuBook, before: str, after: str) -> None:
    found = printed("diff", before, after)

    changes = {(one["kind"], one["place"]): one for one in found}
    assert list(changes) == [
        ("changes", "order in the first menu"),
        ("vanishes", "2"),
        ("appears", "4"),
        ("changes", "greeting"),
    ]
    assert changes["changes", "greeting"]["callers"] == [{"did": "6003", "language": "zh"}]
    assert changes["changes", "greeting"]["before"] == "says: 第三营业部您好。"
    assert "leads to: money" in changes["appears", "4"]["after"]
    assert "days: trading" in changes["appears", "4"]["after"]
    assert len(changes["appears", "4"]["callers"]) == 18  # in each language by itself


def test_a_difference_is_told_in_lines(book: FakeMenuBook, before: str, after: str) -> None:
    typed("activate", before, "--by", "Wang", "--why", "spring")

    lines = typed("diff", after).stdout.splitlines()

    assert "+ 4   (4008, 6001, 6002, 6003 and 14 more; zh)" in lines
    assert "    after   says: 新年好。" in lines
    assert typed("diff", before).stdout == "Callers would notice nothing.\n"


def test_a_menu_is_drawn_with_its_words_keys_and_hours(
    book: FakeMenuBook, before: str, tmp_path: Path
) -> None:
    out = tmp_path / "menu.svg"

    result = typed("graph", before, "--out", str(out))

    drawn = ElementTree.fromstring(out.read_text(encoding="utf-8"))  # noqa: S314  it is ours
    words = [text.text for text in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert result.exit_code == 0
    assert "行情查询请按一" in words
    assert {"1", "2"} <= set(words)
    assert "money · login · trading days" in words
    assert "branch 003 / every other number" in words
    assert "For quotes press one" in typed("graph", before, "--language", "en").stdout


def test_a_menu_is_tried_in_a_call_of_its_own(
    book: FakeMenuBook, before: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str | None, int | None]] = []

    def call(
        host: str, port: int, caller: str, to: str, keys: str | None, *, menu: int | None
    ) -> int:
        asked.append((to, keys, menu))
        return 0

    monkeypatch.setattr(phone, "call", call)

    result = typed("try", before, "--to", "6003", "--keys", "1 600000#")

    assert result.exit_code == 0
    assert asked == [("6003", "1 600000#", 1)]
    assert book.written == []
    assert typed("show", "1").stdout == BEFORE


def test_a_bad_menu_is_not_even_tried(book: FakeMenuBook, bad: str) -> None:
    assert typed("try", bad).exit_code == 1
    assert book.versions == []


def test_the_published_schema_is_the_shape_of_the_file() -> None:
    assert json.loads(typed("schema").stdout) == menu_schema()
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == menu_schema(), (
        "callcenter menu schema > docs/menu.schema.json"
    )
