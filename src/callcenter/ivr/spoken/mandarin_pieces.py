"""
The Mandarin pieces.

Thousands with hundreds, tens with ones, digits by two (codes, and what stands behind a point), each
number with its 点, and what would sound bad alone with its unit: 七元, 八八元, 五百股, 八角.
"""

from collections.abc import Iterator
from typing import Final

_ONES: Final = "一二三四五六七八九"
_DIGITS: Final = "零" + _ONES
_HEADS: Final = "两" + _ONES  # 两 at the head of a number, 二 within
# fmt: off
_UNITS: Final = (
    "元", "股", "万", "亿", "万亿", "点", "元整", "万元", "万元整", "万股", "亿元", "亿元整",
    "亿股", "万亿元", "万亿元整", "点整", "年", "分", "只", "笔", "条", "位", "个", "次", "天",
    "份", "张", "手", "秒", "分钟", "小时", "个月", "页",
    "项", "到", "买入", "卖出", "转入", "转出",
)
_BEFORE: Final = ("负", "百分之", "负百分之", "上涨百分之", "下跌百分之", "上涨", "下跌", "持平")
# fmt: on
_YEARS: Final = range(2015, 2041)


def _tens() -> Iterator[str]:
    """Every number from 1 to 99 as it stands behind hundreds, and 10 to 19 as a head."""
    for ten in _ONES:
        yield from (f"{ten}十{one}" for one in ("", *_ONES))
    yield from (f"十{one}" for one in ("", *_ONES))
    yield from (f"零{one}" for one in _ONES)


def _hundreds() -> Iterator[str]:
    yield from (f"{head}百" for head in _HEADS)
    yield from (f"{head}千" for head in _HEADS)
    yield from (f"{head}千零" for head in _HEADS)
    yield from (f"{head}千{one}百" for head in _HEADS for one in _ONES if head != "二")
    yield from (f"零{one}百" for one in _ONES)
    yield from (f"零{one}十" for one in _ONES)


def _by_two() -> Iterator[str]:
    yield from (f"{one}{other}" for one in _DIGITS for other in _DIGITS)
    yield from (f"幺{one}" for one in ("幺", *_DIGITS.replace("一", "")))
    yield from (f"{one}幺" for one in _DIGITS.replace("一", ""))


def _before_the_point() -> Iterator[str]:
    """十点, 五点: the whole part of a price, or an hour."""
    yield from (f"{number}点" for number in (*_DIGITS, "两", *_tens()))


def _behind_the_point() -> Iterator[str]:
    yield from (f"点{one}" for one in _DIGITS)
    yield from (f"{one}{other}元" for one in _DIGITS for other in _ONES)


def _with_units() -> Iterator[str]:
    yield from (f"{one}元" for one in ("零", *_HEADS))
    yield from (f"{head}{size}股" for size in "百千" for head in _HEADS if head != "二")
    yield from (f"{head}角" for head in _HEADS)
    yield from (f"{head}分" for head in _HEADS)
    yield from (f"零{one}分" for one in _ONES)


def _dates() -> Iterator[str]:
    days = [number for number in (*_ONES, *_tens()) if not number.startswith(("一十", "零"))]
    yield from (f"{month}月" for month in (*_ONES, "十", "十一", "十二"))
    yield from (f"{day}日" for day in days if day[0] in "十二" or day in (*_ONES, "三十", "三十一"))
    yield from ("".join(_DIGITS[int(digit)] for digit in f"{year}年"[:4]) + "年" for year in _YEARS)


def _all() -> Iterator[str]:
    yield from ("幺", "两", *_DIGITS, *_UNITS, *_BEFORE)
    yield from _tens()
    yield from _hundreds()
    yield from _by_two()
    yield from _with_units()
    yield from _before_the_point()
    yield from _behind_the_point()
    yield from (f"百分之{number}" for number in (*_DIGITS, "十", "百"))
    yield from _dates()


PIECES: Final = tuple(dict.fromkeys(_all()))
