"""What a menu brings along in its own words can be recorded like whatever ships."""

from functools import cache
from pathlib import Path
from typing import Final

import pytest

from callcenter.app.menus import SHIPPED
from callcenter.app.recordings import Names, named, own_words
from callcenter.app.telephone_recordings import TelephoneRecordings
from callcenter.domain.calls import Language
from callcenter.ivr.recordable import number_of
from callcenter.telephony.speech.own import OwnRecordings
from callcenter.telephony.speech.phrases import Phrase
from tests.fakes.clock import FakeClock
from tests.unit.ivr.hotline_of import menu_reader, shipped_catalogue

CHANGES: Final = {
    "  - greeting: greeting\n": """  - greeting:
      - greeting
      - {zh: 新春快乐。, en: Happy new year.}
""",
    "name: quotes, words: menu-quotes": (
        'name: quotes, words: {zh: "查询股票行情请按{key:key}，", en: "Prices: {key:key}."}'
    ),
    "dialogue: news-guide}": """dialogue: news-guide,
       closed: [2026-12-31], outside: {zh: 今天没有指南。, en: No guide today.}}""",
    "\neverywhere:": """
sentences:
  goodbye: {zh: 祝您投资顺利，再见。, en: Good luck and goodbye.}

everywhere:""",
}


def text() -> str:
    """Return the menu that ships with words of somebody's own in every place."""
    menu = SHIPPED.read_text(encoding="utf-8")
    for old, new in CHANGES.items():
        assert old in menu
        menu = menu.replace(old, new, 1)
    return menu


@cache
def own() -> Names:
    return own_words(menu_reader().read(text()), menu_reader())


@pytest.mark.parametrize(
    ("name", "zh"),
    [
        pytest.param("own-greeting-all-2", "新春快乐。", id="greeting"),
        pytest.param("own-main-quotes", "查询股票行情请按三，", id="entry-with-its-key"),
        pytest.param("own-news-guide-closed", "今天没有指南。", id="outside"),
        pytest.param("goodbye", "祝您投资顺利，再见。", id="instead-of-what-ships"),
    ],
)
def test_all_own_words_of_a_menu_can_be_recorded_by_a_name(name: str, zh: str) -> None:
    assert "".join(own()[Language.ZH, name]) == zh
    assert (Language.EN, name) in own()


def test_a_name_stays_when_the_menu_is_put_in_another_order() -> None:
    lines = text().splitlines()
    quotes = next(line for line in lines if "查询股票行情" in line)
    lines.remove(quotes)
    lines.insert(lines.index("  main:") + 1, quotes)

    moved = own_words(menu_reader().read("\n".join(lines)), menu_reader())

    assert moved == own()


def test_a_menu_without_words_of_its_own_has_none_to_record() -> None:
    assert own_words(menu_reader().shipped(), menu_reader()) == {}


def test_a_recording_of_own_words_is_played_wherever_they_are_said(tmp_path: Path) -> None:
    kept = OwnRecordings(tmp_path, own(), FakeClock())
    home = tmp_path / "kept/zh/own-main-quotes"
    home.mkdir(parents=True)
    (home / "0001.alaw").write_bytes(bytes(800))
    (home / "0001.json").write_text(
        '{"prompt": "own-main-quotes", "language": "zh", "version": 1,'
        ' "words": ["查询股票行情请按三，"], "by": "a", "at": "2026-11-23T12:00:00+08:00",'
        ' "came_from": "", "seconds": 0.1}',
        encoding="utf-8",
    )
    kept.look()

    taken = kept.take([Phrase.of("查询股票行情请按三，", Language.ZH)])

    assert taken is not None
    assert [one.version for one in kept.versions("own-main-quotes", Language.ZH)] == [1]


def test_the_staff_line_finds_own_words_by_their_number(tmp_path: Path) -> None:
    names: Names = named(shipped_catalogue(), menu_reader())
    line = TelephoneRecordings(None, names)  # type: ignore[arg-type]  # nothing is put

    before = line.find(number_of("own-main-quotes"), Language.ZH)
    names |= own()
    found = line.find(number_of("own-main-quotes"), Language.ZH)

    assert before is None
    assert found is not None
    assert found.phrases == ("查询股票行情请按三，",)
