from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from callcenter.domain.calls import Language
from callcenter.domain.refusals import Refusal
from callcenter.ivr.spoken.specs import SPECS


@pytest.mark.parametrize("spec", ["money", "price", "percent", "change", "count", "number"])
@pytest.mark.parametrize("value", [10.5, "10", None, True])
def test_a_number_must_be_exact(spec: str, value: object) -> None:
    with pytest.raises(TypeError):
        SPECS[spec].phrases(value, Language.ZH)


@pytest.mark.parametrize(
    ("spec", "value"),
    [
        pytest.param("money", Decimal("0.001"), id="below-a-fen"),
        pytest.param("money", Decimal(10**14) + 1, id="too-much"),
        pytest.param("money", Decimal("NaN"), id="not-a-number"),
        pytest.param("price", Decimal("1.00001"), id="five-places"),
        pytest.param("count", 10**14 + 1, id="too-many"),
        pytest.param("digits", "12a", id="letter"),
        pytest.param("digits", "", id="no-digits"),
        pytest.param("digits", "１２", id="wide-digits"),
        pytest.param("digits", -5, id="negative"),
        pytest.param("key", "12", id="two-keys"),
        pytest.param("key", "", id="no-key"),
        pytest.param("name", " ", id="no-name"),
        pytest.param("time", datetime(2026, 11, 20, 12, 0), id="naive"),  # noqa: DTZ001
    ],
)
def test_what_cannot_be_said_is_refused(spec: str, value: object) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        SPECS[spec].phrases(value, Language.ZH)


@pytest.mark.parametrize(
    ("spec", "value", "figures"),
    [
        ("money", Decimal("1000000.00"), ("1000000",)),
        ("price", Decimal("10.50"), ("10.5",)),
        ("change", Decimal("-0.00"), ("0",)),
        ("count", 10**14, ("100000000000000",)),
        ("digits", Refusal.WRONG_LOT, ("4101",)),
        ("code", "000001", ("000001",)),
        ("name", "浦发银行", ()),
        ("date", date(2026, 11, 20), ()),
        ("key", "1", ()),
    ],
)
def test_only_numbers_have_a_figure(spec: str, value: object, figures: tuple[str, ...]) -> None:
    assert SPECS[spec].figures(value) == figures


def test_a_message_number_may_be_a_refusal() -> None:
    assert SPECS["digits"].phrases(Refusal.WRONG_LOT, Language.ZH) == ["四幺零幺"]


def test_dates_and_times_are_those_of_beijing() -> None:
    evening_in_london = datetime(2026, 11, 20, 18, 5, tzinfo=UTC)

    assert SPECS["date"].phrases(evening_in_london, Language.ZH)[1] == "十一月二十一日"
    assert SPECS["time"].phrases(evening_in_london, Language.ZH) == ["两点", "零五分"]
