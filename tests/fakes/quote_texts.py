"""Answers of the two public sources, written by hand. The numbers are invented."""

from collections.abc import Sequence
from typing import Final

SINA: Final = (
    "浦发银行,10.010,10.000,10.050,10.200,9.950,10.040,10.050,12345600,124072345.600,"
    "31200,10.040,45600,10.030,7800,10.020,100,10.010,92300,10.000,"
    "28400,10.050,1500,10.060,63000,10.070,400,10.080,5500,10.090,"
    "2026-11-20,10:25:03,00,"
)
TENCENT: Final = (
    "1~浦发银行~600000~10.05~10.00~10.01~123456~60000~63456~"
    "10.04~312~10.03~456~10.02~78~10.01~1~10.00~923~"
    "10.05~284~10.06~15~10.07~630~10.08~4~10.09~55~"
    "~20261120102503~0.05~0.50~10.20~9.95~10.05/123456/124072345~123456~12407~"
    "0.04~5.50~~10.20~9.95~2.50~2949.00~2949.00~0.42~11.00~9.00~1.02"
)


def with_fields(record: str, separator: str, changes: dict[int, str]) -> str:
    """Return the record with some of its fields changed."""
    fields = record.split(separator)
    for at, value in changes.items():
        fields[at] = value
    return separator.join(fields)


def sina(changes: dict[int, str] | None = None) -> str:
    return with_fields(SINA, ",", changes or {})


def tencent(changes: dict[int, str] | None = None) -> str:
    return with_fields(TENCENT, "~", changes or {})


def sina_answer(records: dict[str, str]) -> str:
    return "".join(f'var hq_str_{name}="{record}";\n' for name, record in records.items())


def tencent_answer(records: dict[str, str]) -> str:
    if not records:
        return 'v_pv_none_match="1";\n'
    return "".join(f'v_{name}="{record}";\n' for name, record in records.items())


def symbols_of(path: str) -> Sequence[str]:
    """Return what a request asked for, of either source."""
    return path.partition("=")[2].split(",")
