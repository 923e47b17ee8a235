"""
The text format of qt.gtimg.cn, as public clients read it.

`v_sh600000="1~name~600000~…";` in GBK, one line a security. Volumes are lots of 100 shares,
the amount is in 10,000 yuan, and prices stand before their volumes in the ladder. A record has
50 to 53 fields; 47 and 48 are the limits of the day. A request may name 60 codes.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from callcenter.domain.securities import Quote, Security
from callcenter.gateways.market.figures import Book, Garbled, amount, count, level, price
from callcenter.gateways.market.texts import TextFormat, assembled, beijing

_LINE: Final = re.compile(r'v_([a-z]{2}[0-9]{6}|pv_none_match)="([^"]*)";')
_NONE_MATCHES: Final = "pv_none_match"
_FIELDS: Final = 50
_PRICES: Final = {"last": 3, "previous_close": 4, "open": 5, "high": 33, "low": 34}
_CODE, _VOLUME, _BIDS, _ASKS, _TIME, _AMOUNT, _UPPER, _LOWER = 2, 6, 9, 19, 30, 37, 47, 48
_LEVELS: Final = 5
_LOT: Final = 100
_AMOUNT_UNIT: Final = 10_000


class Tencent(TextFormat):
    name: Final = "tencent"
    most_codes: Final = 60
    headers: Final[Mapping[str, str]] = {}

    def path(self, symbols: Sequence[str]) -> str:
        return f"/q={','.join(symbols)}"

    def records(self, text: str) -> Mapping[str, Sequence[str]]:
        lines = _LINE.findall(text)
        if not lines:
            raise Garbled(f"not in the format: {text[:40]!r}")
        known = (line for line in lines if line[0] != _NONE_MATCHES and line[1])
        return {symbol: fields.split("~") for symbol, fields in known}

    def quote(self, security: Security, fields: Sequence[str], now: datetime) -> Quote:
        if len(fields) < _FIELDS:
            raise Garbled(f"{len(fields)} fields")
        if fields[_CODE] != security.code:
            raise Garbled(f"the record of {fields[_CODE][:10]!r}")
        return assembled(
            security,
            {name: price(fields[at]) for name, at in _PRICES.items()},
            (_ladder(fields, _BIDS), _ladder(fields, _ASKS)),
            (count(fields[_VOLUME]) * _LOT, amount(fields[_AMOUNT]) * _AMOUNT_UNIT),
            beijing(fields[_TIME], "%Y%m%d%H%M%S"),
            now,
            _limits(fields[_LOWER], fields[_UPPER]),
        )


def _ladder(fields: Sequence[str], first: int) -> Book:
    ends = range(first, first + 2 * _LEVELS, 2)
    levels = (level(fields[at], fields[at + 1], unit=_LOT) for at in ends)
    return tuple(one for one in levels if one)


def _limits(lower: str, upper: str) -> tuple[Decimal, Decimal] | None:
    """Return the day's limits, or None where the source tells none: they are a cross-check."""
    try:
        lowest, highest = price(lower), price(upper)
    except Garbled:
        return None
    return (lowest, highest) if lowest and highest else None
