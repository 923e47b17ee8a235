"""The judge of what callers hear is itself right."""

import pytest

from callcenter.domain.calls import Language
from tests.hearing.syllables import error, nearest


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("价格十点零五元", "價格10.05元"),
        ("代码六零零零零幺", "代码600001"),
        ("一千六百八十八点八八元", "1,688.88元"),
        ("涨幅百分之三点三三", "涨幅3.33%"),
        ("十点零五分", "10:05分"),
        ("三百四十五万六千", "345万6千"),
        ("两百股", "二百股"),
        ("资金五百元整", "资金500元整。"),
    ],
)
def test_however_the_recogniser_writes_a_number_it_was_heard_right(said: str, heard: str) -> None:
    assert error(said, heard, Language.ZH)[0] == 0


@pytest.mark.parametrize(
    ("said", "heard", "wrong"),
    [
        ("价格十点零五元", "价格十点零九元", 1),
        ("请按一", "请按", 1),
        ("再见", "再见了", 1),
        ("一百股", "", 3),
    ],
)
def test_each_syllable_that_differs_counts(said: str, heard: str, wrong: int) -> None:
    assert error(said, heard, Language.ZH)[0] == wrong


def test_english_is_compared_by_words() -> None:
    said = "at ten point zero five yuan, three hundred shares"

    assert error(said, "At 10.05 yuan, 300 shares.", Language.EN) == (0, 9)
    assert error(said, "At 10.06 yuan, 300 shares.", Language.EN)[0] == 1


def test_what_was_heard_is_told_from_the_other_sentences() -> None:
    words = {"one": "买入请按一", "two": "卖出请按二"}

    assert nearest("卖出请按2", words, Language.ZH) == "two"
