"""What the rows of each table say. Quantities in shares, prices in yuan, rates in per cent."""

from dataclasses import dataclass
from datetime import time
from decimal import Decimal

from callcenter.domain.accounts import Permission
from callcenter.domain.orders import OrderKind, Side
from callcenter.domain.refusals import Refusal
from callcenter.domain.securities import Board
from callcenter.trading.rulebook.words import Matching, OddLots, Rounding


def _need(fine: bool, what: str) -> None:
    if not fine:
        raise ValueError(what)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRange:
    board: Board
    what: str
    currency: str = "CNY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    least: int  # of a buy
    step: int  # above `least`; 1 means any
    most: int  # per limit order
    most_at_market: int  # per market order
    odd_lots: OddLots

    def __post_init__(self) -> None:
        _need(0 < self.step <= self.least <= self.most, "needs 0 < step <= least <= most")
        _need(self.least <= self.most_at_market, "needs least <= most_at_market")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """From when on an order is a block trade 大宗交易; either suffices."""

    least: int
    least_amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    tick: Decimal
    highest: Decimal  # above this nobody means a price, whatever the limits are

    def __post_init__(self) -> None:
        _need(0 < self.tick <= 1, "needs 0 < tick <= 1")
        _need(self.highest > 1, "needs highest above 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceLimit:
    """Per cent of the reference price; None is no limit. `days` is how long the status lasts."""

    up: Decimal | None
    down: Decimal | None
    days: int = 0
    at_least_ticks: int = 1

    def __post_init__(self) -> None:
        _need(self.up is None or 0 < self.up <= 100, "needs 0 < up <= 100")
        _need(self.down is None or 0 < self.down < 100, "needs 0 < down < 100")
        _need(self.days >= 0 and self.at_least_ticks >= 0, "needs days and ticks of 0 or more")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """How the ex-right reference price is rounded to the tick."""

    rounding: Rounding


@dataclass(frozen=True, slots=True, kw_only=True)
class Halt:
    """Steps away from the opening price, in per cent, at which trading halts for a while."""

    steps: tuple[Decimal, ...]
    minutes: int | None
    resumes_by: time


@dataclass(frozen=True, slots=True, kw_only=True)
class AuctionBound:
    """A buy above this part of the issue price sits out the opening auction."""

    most_per_cent: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Cage:
    """How far a limit order may be from the reference of the book; None: there is no cage."""

    per_cent: Decimal | None
    ticks: int = 0  # the wider of the two counts
    outside: str = "void"  # or "parked"
    buy_reference: tuple[str, ...] = ()
    sell_reference: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _need(self.per_cent is None or 0 < self.per_cent < 100, "needs 0 < per_cent < 100")
        _need(self.outside in ("void", "parked"), "outside must be void or parked")
        known = {"ask", "bid", "last", "previous-close"}
        _need({*self.buy_reference, *self.sell_reference} <= known, f"references are {known}")


@dataclass(frozen=True, slots=True, kw_only=True)
class KindOfOrder:
    matching: tuple[Matching, ...]  # in which it is taken
    at_market: bool
    needs_limits: bool = False  # not on days without an upper limit
    protection_price: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A part of the trading day. It ends where the next begins."""

    phase: str
    start: time
    end: time
    orders: bool  # whether they are accepted
    cancels: bool
    matching: Matching

    def __post_init__(self) -> None:
        _need(self.start < self.end, "needs start < end")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    sell_after_days: int  # 0: what was bought today may be sold today

    def __post_init__(self) -> None:
        _need(self.sell_after_days >= 0, "needs sell_after_days of 0 or more")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proceeds:
    """Trading days after which the money of a sale can be used, and withdrawn."""

    usable_after_days: int
    withdrawable_after_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    per_cent: Decimal
    least: Decimal = Decimal(0)  # per order, however many fills
    inside_commission: bool = False  # the commission pays it
    to: Decimal = Decimal("0.01")  # rounded half-up to this

    def __post_init__(self) -> None:
        _need(0 <= self.per_cent <= 1, "needs 0 <= per_cent <= 1")
        _need(self.least >= 0 and self.to > 0, "needs least >= 0 and to > 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    refusal: Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What a security may be besides tradable; trading days that it may last, if it trades."""

    refusal: Refusal
    days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Suitability:
    """What a customer must have been given; what it takes to get it is for the branch."""

    permission: Permission
    refusal: Refusal
    assets: Decimal | None = None
    years: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NamePrefix:
    """What the beginning of a name tells, and on which trading days since the listing."""

    meaning: str
    first_day: int | None = None
    last_day: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """Subscription of new shares 新股申购 by market value."""

    unit: int
    value_per_unit: Decimal
    least_value: Decimal  # average over `days`, to the second trading day before
    days: int
    orders_per_person: int
    cancellable: bool
    pay_after_days: int
    pay_by: time
    misses: int  # within `misses_months`
    misses_months: int
    barred_months: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """Rights issue 配股. `days` trading days from the one after the record date."""

    side: Side
    cancellable: bool
    days: int
    rounding: Rounding


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFund:
    by: str  # amount or shares
    until: time  # later is the next day's value
    confirmed_after_days: int

    def __post_init__(self) -> None:
        _need(self.by in ("amount", "shares"), "by must be amount or shares")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """When the broker takes orders for the next day 隔夜委托, and what becomes of them."""

    start: time
    end: time
    kinds: tuple[OrderKind, ...]
    checked_at: time
    sent_at: time
    survives_suspension: bool

    def __post_init__(self) -> None:
        _need(self.start < self.end, "needs start < end")
        _need(self.checked_at <= self.sent_at, "needs checked_at <= sent_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferHours:
    start: time
    end: time
    trading_days_only: bool = True

    def __post_init__(self) -> None:
        _need(self.start < self.end, "needs start < end")


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferLimit:
    single: Decimal
    day: Decimal

    def __post_init__(self) -> None:
        _need(0 < self.single <= self.day, "needs 0 < single <= day")


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferPasswords:
    passwords: tuple[str, ...]

    def __post_init__(self) -> None:
        _need({*self.passwords} <= {"trade", "fund", "bank"}, "passwords: trade, fund, bank")


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferFlow:
    at_once: int  # transfers of an account that may be under way
    withdrawable_only: bool
