"""
The counter's own checks of an order: it trusts nobody's.

On purpose this shares nothing with the checks of `trading.rulebook`, neither numbers nor ways:
a mistake there is refused here, and a test lets the two judge the same orders.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, NamedTuple

from callcenter.domain.accounts import AccountStatus, Permission
from callcenter.domain.orders import Draft, OrderKind, Side
from callcenter.domain.refusals import Refusal
from callcenter.domain.securities import Board, Market, Security
from callcenter.gateways.paper.sessions import (
    CALLS,
    CANCELS,
    FIXED_PRICE,
    FIXED_PRICE_IN_SHENZHEN,
    TRADES,
    Phase,
)


class _Terms(NamedTuple):
    first: int  # the smallest quantity
    then: int  # and the step above it
    last: int  # and the largest
    last_at_market: int  # the largest of an order without a limit
    ticks_per_yuan: int
    percent: int
    refused_without: tuple[Permission, Refusal] | None
    kinds: frozenset[OrderKind] = frozenset()  # besides limit orders


# Which market takes which orders without a limit: OES header of 2020, so a security of Beijing has
# none. At the close after hours: all shares and funds but Beijing's, from 2026-07-06.
_SHANGHAI: Final = frozenset(
    {OrderKind.FIVE_BEST_THEN_LIMIT, OrderKind.FIVE_BEST_THEN_CANCEL, OrderKind.AFTER_HOURS}
)
_STAR: Final = _SHANGHAI | {OrderKind.OTHER_SIDE_BEST, OrderKind.OWN_SIDE_BEST}
_SHENZHEN: Final = frozenset(OrderKind) - {OrderKind.FIVE_BEST_THEN_LIMIT}

_TERMS: Final[Mapping[Board, _Terms]] = {
    Board.SH_MAIN: _Terms(100, 100, 1_000_000, 1_000_000, 100, 10, None, _SHANGHAI),
    Board.SZ_MAIN: _Terms(100, 100, 1_000_000, 1_000_000, 100, 10, None, _SHENZHEN),
    Board.STAR: _Terms(
        200, 1, 100_000, 50_000, 100, 20, (Permission.STAR, Refusal.NO_STAR_PERMISSION), _STAR
    ),
    Board.CHINEXT: _Terms(
        *(100, 100, 300_000, 150_000, 100, 20),
        (Permission.CHINEXT, Refusal.NO_CHINEXT_PERMISSION),
        _SHENZHEN,
    ),
    Board.BSE: _Terms(
        100, 1, 1_000_000, 1_000_000, 100, 30, (Permission.BSE, Refusal.NO_BSE_PERMISSION)
    ),
    Board.FUND: _Terms(100, 100, 1_000_000, 1_000_000, 1000, 10, None),
}


_FREE_DAYS: Final = {
    Board.SH_MAIN: 5,
    Board.SZ_MAIN: 5,
    Board.STAR: 5,
    Board.CHINEXT: 5,
    Board.BSE: 1,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What the books know, under lock, when an order is judged."""

    status: AccountStatus
    permissions: frozenset[Permission]
    bound_numbers: frozenset[str]  # as dialled
    number: str  # that the order came from, as dialled
    usable: Decimal
    sellable: int
    security: Security
    previous_close: Decimal
    phase: Phase = Phase.ALWAYS_OPEN
    free: bool = False  # of price limits, on this day


def judge(draft: Draft, case: Case) -> Refusal | None:
    """Return why the order must not stand, or None."""
    terms = _TERMS.get(case.security.board)
    if terms is None:
        return Refusal.UNKNOWN_SECURITY
    return (
        _customer(case, terms)
        or _state(draft, case)
        or _kind(draft, case, terms)
        or declared(draft.kind, case.security.market, case.phase)
        or _price(draft.price, case, terms)
        or _quantity(draft, case, terms)
        or _cover(draft, case)
    )


def to_freeze(draft: Draft, case: Case) -> Decimal:
    """Return the money that a buy takes at most: the amount, commission and transfer fee."""
    amount = draft.price * draft.quantity
    commission = max(_fen(amount * 3 / 10_000), Decimal("5.00"))
    transfer = Decimal(0) if case.security.board is Board.FUND else _fen(amount / 100_000)
    return amount + commission + transfer


def _customer(case: Case, terms: _Terms) -> Refusal | None:
    if case.status is not AccountStatus.NORMAL:
        return Refusal.ACCOUNT_FROZEN
    if case.bound_numbers and case.number not in case.bound_numbers:
        return Refusal.CALLER_NOT_BOUND
    if terms.refused_without and terms.refused_without[0] not in case.permissions:
        return terms.refused_without[1]
    return None


def _kind(draft: Draft, case: Case, terms: _Terms) -> Refusal | None:
    if draft.kind is OrderKind.LIMIT:
        return None
    kinds = terms.kinds
    if case.security.board is Board.FUND:
        kinds = _SHANGHAI if case.security.market is Market.SH else _SHENZHEN
    if draft.kind not in kinds:
        return Refusal.ORDER_KIND_NOT_ALLOWED
    if draft.kind is OrderKind.AFTER_HOURS:
        return None
    if Permission.MARKET_ORDER not in case.permissions:
        return Refusal.NO_MARKET_ORDER_PERMISSION
    if case.free:
        return Refusal.MARKET_ORDER_NEEDS_LIMITS
    return Refusal.QUANTITY_TOO_LARGE if draft.quantity > terms.last_at_market else None


def _state(draft: Draft, case: Case) -> Refusal | None:
    if case.security.suspended:
        return Refusal.SUSPENDED
    if case.security.suspended_by_broker:
        return Refusal.SUSPENDED_BY_BROKER
    if case.security.st and draft.side is Side.BUY and Permission.ST not in case.permissions:
        return Refusal.NO_ST_PERMISSION
    return None


def declared(kind: OrderKind, market: Market, phase: Phase) -> Refusal | None:
    """Say whether a market takes such an order at all in this phase, or why not."""
    if kind is OrderKind.AFTER_HOURS:
        return None if phase in _fixed_price(market) else Refusal.MARKET_CLOSED
    if phase in TRADES:
        return None
    if phase in CALLS:
        return None if kind is OrderKind.LIMIT else Refusal.MARKET_ORDER_NOT_NOW
    if phase in {Phase.OPENING, Phase.LUNCH}:
        return Refusal.NO_ORDERS_NOW
    return Refusal.MARKET_CLOSED


def takes_cancels(kind: OrderKind, market: Market, phase: Phase) -> bool:
    return phase in (_fixed_price(market) if kind is OrderKind.AFTER_HOURS else CANCELS)


def _fixed_price(market: Market) -> frozenset[Phase]:
    return FIXED_PRICE_IN_SHENZHEN if market is Market.SZ else FIXED_PRICE


def limits_of(board: Board, close: Decimal) -> tuple[Decimal, Decimal]:
    """Return the lowest and the highest price of the day, in yuan."""
    terms = _TERMS[board]
    lowest, highest = _limits(close, terms)
    return Decimal(lowest) / terms.ticks_per_yuan, Decimal(highest) / terms.ticks_per_yuan


class Listed(NamedTuple):
    on: date | None
    delisting_from: date | None


def is_free(
    board: Board, listed: Listed, day: date, is_trading_day: Callable[[date], bool]
) -> bool:
    """
    Tell whether a security has no price limits on a day.

    It has none on its first five trading days (main boards from 2023-04-10, SSE and SZSE 3.3.15),
    one in Beijing, nor on the first one of its delisting period there.
    """
    days = _FREE_DAYS.get(board, 0)
    if not days:
        return False
    if listed.delisting_from == day and board is not Board.BSE:
        return True
    if listed.on is None or not listed.on <= day <= listed.on + timedelta(days=30):
        return False
    ahead = (listed.on + timedelta(days=n) for n in range((day - listed.on).days + 1))
    return sum(map(is_trading_day, ahead)) <= days


def tick_of(board: Board) -> Decimal:
    return 1 / Decimal(_TERMS[board].ticks_per_yuan)


def _limits(close: Decimal, terms: _Terms) -> tuple[int, int]:
    base = int(close * terms.ticks_per_yuan)
    lowest = min((2 * base * (100 - terms.percent) + 100) // 200, base - 1)
    highest = max((2 * base * (100 + terms.percent) + 100) // 200, base + 1)
    return lowest, highest


def _price(price: Decimal, case: Case, terms: _Terms) -> Refusal | None:
    if price >= case.previous_close * 1000:  # before it is counted in ticks: it may be absurd
        return Refusal.PRICE_OUTSIDE_LIMITS
    ticks = price * terms.ticks_per_yuan
    lowest, highest = _limits(case.previous_close, terms)
    if not case.free and not lowest <= ticks <= highest:
        return Refusal.PRICE_OUTSIDE_LIMITS
    return None if ticks == int(ticks) else Refusal.WRONG_TICK


def _quantity(draft: Draft, case: Case, terms: _Terms) -> Refusal | None:
    quantity, held = draft.quantity, case.sellable
    if draft.side is Side.SELL and held < quantity:
        return Refusal.NOT_ENOUGH_SHARES if held else Refusal.NOTHING_TO_SELL
    if quantity > terms.last:
        return Refusal.QUANTITY_TOO_LARGE
    odd = _odd_shares(held, terms) if draft.side is Side.SELL else 0
    if _is_whole(quantity, terms) or _is_whole(quantity - odd, terms):
        return None
    if odd:
        return Refusal.WRONG_ODD_LOT
    return Refusal.WRONG_LOT if terms.then > 1 else Refusal.QUANTITY_TOO_SMALL


def _is_whole(quantity: int, terms: _Terms) -> bool:
    above = quantity - terms.first
    return quantity == 0 or (above >= 0 and above % terms.then == 0)


def _odd_shares(held: int, terms: _Terms) -> int:
    """Return the part of a holding that leaves in one order only."""
    if terms.then > 1:
        return held % terms.then
    return held if held < terms.first else 0


def _cover(draft: Draft, case: Case) -> Refusal | None:
    if draft.side is Side.BUY and to_freeze(draft, case) > case.usable:
        return Refusal.NOT_ENOUGH_MONEY
    return None  # shares were looked at with the quantity


def _fen(yuan: Decimal) -> Decimal:
    return yuan.quantize(Decimal("0.01"), ROUND_HALF_UP)
