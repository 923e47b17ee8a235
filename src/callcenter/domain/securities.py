"""The vocabulary of what is traded: markets, securities and their quotes."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NewType

SecurityCode = NewType("SecurityCode", str)


class Market(StrEnum):
    SH = "SH"
    SZ = "SZ"
    BJ = "BJ"


class Board(StrEnum):
    """The board decides quantity, tick and price limits."""

    SH_MAIN = "sh-main"
    STAR = "star"
    SZ_MAIN = "sz-main"
    CHINEXT = "chinext"
    BSE = "bse"
    FUND = "fund"
    INDEX = "index"  # quoted, never traded


@dataclass(frozen=True, slots=True, kw_only=True)
class Security:
    """Something that can be bought; its code is unique within its market only."""

    market: Market
    code: SecurityCode
    name: str
    name_en: str
    board: Board
    suspended: bool = False

    @property
    def id(self) -> str:
        """Market and code, as people write it: SH600000."""
        return f"{self.market}{self.code}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One step of the order book: how many shares are wanted, or offered, at a price."""

    price: Decimal
    volume: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """
    What the market said of a security, and when. Prices in yuan, volume in shares.

    Before the first trade of a day `last`, `high` and `low` are the previous close, as terminals
    show it, and `volume` is 0. A side of the book may be empty, as at a price limit.
    """

    security: Security
    last: Decimal
    previous_close: Decimal
    high: Decimal
    low: Decimal
    bid: Decimal | None  # the best of each side
    ask: Decimal | None
    volume: int
    at: datetime  # the market's own time, not when we asked
    open: Decimal | None = None
    amount: Decimal | None = None  # turnover of the day, yuan
    bids: tuple[Level, ...] = ()  # the best first, as many as the source has; five mostly
    asks: tuple[Level, ...] = ()
    limits: tuple[Decimal, Decimal] | None = None  # of the day, lowest and highest, if told

    @property
    def change(self) -> Decimal:
        return self.last - self.previous_close

    @property
    def change_percent(self) -> Decimal:
        """The change in per cent of the previous close, to two places."""
        return (self.change * 100 / self.previous_close).quantize(Decimal("0.01"))
