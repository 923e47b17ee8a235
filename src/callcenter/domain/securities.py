"""The vocabulary of what is traded: markets, securities and their quotes."""

from dataclasses import dataclass
from datetime import date, datetime
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
    SH_B = "sh-b"  # in US dollars
    SZ_B = "sz-b"  # in Hong Kong dollars
    CONVERTIBLE = "convertible"  # bonds 可转债
    REPO = "repo"  # 国债逆回购
    RIGHTS = "rights"  # 配股缴款
    NEW_ISSUE = "new-issue"  # 新股申购


class SecurityKind(StrEnum):
    """What a board does not tell and a rule asks for."""

    ORDINARY = "ordinary"
    WIDE_FUND = "wide-fund"  # on the exchange's list of funds with the wider limits
    REIT = "reit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Security:
    """Something that can be bought; its code is unique within its market only."""

    market: Market
    code: SecurityCode
    name: str
    name_en: str
    board: Board
    suspended: bool = False  # by the exchange
    suspended_by_broker: bool = False
    st: bool = False  # ST and *ST 风险警示
    t0: bool = (
        False  # may be sold on the day it was bought 回转交易; boards that all do need no flag
    )
    listed_on: date | None = None
    delisting_from: date | None = None  # first day of the delisting period 退市整理期
    kind: SecurityKind = SecurityKind.ORDINARY

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
