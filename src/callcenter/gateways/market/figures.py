"""Figures of a text format into exact values, or not at all: a quote is whole or none."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from callcenter.domain.securities import Level, Quote

Book = tuple[Level, ...]

_PRICE: Final = re.compile(r"[0-9]{1,8}(\.[0-9]{1,4})?")
_AMOUNT: Final = re.compile(r"[0-9]{1,16}(\.[0-9]{1,4})?")
_COUNT: Final = re.compile(r"[0-9]{1,12}")  # a hundred times as much can still be said
_FIRST_TRADING_DAY: Final = 1990  # of either exchange; an older quote is none
_AT_MOST_TIMES: Final = 100  # the previous close; no first day has come near it
_CLOCKS_DIFFER_BY: Final = timedelta(minutes=5)


class Garbled(ValueError):
    """A source said something that cannot be a quote."""


def price(text: str) -> Decimal | None:
    """Return a price in yuan; None for zero, by which the formats say that there is none."""
    if not _PRICE.fullmatch(text):
        raise Garbled(f"no price: {text[:20]!r}")
    return Decimal(text) or None


def amount(text: str) -> Decimal:
    if not _AMOUNT.fullmatch(text):
        raise Garbled(f"no amount: {text[:20]!r}")
    return Decimal(text)


def count(text: str) -> int:
    if not _COUNT.fullmatch(text):
        raise Garbled(f"no count: {text[:20]!r}")
    return int(text)


def level(price_text: str, volume_text: str, *, unit: int = 1) -> Level | None:
    """Return one step of a book; None where it is empty. Volumes are in `unit` shares."""
    at, volume = price(price_text), count(volume_text) * unit
    # In a call auction the second step has shares without a price: those that are left over.
    return Level(price=at, volume=volume) if at else None


def checked(quote: Quote, now: datetime) -> Quote:
    """Return the quote if all of it can be so; raise `Garbled` with what cannot."""
    _check_prices(quote)
    _check_book(quote)
    if quote.at.year < _FIRST_TRADING_DAY or quote.at > now + _CLOCKS_DIFFER_BY:
        raise Garbled(f"a quote of {quote.at:%Y-%m-%d %H:%M:%S}")
    return quote


def _check_prices(quote: Quote) -> None:
    for name, value in (("last", quote.last), ("open", quote.open)):
        if value is not None and not quote.low <= value <= quote.high:
            raise Garbled(f"{name} {value} outside {quote.low} to {quote.high}")
    close = quote.previous_close
    if not close / _AT_MOST_TIMES <= quote.low <= quote.high <= close * _AT_MOST_TIMES:
        raise Garbled(f"{quote.low} to {quote.high} after a close of {close}")
    if quote.limits is not None and quote.limits[0] > quote.limits[1]:
        raise Garbled(f"lower limit {quote.limits[0]} above upper limit {quote.limits[1]}")


def _check_book(quote: Quote) -> None:
    bids = [one.price for one in quote.bids]
    asks = [one.price for one in quote.asks]
    if bids != sorted(bids, reverse=True) or asks != sorted(asks):
        raise Garbled("the order book is not in order")
    # Equal in a call auction, when both are the price at which it would match.
    if bids and asks and bids[0] > asks[0]:
        raise Garbled(f"bid {bids[0]} above ask {asks[0]}")
