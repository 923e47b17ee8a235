from decimal import Decimal

import pytest

from callcenter.domain.calls import Language
from callcenter.ivr.catalogue import Catalogue, Say, say

BUY = {
    "zh": "买入{name:name}，价格{price:price}元，数量{quantity:count}股。",
    "en": "You buy {quantity:count} shares of {name:name} at {price:price} yuan.",
}
CHOOSE = {
    "zh": "买入请按{yes:key}，返回请按{no:key}。",
    "en": "To buy press {yes:key}, to go back press {no:key}.",
}
GREETING = {"zh": "您好！欢迎致电，请听提示。", "en": "Hello. Welcome, please listen."}

CATALOGUE = Catalogue.of({"buy": BUY, "choose": CHOOSE, "greeting": GREETING})
BUYING = say("buy", name="浦发银行", price=Decimal("10.50"), quantity=600)


def test_values_stand_where_each_language_wants_them() -> None:
    chinese = CATALOGUE.utterance([BUYING], Language.ZH)
    english = CATALOGUE.utterance([BUYING], Language.EN)

    assert chinese.words == "买入浦发银行，价格十点五元，数量六百股。"
    assert english.words == "You buy six hundred shares of 浦发银行 at ten point five yuan."


def test_what_stands_between_two_values_is_one_phrase() -> None:
    phrases = CATALOGUE.utterance([BUYING], Language.ZH).phrases

    assert phrases == ("买入", "浦发银行，", "价格", "十点五元，", "数量", "六百股。")


def test_each_sentence_is_a_phrase_so_that_it_is_shared() -> None:
    assert CATALOGUE.utterance([say("greeting")], Language.ZH).phrases == (
        "您好！",
        "欢迎致电，请听提示。",
    )
    assert CATALOGUE.utterance([say("greeting")], Language.EN).phrases == (
        "Hello.",
        "Welcome, please listen.",
    )


def test_a_key_is_said_inside_its_sentence() -> None:
    choose = say("choose", yes="1", no="*")

    assert CATALOGUE.utterance([choose], Language.ZH).phrases == ("买入请按一，返回请按星号。",)
    assert CATALOGUE.utterance([choose], Language.EN).phrases == (
        "To buy press one, to go back press star.",
    )


def test_a_long_number_spreads_over_phrases_and_keeps_its_measure_word() -> None:
    buying = say("buy", name="浦发银行", price=Decimal(2), quantity=1_234_500)

    assert CATALOGUE.utterance([buying], Language.ZH).phrases[3:] == (
        "两元，",
        "数量",
        "一百二十三万",
        "四千五百股。",
    )


def test_figures_are_the_bare_numerals_in_the_order_they_are_said() -> None:
    assert CATALOGUE.utterance([BUYING], Language.ZH).figures == ("10.5", "600")
    assert CATALOGUE.utterance([BUYING], Language.EN).figures == ("600", "10.5")
    assert CATALOGUE.utterance([say("choose", yes="1", no="2")], Language.ZH).figures == ()


def test_an_announcement_runs_its_sentences_together() -> None:
    announcement = [say("greeting"), BUYING]

    words = CATALOGUE.utterance(announcement, Language.ZH).words

    assert words == "您好！欢迎致电，请听提示。买入浦发银行，价格十点五元，数量六百股。"


def test_an_english_full_stop_ends_a_sentence_only_before_a_space() -> None:
    catalogue = Catalogue.of({"site": {"zh": "请看网站。", "en": "See www.broker.example now."}})

    assert len(catalogue.utterance([say("site")], Language.EN).phrases) == 1


def test_all_that_never_changes_can_be_rendered_ahead() -> None:
    fixed = {utterance.phrases for utterance in CATALOGUE.fixed(CATALOGUE.prompts)}

    assert ("您好！", "欢迎致电，请听提示。") in fixed
    assert {("买入",), ("价格",), ("数量",)} <= fixed
    assert {("You buy",), ("shares of",), ("at",)} <= fixed


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        pytest.param({"zh": "再见。"}, "needs words in zh, en", id="one-language"),
        pytest.param({"zh": "再见。", "en": " "}, "needs words in zh, en", id="empty"),
        pytest.param({"zh": "{a:count}股。", "en": "{b:count}."}, "other slots", id="other-name"),
        pytest.param({"zh": "{a:count}。", "en": "{a:price}."}, "other slots", id="other-spec"),
        pytest.param({"zh": "{a:wow}。", "en": "{a:wow}."}, "nobody knows", id="unknown-spec"),
        pytest.param({"zh": "{a}。", "en": "{a}."}, "not {name:spec}", id="no-spec"),
        pytest.param({"zh": "请按1。", "en": "Press 1."}, "digits", id="ascii-digits"),
    ],
)
def test_a_faulty_entry_is_named_at_birth(words: dict[str, str], fault: str) -> None:
    with pytest.raises(ValueError, match=f"^odd: .*{fault}"):
        Catalogue.of({"greeting": GREETING, "odd": words})


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(say("nonsense"), id="unknown-prompt"),
        pytest.param(say("choose", yes="1"), id="no-value"),
    ],
)
def test_what_cannot_be_found_raises_a_key_error(wrong: Say) -> None:
    with pytest.raises(KeyError):
        CATALOGUE.utterance([wrong], Language.ZH)


def test_the_catalogue_knows_its_prompts() -> None:
    assert CATALOGUE.prompts == {"buy", "choose", "greeting"}
