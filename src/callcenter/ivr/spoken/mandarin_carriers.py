"""Mandarin numbers, with the words before and behind them, that have every piece in its place."""

from collections.abc import Iterator
from itertools import cycle, islice
from typing import Final

from callcenter.ivr.spoken.mandarin_pieces import PIECES

_ONES: Final = "一二三四五六七八九"
_DIGITS: Final = "零" + _ONES
_HEADS: Final = "两" + _ONES
_PAIRS: Final = tuple(
    piece for piece in PIECES if len(piece) == 2 and set(piece) <= {*_DIGITS, "幺"}
)
_TENS: Final = tuple(f"{ten}十{one}" for ten in _ONES for one in ("", *_ONES))

_Carrier = tuple[str, str, str]


def _all() -> Iterator[_Carrier]:
    yield from _amounts()
    yield from _quantities()
    yield from _prices()
    yield from _codes()
    yield from _calendar()
    yield from _per_cent()
    yield from _units()


def _amounts() -> Iterator[_Carrier]:
    """三百四十五万六千七百八十九元: hundreds, tens, thousands and ones of one number."""
    tens, ones = cycle(_TENS), cycle(_ONES)
    hundreds, behind = cycle(_HEADS.replace("二", "")), cycle(_ONES)
    for thousands in (f"{head}千{one}百" for one in _ONES for head in _ONES if head != "二"):
        ten = next(behind)
        many = f"{next(hundreds)}百{next(tens)}万"
        yield "资金", f"{many}{thousands}{ten}十{next(ones)}元", "，"
    for one, ten in zip(_ONES, _ONES[::-1], strict=True):
        yield "金额", f"两千{one}百{ten}十{one}元", "，"
    for head in _HEADS:
        yield "金额", f"{head}千零{head.replace('两', '二')}十五元", "，"
        yield "金额", f"{head}百二十五元", "，"
        yield "金额", f"{head}角", "，"
        yield "金额", f"{head}分", "，"
        yield "金额", f"五元八角{head.replace('两', '二')}分", "，"
        yield "金额", f"{head}元", "，"
    for one in _ONES:
        yield "金额", f"三万零{one}百元", "，"
        yield "金额", f"三万零{one}十元", "，"
        yield "金额", f"五元零{one}分", "，"
        yield "金额", f"六百零{one}万", "元，"
        yield "金额", f"十{one}万", "元，"
    yield from (("金额", f"{number}元", "，") for number in ("零", "十", "二十"))


def _quantities() -> Iterator[_Carrier]:
    for head in _HEADS.replace("二", ""):
        yield "数量", f"三万{head}千股", "，"
        yield "数量", f"{head}千五百股", "，"
        yield "数量", f"五千{head}百股", "，"
        yield "数量", f"{head}千股", "，"
        yield "数量", f"{head}百股", "，"
    yield "数量", "三万二千五百股", "，"
    yield "数量", "一百五十股", "，"
    yield from (("数量", f"三百{ten}万股", "，") for ten in _TENS)
    yield "一共", "两只", "，"


def _prices() -> Iterator[_Carrier]:
    """十点零五元, 一百一十二点三四元: each whole part, and each fraction."""
    fractions = cycle(f"{one}{other}" for one in _DIGITS for other in _ONES)
    heads = [*_DIGITS, *(f"十{one}" for one in ("", *_ONES)), *_TENS[10:]]
    for head in heads:
        yield "价格", f"{head}点{next(fractions)}元", "，"
    for rest in (*_TENS[:10], *(f"零{one}" for one in _ONES)):
        yield "价格", f"一百{rest}点{next(fractions)}元", "，"
    yield "指数", "三千六百点", "，"


def _codes() -> Iterator[_Carrier]:
    """Pairs at the beginning, in the middle and at the end of a code."""
    pairs = cycle(_PAIRS)
    for _ in range(0, len(_PAIRS), 3):
        yield "代码", "".join(islice(pairs, 3)), "，"
    for digit in (*_DIGITS, "幺"):
        yield "委托号", f"三八{digit}", "，"


def _calendar() -> Iterator[_Carrier]:
    months = cycle([*_ONES, "十", "十一", "十二"])
    days = [*_ONES, *_TENS[:31]]
    for number, day in enumerate(days):
        year = "".join(_DIGITS[int(digit)] for digit in str(2015 + number % 26))
        yield "在", f"{year}年", f"{next(months)}月。"
        yield "", f"{next(months)}月{day.removeprefix('一') if day[:2] == '一十' else day}日", "，"
    yield from (("在", f"{month}月五日", "，") for month in (*_ONES, "十", "十一", "十二"))
    yield "截至十点", "三十分", "，"
    for hour in ("两点", "二十点", "十点整"):
        yield "截至", hour, "，"


def _per_cent() -> Iterator[_Carrier]:
    for one, other in zip((*_DIGITS, "十"), (*_DIGITS[::-1], "三"), strict=True):
        yield "涨幅", f"百分之{one}点{other}", "，"
    for before in ("负百分之", "上涨百分之", "下跌百分之"):
        yield "今天", f"{before}三点三三", "，"
    yield "完成", "百分之百", "，"
    yield from (("今天", words, "，") for words in ("上涨", "下跌", "持平"))
    yield "涨幅", "百分之三点三三", "，"
    yield "今天", "负五元", "，"


def _units() -> Iterator[_Carrier]:
    yield from (("十点", f"三十分{then}", "，") for then in ("买入", "卖出", "转入", "转出"))
    yield "从十月", "三日到", "五日。"
    for unit in (piece for piece in PIECES if not set(piece) & {*_DIGITS, *"十百千两幺"}):
        yield "一共", f"二十五{unit}", "，" if unit[-1] != "整" else "。"


CARRIERS: Final = tuple(_all())
