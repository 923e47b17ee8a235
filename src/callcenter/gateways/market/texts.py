"""What the public text formats have in common: one line a security, named by market and code."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final, Protocol

from callcenter.domain.clock import BEIJING
from callcenter.domain.securities import Quote, Security
from callcenter.gateways.market.figures import Book, Garbled, checked

_SYMBOL: Final = re.compile(r"(?:sh|sz|bj)[0-9]{6}")


class TextFormat(Protocol):
    """How one source is asked, and how its answer is read."""

    @property
    def name(self) -> str: ...

    @property
    def most_codes(self) -> int:
        """How many securities one request may name."""
        ...

    @property
    def headers(self) -> Mapping[str, str]: ...

    def path(self, symbols: Sequence[str]) -> str:
        """Return what follows the address of the source."""
        ...

    def records(self, text: str) -> Mapping[str, Sequence[str]]:
        """
        Return the fields by symbol; none for a code that the source does not know.

        Raise `Garbled` if this is no answer in the format at all.
        """
        ...

    def quote(self, security: Security, fields: Sequence[str], now: datetime) -> Quote:
        """Return the quote of a record; raise `Garbled` if any of it cannot be so."""
        ...


def symbol(security: Security) -> str | None:
    """Return what both formats call a security (sh600000); None if they cannot name it."""
    written = f"{security.market.lower()}{security.code}"
    return written if _SYMBOL.fullmatch(written) else None


def beijing(text: str, form: str) -> datetime:
    try:
        found = datetime.strptime(text, form).replace(tzinfo=BEIJING)
    except ValueError:
        raise Garbled(f"no time: {text[:30]!r}") from None
    if found.strftime(form) != text:  # strptime takes 10250 for 10:25:00
        raise Garbled(f"no time: {text[:30]!r}")
    return found


def assembled(
    security: Security,
    prices: Mapping[str, Decimal | None],  # open, last, previous_close, high, low
    book: tuple[Book, Book],  # bids, asks
    turnover: tuple[int, Decimal],  # shares, yuan
    at: datetime,
    now: datetime,
    limits: tuple[Decimal, Decimal] | None = None,
) -> Quote:
    """Put a quote together; before the first trade it stands at the previous close."""
    close = prices["previous_close"]
    if close is None:
        raise Garbled("no previous close")
    last, high, low = _traded(prices, close, turnover[0])
    bids, asks = book
    return checked(
        Quote(
            security=security,
            last=last,
            previous_close=close,
            high=high,
            low=low,
            bid=bids[0].price if bids else None,
            ask=asks[0].price if asks else None,
            volume=turnover[0],
            at=at,
            open=prices["open"],
            amount=turnover[1],
            bids=bids,
            asks=asks,
            limits=limits,
        ),
        now,
    )


def _traded(
    prices: Mapping[str, Decimal | None], close: Decimal, volume: int
) -> tuple[Decimal, Decimal, Decimal]:
    last, high, low = prices["last"], prices["high"], prices["low"]
    if high is None and low is None:
        if volume:
            raise Garbled(f"{volume} shares traded at no price")
        return close, close, close
    if last is None or high is None or low is None:
        raise Garbled("some prices are missing")
    return last, high, low
