"""Whatever number is said, the pieces have all of its words."""

from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.app import load_catalogue
from callcenter.domain.calls import Language
from callcenter.ivr.spoken.carriers import carriers
from callcenter.ivr.spoken.pieces import ENDINGS, all_pieces, pieces
from callcenter.ivr.spoken.specs import SPECS

MOST_FEN: Final = 10**16
_NAME: Final = "浦发银行"
_EXAMPLES: Final = {
    "money": Decimal("1234.50"),
    "price": Decimal("10.05"),
    "count": 299,
    "number": 2,
    "percent": Decimal("3.5"),
    "change": Decimal("3.5"),
    "digits": "60001234",
    "code": "600000",
    "date": date(2026, 11, 23),
    "time": time(10, 30),
    "key": "1",
    "name": _NAME,
    "text": _NAME,
}
_NUMERALS: Final = st.text("0123456789", min_size=1, max_size=20)
_PERCENT: Final = st.decimals(-1000, 1000, places=2)
VALUES: Final = {
    "money": st.integers(-MOST_FEN, MOST_FEN).map(lambda fen: Decimal(fen).scaleb(-2)),
    "price": st.decimals(-(10**10), 10**10, places=4) | st.decimals(0, 2000, places=2),
    "count": st.integers(-(10**14), 10**14),
    "number": st.integers(-(10**14), 10**14),
    "percent": _PERCENT | st.integers(-100, 100).map(Decimal),
    "change": _PERCENT | st.integers(-100, 100).map(Decimal),
    "digits": _NUMERALS,
    "code": _NUMERALS,
    "date": st.dates(date(1900, 1, 1), date(2999, 12, 31)),
    "time": st.datetimes(datetime(2026, 1, 1), datetime(2026, 1, 2)).map(datetime.time),  # noqa: DTZ001
}


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("spec", VALUES)
@given(data=st.data())
def test_pieces_put_together_are_the_very_words(
    spec: str, language: Language, data: st.DataObject
) -> None:
    for phrase in SPECS[spec].phrases(data.draw(VALUES[spec]), language):
        assert _together(phrase, language) == phrase


@pytest.mark.parametrize("language", Language)
def test_every_minute_and_every_day_has_its_pieces(language: Language) -> None:
    for phrase in _phrases_of_the_calendar(language):
        assert _together(phrase, language) == phrase


def test_a_number_is_cut_where_a_voice_may_part_it() -> None:
    assert pieces("四千五百六十七元，", Language.ZH) == ("四千五百", "六十", "七元")
    assert pieces("十点零五元。", Language.ZH) == ("十点", "零五元")
    assert pieces("一千五百股", Language.ZH) == ("一千", "五百股")
    assert pieces("六零零五幺九", Language.ZH) == ("六零", "零五", "幺九")
    assert pieces("two hundred thirty four thousand", Language.EN) == (
        "two hundred",
        "thirty four",
        "thousand",
    )


def test_a_sentence_or_a_name_is_not_made_of_pieces() -> None:
    assert pieces("浦发银行，", Language.ZH) is None
    assert pieces("您好，欢迎致电证券交易热线。", Language.ZH) is None
    assert pieces("Pudong Development Bank", Language.EN) is None
    assert pieces("。", Language.ZH) is None


@pytest.mark.parametrize(("language", "most"), [(Language.ZH, 800), (Language.EN, 450)])
def test_the_set_is_small_and_names_each_piece_once(language: Language, most: int) -> None:
    listed = all_pieces(language)

    assert len(set(listed)) == len(listed) <= most


def _together(phrase: str, language: Language) -> str:
    between = "" if language is Language.ZH else " "
    found = pieces(phrase, language)
    assert found, phrase
    assert set(found) <= set(all_pieces(language))
    return between.join(found) + phrase[len(phrase.rstrip(ENDINGS)) :]


def _phrases_of_the_calendar(language: Language) -> Iterator[str]:
    for number in range(24 * 60):
        yield from SPECS["time"].phrases(time(number // 60, number % 60), language)
    for number in range(366):
        yield from SPECS["date"].phrases(
            date.fromordinal(date(2028, 1, 1).toordinal() + number), language
        )


@pytest.mark.parametrize("language", Language)
def test_every_piece_is_cut_once_out_of_a_longer_text(language: Language) -> None:
    cuts = [(carrier.text, cut) for carrier in carriers(language) for cut in carrier.cuts]

    assert sorted(cut.piece for _, cut in cuts) == sorted(all_pieces(language))
    assert all(text[cut.start : cut.end] == cut.piece for text, cut in cuts)
    assert [text for text, cut in cuts if len(text) - len(cut.piece) < 2] == []


@pytest.mark.parametrize("language", Language)
def test_every_number_in_a_sentence_has_its_pieces_with_the_word_behind_it(
    language: Language,
) -> None:
    catalogue = load_catalogue()

    said = {
        (prompt, words)
        for prompt in catalogue.prompts
        for phrase in catalogue.example(prompt, language, _EXAMPLES)
        for words, is_fixed in phrase
        if len(phrase) == 1 and not is_fixed and _NAME not in words
    }

    assert sorted(one for one in said if pieces(one[1], language) is None) == []
