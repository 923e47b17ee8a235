"""How the names of securities are keyed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.gateways.paper import demo
from callcenter.gateways.paper.initials import initials


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("浦发银行", "PFYH"),
        ("工商银行", "GSYH"),
        ("中国平安", "ZGPA"),
        ("贵州茅台", "GZMT"),
        ("宁德时代", "NDSD"),
        ("东方财富", "DFCF"),
        ("青岛啤酒", "QDPJ"),
        ("鲁西化工", "LXHG"),
        ("艾融软件", "ARRJ"),
    ],
)
def test_a_plain_name_has_one_reading(name: str, letters: str) -> None:
    assert initials(name) == (letters,)


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        pytest.param("招商银行", "ZSYH", id="行-is-hang-in-a-bank"),
        pytest.param("沪农商行", "HNSH", id="行-is-hang-in-a-rural-bank"),
        pytest.param("行云科技", "XYKJ", id="行-is-xing-elsewhere"),
        pytest.param("重庆啤酒", "CQPJ", id="重-is-chong-in-chongqing"),
        pytest.param("中国重工", "ZGZG", id="重-is-zhong-in-industry"),
        pytest.param("重药控股", "ZYKG", id="重-is-zhong-by-itself"),
        pytest.param("长江电力", "CJDL", id="长-is-chang-in-the-river"),
        pytest.param("长信科技", "CXKJ", id="长-is-chang-by-itself"),
        pytest.param("成长股份", "CZGF", id="长-is-zhang-in-growth"),
        pytest.param("厦门国贸", "XMGM", id="厦-is-xia-in-xiamen"),
        pytest.param("大厦股份", "DSGF", id="厦-is-sha-in-a-building"),
        pytest.param("朝阳科技", "CYKJ", id="朝"),
        pytest.param("朝阳科技", "ZYKJ", id="朝-of-the-town"),
        pytest.param("西藏药业", "XZYY", id="藏-is-zang-in-tibet"),
        pytest.param("藏格矿业", "ZGKY", id="藏-by-itself"),
        pytest.param("乐普医疗", "LPYL", id="乐-is-le"),
        pytest.param("广晟有色", "GSYS", id="晟"),
        pytest.param("盛和资源", "SHZY", id="盛"),
        pytest.param("会稽山", "KJS", id="会-of-the-mountain"),
        pytest.param("东阿阿胶", "DEEJ", id="阿-is-e"),
        pytest.param("六安钢铁", "LAGT", id="六-is-lu"),
        pytest.param("省广集团", "SGJT", id="省"),
        pytest.param("单县化工", "SXHG", id="单-of-the-county"),
        pytest.param("曾氏实业", "ZSSY", id="曾"),
        pytest.param("*ST重科", "ZK", id="star-st-left-out"),
        pytest.param("*ST重科", "STZK", id="star-st-keyed"),
        pytest.param("ST 长 方", "CF", id="st-with-spaces"),
        pytest.param("SST华新", "HX", id="sst"),
        pytest.param("N华虹", "HH", id="first-day"),
        pytest.param("N华虹", "NHH", id="first-day-keyed"),
        pytest.param("C百利", "BL", id="days-two-to-five"),
        pytest.param("XD格力电", "GLD", id="ex-dividend"),
        pytest.param("TCL科技", "TCLKJ", id="latin-letters"),
        pytest.param("ＴＣＬ科技", "TCLKJ", id="wide-letters"),
        pytest.param("万科A", "WKA", id="class-a"),
        pytest.param("万 科Ａ", "WKA", id="class-a-as-the-exchange-writes-it"),
        pytest.param("京东方B", "JDFB", id="class-b"),
        pytest.param("沪深300ETF", "HS300ETF", id="digits"),
        pytest.param("百济神州-U", "BJSZU", id="a-mark-behind"),
        pytest.param("创业板ETF", "CYBETF", id="a-fund"),
        pytest.param("NB科技", "NBKJ", id="letters-that-are-no-mark"),
    ],
)
def test_a_tricky_name_is_found_as_people_say_it(name: str, letters: str) -> None:
    assert letters in initials(name)


@pytest.mark.parametrize(
    ("name", "first"),
    [("长信科技", "CXKJ"), ("行云科技", "XYKJ"), ("藏格矿业", "ZGKY"), ("*ST重科", "ZK")],
)
def test_the_likeliest_reading_comes_first(name: str, first: str) -> None:
    assert initials(name)[0] == first


@pytest.mark.parametrize("name", ["", "*", "  ", "（）"])
def test_a_name_without_letters_has_no_reading(name: str) -> None:
    assert initials(name) == ()


def test_a_name_full_of_doubt_has_few_readings() -> None:
    assert 1 < len(initials("长行重乐朝曾藏厦")) <= 8


@given(st.text(max_size=12))
def test_every_reading_can_be_keyed(name: str) -> None:
    for reading in initials(name):
        assert reading.isascii()
        assert reading.isalnum()
        assert reading == reading.upper()


def test_every_name_of_the_demo_can_be_keyed() -> None:
    read = {one.security.id: initials(one.security.name)[0] for one in demo.LISTINGS}

    assert read == {
        "SH000001": "SZZS",
        "SH600000": "PFYH",
        "SH600519": "GZMT",
        "SH601318": "ZGPA",
        "SH601398": "GSYH",
        "SH601989": "ZGZG",
        "SH688981": "ZXGJ",
        "SH510300": "HS300ETF",
        "SZ000001": "PAYH",
        "SZ000002": "WKA",
        "SZ000651": "GLDQ",
        "SZ159915": "CYBETF",
        "SZ300750": "NDSD",
        "BJ920799": "ARRJ",
    }
