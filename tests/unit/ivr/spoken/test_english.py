from datetime import date, time
from decimal import Decimal

import pytest

from callcenter.ivr.spoken import english


@pytest.mark.parametrize(
    ("yuan", "words"),
    [
        ("0", "zero yuan"),
        ("0.05", "five fen"),
        ("110", "one hundred ten yuan"),
        ("22222", "twenty two thousand | two hundred twenty two yuan"),
        (
            "1234567.89",
            "one million | two hundred thirty four thousand | five hundred sixty seven yuan"
            " | eighty nine fen",
        ),
        ("10010000.05", "ten million | ten thousand yuan | five fen"),
        ("100001000", "one hundred million | one thousand yuan"),
        ("1000000000", "one billion yuan"),
        ("100000000000000", "one hundred trillion yuan"),
        ("-5.20", "minus five yuan | twenty fen"),
    ],
)
def test_money_is_said_in_groups_with_their_units(yuan: str, words: str) -> None:
    assert english.money(Decimal(yuan)) == words.split(" | ")


def test_a_price_is_said_with_a_point_and_no_zeros_behind() -> None:
    assert english.price(Decimal("10.05")) == ["ten point zero five"]
    assert english.price(Decimal("10.50")) == ["ten point five"]
    assert english.price(Decimal("1688.8")) == [
        "one thousand",
        "six hundred eighty eight",
        "point eight",
    ]


def test_per_cent_comes_behind_its_number() -> None:
    assert english.percent(Decimal("-3.50")) == ["minus three point five percent"]
    assert english.change(Decimal("3.50")) == ["up three point five percent"]
    assert english.change(Decimal("-3.50")) == ["down three point five percent"]
    assert english.change(Decimal(0)) == ["unchanged"]


def test_a_long_number_is_called_out_in_even_groups() -> None:
    assert english.digits("60001") == ["six zero", "zero zero one"]
    assert english.code("600000") == ["six zero zero zero zero zero"]


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 11, 20), "November twentieth | twenty twenty six"),
        (date(2009, 1, 1), "January first | two thousand nine"),
        (date(1999, 5, 23), "May twenty third | nineteen ninety nine"),
        (date(1900, 8, 12), "August twelfth | one thousand nine hundred"),
        (date(1905, 12, 30), "December thirtieth | nineteen oh five"),
    ],
)
def test_a_date_has_its_year_apart(day: date, words: str) -> None:
    assert english.day(day) == words.split(" | ")


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (time(10, 5), "ten oh five AM"),
        (time(15, 30), "three thirty PM"),
        (time(12, 0), "noon"),
        (time(12, 40), "twelve forty PM"),
        (time(0, 0), "midnight"),
        (time(0, 12), "twelve twelve AM"),
    ],
)
def test_a_time_is_said_on_the_twelve_hour_clock(moment: time, words: str) -> None:
    assert english.moment(moment) == [words]


def test_keys_are_named_as_on_the_telephone() -> None:
    assert [english.key(key) for key in "09*#"] == [["zero"], ["nine"], ["star"], ["pound"]]
