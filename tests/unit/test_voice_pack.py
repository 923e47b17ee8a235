"""The voice pack that ships is whole, and says all that callers hear."""

from typing import Final

import pytest

from callcenter.app.menus import menu_reader
from callcenter.app.parts import load_catalogue
from callcenter.app.prompts import missing_from
from callcenter.app.recordings import named
from callcenter.app.speech import SHIPPED
from callcenter.app.voice import wanted
from callcenter.domain.calls import Language
from callcenter.settings import Settings
from callcenter.telephony.speech.clips import RATE_HZ
from callcenter.telephony.speech.pack import Pack

MOST_MB: Final = 30


@pytest.fixture(scope="module")
def pack() -> Pack:
    return Pack(SHIPPED)


def test_every_sentence_and_every_piece_has_its_sound(pack: Pack) -> None:
    """If this fails, a sentence is new or has other words: `callcenter prompts build`."""
    todo = wanted(load_catalogue(), menu_reader(Settings()))

    assert sorted({phrase.words for phrase in missing_from(pack, todo)}) == []


@pytest.mark.parametrize("language", Language)
def test_every_sound_of_the_list_is_there_and_no_other(pack: Pack, language: Language) -> None:
    listed = {one.file: one.seconds for one in pack.all(language).values()}
    files = {f.stem: f.stat().st_size for f in (SHIPPED / language).glob("*.alaw")}

    assert files.keys() == listed.keys()
    assert [f for f in files if abs(files[f] / RATE_HZ - listed[f]) > 0.01] == []


def test_the_pack_is_small_enough_for_a_package() -> None:
    assert sum(f.stat().st_size for f in SHIPPED.rglob("*")) < MOST_MB * 10**6


def test_everything_that_is_said_has_a_name_under_which_it_can_be_recorded() -> None:
    catalogue, menus = load_catalogue(), menu_reader(Settings())
    names = named(catalogue, menus)

    assert names[Language.ZH, "goodbye"] == ("感谢您的来电，再见。",)
    assert names[Language.ZH, "read-back-buy.1"] == ("买入",)
    assert names[Language.ZH, "menu-buy"] == ("买入请按一，",)
