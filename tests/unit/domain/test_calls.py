import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain.calls import WITHHELD, Language, e164


@pytest.mark.parametrize(
    ("dialled", "number"),
    [
        pytest.param("13800138000", "+8613800138000", id="mobile"),
        pytest.param("19912345678", "+8619912345678", id="newest-mobile"),
        pytest.param("013800138000", "+8613800138000", id="mobile-with-trunk-prefix"),
        pytest.param("8613800138000", "+8613800138000", id="mobile-with-country"),
        pytest.param("008613800138000", "+8613800138000", id="mobile-dialled-abroad"),
        pytest.param("+8613800138000", "+8613800138000", id="e164-already"),
        pytest.param("02161234567", "+862161234567", id="landline-shanghai"),
        pytest.param("075512345678", "+8675512345678", id="landline-shenzhen"),
        pytest.param("0937-2612345", "+869372612345", id="landline-written"),
        pytest.param("0085221234567", "+85221234567", id="hong-kong"),
        pytest.param("+1 (212) 555-0100", "+12125550100", id="abroad-written"),
        pytest.param("61234567", "61234567", id="no-area-code"),
        pytest.param("95588", "95588", id="short"),
        pytest.param("1001", "1001", id="extension"),
        pytest.param("12800138000", "12800138000", id="no-mobile"),
        pytest.param("anonymous", "", id="anonymous"),
        pytest.param("", "", id="withheld"),
        pytest.param("00", "00", id="prefix-alone"),
        pytest.param("+", "", id="plus-alone"),
        pytest.param("138+00138000", "+8613800138000", id="plus-inside"),
        pytest.param("１３８００１３８０００", "", id="digits-of-another-script"),
        pytest.param("sip:95588@pbx", "95588", id="words"),
    ],
)
def test_a_caller_number_is_e164_where_the_numbering_plan_tells(dialled: str, number: str) -> None:
    assert e164(dialled) == number


@given(st.text() | st.text("0123456789+-() "))
def test_any_text_becomes_a_plain_number_and_stays_it(dialled: str) -> None:
    number = e164(dialled)

    assert set(number) <= set("+0123456789")
    assert "+" not in number[1:]
    assert e164(number) == number


def test_a_withheld_number_is_the_empty_one() -> None:
    assert e164("") == WITHHELD


def test_each_language_has_the_other() -> None:
    assert Language.ZH.other() is Language.EN
    assert Language.EN.other() is Language.ZH
