from datetime import date, time
from decimal import Decimal

import pytest

from callcenter.ivr.spoken import mandarin


@pytest.mark.parametrize(
    ("yuan", "phrases"),
    [
        ("0", "零元"),
        ("0.05", "五分"),
        ("0.20", "两角"),
        ("0.22", "两角二分"),
        ("0.50", "五角"),
        ("2", "两元"),
        ("10.00", "十元"),
        ("10.05", "十元 零五分"),
        ("10.50", "十元 五角"),
        ("12", "十二元"),
        ("110", "一百一十元"),
        ("200", "两百元整"),
        ("1010", "一千零一十元"),
        ("22222", "两万 二千二百二十二元"),
        ("100010", "十万 零一十元"),
        ("1000000", "一百万元整"),
        ("1001000", "一百万 一千元整"),
        ("1234567.89", "一百二十三万 四千五百六十七元 八角九分"),
        ("10010000.05", "一千零一万元 零五分"),
        ("100001000", "一亿 零一千元整"),
        ("1000000000", "十亿元整"),
        ("1000000000000", "一万亿元整"),
        ("100000000000000", "一百万亿元整"),
        ("1234500000000", "一万 二千三百四十五亿元整"),
        ("1000100000000", "一万 零一亿元整"),
        ("1000050000000.50", "一万亿 零五千万元 五角"),
        ("-5.20", "负五元 二角"),
        ("-1000000", "负一百万元整"),
    ],
)
def test_money_is_said_in_groups_with_their_units(yuan: str, phrases: str) -> None:
    assert mandarin.money(Decimal(yuan)) == phrases.split()


@pytest.mark.parametrize(
    ("price", "phrases"),
    [
        ("10.05", "十点零五"),
        ("10.50", "十点五"),
        ("2.00", "两"),
        ("2.05", "二点零五"),
        ("0.1", "零点一"),
        ("1.2345", "一点二三四五"),
        ("1688.88", "一千六百八十八点 八八"),
        ("-0.05", "负零点零五"),
    ],
)
def test_a_price_is_said_with_a_point_and_no_zeros_behind(price: str, phrases: str) -> None:
    assert mandarin.price(Decimal(price)) == phrases.split()


def test_two_things_are_liang_and_the_second_is_er() -> None:
    assert mandarin.count(2) == ["两"]
    assert mandarin.count(20_000) == ["两万"]
    assert mandarin.count(12) == ["十二"]
    assert mandarin.number(2) == ["二"]


def test_per_cent_comes_before_its_number() -> None:
    assert mandarin.percent(Decimal("3.50")) == ["百分之三点五"]
    assert mandarin.percent(Decimal(-2)) == ["负百分之二"]
    assert mandarin.percent(Decimal(100)) == ["百分之百"]


def test_a_change_says_which_way() -> None:
    assert mandarin.change(Decimal("3.5")) == ["上涨百分之三点五"]
    assert mandarin.change(Decimal(-2)) == ["下跌百分之二"]
    assert mandarin.change(Decimal("0.00")) == ["持平"]


@pytest.mark.parametrize(
    ("number", "phrases"),
    [
        ("1", "幺"),
        ("5001", "五零零幺"),
        ("60001", "六零 零零幺"),
        ("600012", "六零零 零幺二"),
        ("60000001", "六零零零 零零零幺"),
        ("13800138000", "幺三八 零零幺三 八零零零"),
    ],
)
def test_a_long_number_is_called_out_in_even_groups(number: str, phrases: str) -> None:
    assert mandarin.digits(number) == phrases.split()


def test_a_security_code_is_one_phrase() -> None:
    assert mandarin.code("600111") == ["六零零幺幺幺"]


def test_a_date_has_its_year_apart() -> None:
    assert mandarin.day(date(2026, 11, 20)) == ["二零二六年", "十一月二十日"]
    assert mandarin.day(date(2019, 2, 2)) == ["二零一九年", "二月二日"]


@pytest.mark.parametrize(
    ("moment", "phrases"),
    [
        (time(10, 5), "十点 零五分"),
        (time(15, 30), "十五点 三十分"),
        (time(2, 0), "两点整"),
        (time(0, 12), "零点 十二分"),
    ],
)
def test_a_time_has_its_minutes_apart(moment: time, phrases: str) -> None:
    assert mandarin.moment(moment) == phrases.split()


def test_keys_are_named_as_on_the_telephone() -> None:
    assert [mandarin.key(key) for key in "019*#"] == [["零"], ["一"], ["九"], ["星号"], ["井号"]]


def test_a_name_keeps_its_words_but_not_its_numerals() -> None:
    assert mandarin.name("浦发银行") == ["浦发银行"]
    assert mandarin.name("300ETF") == ["三零零ETF"]
    assert mandarin.name("*ST 华Ａ") == ["星ST华A"]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (110, "一百一十"),
        (1_010, "一千零一十"),
        (100_001_000, "一亿零一千"),
        (1_000_000_000, "十亿"),
        (1_234_567_890, "十二亿三千四百五十六万七千八百九十"),
        (20_000_000_000, "两百亿"),
        (1_000_000_000_000, "一万亿"),
        (100_000_000_000_000, "一百万亿"),
    ],
)
def test_numbers_that_asterisk_says_wrong_are_right(number: int, words: str) -> None:
    assert "".join(mandarin.count(number)) == words
