"""Whatever number is put into words, someone who hears them writes the same number down."""

from decimal import Decimal

from hypothesis import example, given
from hypothesis import strategies as st

from callcenter.ivr.spoken import english, mandarin
from tests.unit.ivr.spoken import reader

MOST_FEN = 10**16
AMOUNTS = st.integers(-MOST_FEN, MOST_FEN).map(lambda fen: Decimal(fen).scaleb(-2))
ROUND_AMOUNTS = st.builds(
    lambda digit, place, rest: Decimal(digit * 10**place + rest).scaleb(-2),
    st.integers(1, 9),
    st.integers(0, 15),
    st.integers(0, 10_000),
)
PRICES = st.decimals(-100_000, 100_000, places=4)
COUNTS = st.integers(0, 10**14)


@given(AMOUNTS | ROUND_AMOUNTS)
@example(Decimal("0.00"))
@example(Decimal("10010000.05"))
@example(Decimal("-0.20"))
def test_money_is_read_back_to_the_fen(yuan: Decimal) -> None:
    assert reader.mandarin_money("".join(mandarin.money(yuan))) == yuan
    assert reader.english_money(" ".join(english.money(yuan))) == yuan


@given(PRICES)
def test_a_price_is_read_back_exactly(price: Decimal) -> None:
    assert reader.mandarin_decimal("".join(mandarin.price(price))) == price
    assert reader.english_decimal(" ".join(english.price(price))) == price


@given(COUNTS)
def test_a_count_is_read_back_exactly(count: int) -> None:
    assert reader.mandarin_integer("".join(mandarin.count(count))) == count
    assert reader.mandarin_integer("".join(mandarin.number(count))) == count
    assert reader.english_integer(" ".join(english.count(count))) == count


@given(AMOUNTS | ROUND_AMOUNTS)
def test_no_phrase_is_longer_than_a_group_of_four_digits_with_its_unit(yuan: Decimal) -> None:
    longest = "负零九千九百九十九万亿元"

    assert all(0 < len(phrase) <= len(longest) for phrase in mandarin.money(yuan))


@given(AMOUNTS | ROUND_AMOUNTS)
def test_zero_is_never_said_twice_in_a_row(yuan: Decimal) -> None:
    assert "零零" not in "".join(mandarin.money(yuan))
