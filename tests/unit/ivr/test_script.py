"""The script: every fixed part of every sentence by name, within its sentence."""

from callcenter.domain.calls import Language
from callcenter.ivr.catalogue import Catalogue
from callcenter.ivr.script import script
from callcenter.ivr.spoken.specs import SPECS
from tests.unit.ivr.hotline_of import shipped_catalogue

CATALOGUE = Catalogue.of(
    {
        "goodbye": {"zh": "再见。", "en": "Goodbye."},
        "read-back": {
            "zh": "买入{name:name}，价格{price:price}元。请确认。",
            "en": "Buy {name:name} at {price:price} yuan. Please confirm.",
        },
        "menu-trade": {"zh": "交易请按{key:key}，", "en": "To trade press {key:key}."},
    }
)


def lines(prompt: str, language: Language) -> list[tuple[str, str, str]]:
    found = script(CATALOGUE, [prompt])
    return [(line.name, line.words, line.text) for line in found if line.language is language]


def test_a_prompt_of_one_sentence_has_its_own_name() -> None:
    assert lines("goodbye", Language.ZH) == [("goodbye", "再见。", "再见。")]


def test_words_between_values_are_numbered_and_said_within_their_sentence() -> None:
    sentence = "买入浦发银行，价格十点零五元。"

    assert lines("read-back", Language.ZH) == [
        ("read-back.1", "买入", sentence),
        ("read-back.2", "价格", sentence),
        ("read-back.3", "请确认。", "请确认。"),
    ]


def test_an_entry_of_a_menu_is_recorded_without_its_key() -> None:
    assert lines("menu-trade", Language.EN) == [
        ("menu-trade", "To trade press", "To trade press one.")
    ]


def test_every_line_that_ships_is_where_it_says() -> None:
    catalogue = shipped_catalogue()

    for line in script(catalogue, catalogue.prompts):
        assert line.text[line.start : line.end] == line.words


def test_every_way_to_say_a_value_has_an_example() -> None:
    for spec in SPECS:
        slot = f"{{value:{spec}}}"
        catalogue = Catalogue.of({"told": {"zh": f"是{slot}。", "en": f"It is {slot}."}})
        assert list(script(catalogue, ["told"]))
