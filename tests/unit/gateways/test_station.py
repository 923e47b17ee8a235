import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain.calls import WITHHELD, CallerNumber, e164
from callcenter.gateways.station import LONGEST, dialled_form


@pytest.mark.parametrize(
    ("caller", "dialled"),
    [
        pytest.param("+8613800138000", "13800138000", id="mobile"),
        pytest.param("+862112345678", "02112345678", id="landline"),
        pytest.param("+8675512345678", "075512345678", id="landline-of-12-digits"),
        pytest.param("+85212345678", "85212345678", id="abroad"),
        pytest.param("+4915123456789012", "123456789012", id="too-long-keeps-the-end"),
        pytest.param("8001", "8001", id="as-it-came"),
        pytest.param(WITHHELD, "", id="withheld"),
    ],
)
def test_a_caller_number_is_given_as_it_is_dialled(caller: str, dialled: str) -> None:
    assert dialled_form(CallerNumber(caller)) == dialled


@given(st.text("+0123456789", max_size=30))
def test_the_field_of_the_counter_is_never_too_small(number: str) -> None:
    assert len(dialled_form(e164(number))) <= LONGEST


@pytest.mark.parametrize("number", ["13800138000", "02112345678", "075512345678"])
def test_a_number_is_found_again_as_it_was_dialled(number: str) -> None:
    assert dialled_form(e164(number)) == number
