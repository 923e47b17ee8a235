"""English words as phonemes, by a dictionary and a few rules."""

from typing import Final

import pytest

from callcenter.telephony.speech.kokoro.english import English
from callcenter.telephony.speech.kokoro.reading import CannotPronounceError, phonemes_of, span_of

DICTIONARY: Final = {
    "E": "ˈi",
    "F": "ˈɛf",
    "T": "tˈi",
    "account": "əkˈWnt",
    "allot": "əlˈɑt",
    "apply": "əplˈI",
    "bank": "bˈæŋk",
    "cancel": "kˈænsᵊl",
    "expire": "ɪkspˈIəɹ",
    "please": "plˈiz",
    "price": "pɹˈIs",
    "record": {"DEFAULT": "ɹˈɛkəɹd", "VERB": "ɹəkˈɔɹd"},
    "share": "ʃˈɛɹ",
    "star": "stˈɑɹ",
}


def read(text: str) -> str:
    return phonemes_of(English(DICTIONARY).read(text))


@pytest.mark.parametrize(
    ("text", "phonemes"),
    [
        pytest.param("Cancel, please.", "kˈænsᵊl, plˈiz.", id="punctuation"),
        pytest.param("shares", "ʃˈɛɹz", id="s"),
        pytest.param("prices", "pɹˈIsᵻz", id="es"),
        pytest.param("applied", "əplˈId", id="ied"),
        pytest.param("expired", "ɪkspˈIəɹd", id="ed"),
        pytest.param("allotting", "əlˈɑɾɪŋ", id="ing"),
        pytest.param("the bank", "ðə bˈæŋk", id="the-before-a-consonant"),
        pytest.param("the account", "ði əkˈWnt", id="the-before-a-vowel"),
        pytest.param("ETF", "itiˈɛf", id="spelled"),
        pytest.param("STAR", "stˈɑɹ", id="a-word-in-capitals"),
        pytest.param("a record", "ɐ ɹˈɛkəɹd", id="noun"),
        pytest.param("please record", "plˈiz ɹəkˈɔɹd", id="verb"),
    ],
)
def test_words_are_read_as_people_say_them(text: str, phonemes: str) -> None:
    assert read(text) == phonemes


def test_a_word_that_nobody_knows_is_no_guess() -> None:
    with pytest.raises(CannotPronounceError, match="xyzzy"):
        read("the xyzzy")


def test_what_is_said_of_some_letters_is_found() -> None:
    parts = English(DICTIONARY).read("the bank account")

    first, last = span_of(parts, 4, 8)

    assert phonemes_of(parts)[first:last] == "bˈæŋk"
