"""
The text format of hq.sinajs.cn, as public clients read it.

`var hq_str_sh600000="name,open,…";` in GBK, one line a security. Volumes are shares and stand
before their prices in the ladder. An empty text means an unknown code. A request needs the
referer of the site, and may name 800 codes.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from callcenter.domain.securities import Quote, Security
from callcenter.gateways.market.figures import Book, Garbled, amount, count, level, price
from callcenter.gateways.market.texts import TextFormat, assembled, beijing

_LINE: Final = re.compile(r'var hq_str_([a-z]{2}[0-9]{6})="([^"]*)";')
_FIELDS: Final = 32  # and whatever the site adds behind
_PRICES: Final = {"open": 1, "previous_close": 2, "last": 3, "high": 4, "low": 5}
_VOLUME, _AMOUNT, _BIDS, _ASKS, _DATE, _TIME = 8, 9, 10, 20, 30, 31
_LEVELS: Final = 5


class Sina(TextFormat):
    name: Final = "sina"
    most_codes: Final = 800
    headers: Final[Mapping[str, str]] = {"Referer": "http://finance.sina.com.cn/"}

    def path(self, symbols: Sequence[str]) -> str:
        return f"/list={','.join(symbols)}"

    def records(self, text: str) -> Mapping[str, Sequence[str]]:
        lines = _LINE.findall(text)
        if not lines:
            raise Garbled(f"not in the format: {text[:40]!r}")
        return {symbol: fields.split(",") for symbol, fields in lines if fields}

    def quote(self, security: Security, fields: Sequence[str], now: datetime) -> Quote:
        if len(fields) < _FIELDS:
            raise Garbled(f"{len(fields)} fields")
        return assembled(
            security,
            {name: price(fields[at]) for name, at in _PRICES.items()},
            (_ladder(fields, _BIDS), _ladder(fields, _ASKS)),
            (count(fields[_VOLUME]), amount(fields[_AMOUNT])),
            beijing(f"{fields[_DATE]} {fields[_TIME]}", "%Y-%m-%d %H:%M:%S"),
            now,
        )


def _ladder(fields: Sequence[str], first: int) -> Book:
    ends = range(first, first + 2 * _LEVELS, 2)
    levels = (level(fields[at + 1], fields[at]) for at in ends)
    return tuple(one for one in levels if one)
