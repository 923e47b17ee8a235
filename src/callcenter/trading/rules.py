"""
What the exchanges ask of an order, checked before anything is sent to the counter.

The numbers are rows with the day from which they hold; the functions know none of them. Shares
in their first days, under ST or on an ex-day have other limits; the counter knows those.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from callcenter.domain.accounts import Customer, Permission
from callcenter.domain.errors import Refused
from callcenter.domain.orders import Side
from callcenter.domain.refusals import Refusal
from callcenter.domain.securities import Board, Quote, Security


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRule:
    """What one board asks, from `since` on. Quantities in shares, prices in yuan."""

    since: date
    least: int  # the smallest quantity of a buy
    step: int  # quantities above `least` grow by this; 1 means any
    most: int  # per order
    tick: Decimal
    limit_percent: Decimal  # of the previous close, up and down
    permission: Permission | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeRule:
    """What a trade costs besides its amount, as parts of the amount, from `since` on."""

    since: date
    commission: Decimal
    commission_at_least: Decimal  # yuan, per order and not per fill
    stamp_duty: Decimal  # sells only
    transfer_fee: Decimal


_REVISION: Final = date(
    2026, 7, 6
)  # SSE 上证发〔2026〕41号, SZSE 深证上〔2026〕551号, BSE likewise
_CENT: Final = Decimal("0.01")
_MILL: Final = Decimal("0.001")
_HIGHEST_PRICE: Final = Decimal(1_000_000)  # no security of ours has cost a tenth of it

RULES: Final[Mapping[Board, BoardRule]] = {
    # SSE 3.3.8 (quantity), 3.3.13 (limit); a million per order: Stock Connect pages of the SSE
    Board.SH_MAIN: BoardRule(
        since=_REVISION,
        least=100,
        step=100,
        most=1_000_000,
        tick=_CENT,
        limit_percent=Decimal(10),
    ),
    # SSE 6.6 (limit), 6.7 (200 shares, then one by one; limit orders up to 100,000)
    Board.STAR: BoardRule(
        since=_REVISION,
        least=200,
        step=1,
        most=100_000,
        tick=_CENT,
        limit_percent=Decimal(20),
        permission=Permission.STAR,
    ),
    # SZSE 3.3.8, 3.3.13
    Board.SZ_MAIN: BoardRule(
        since=_REVISION,
        least=100,
        step=100,
        most=1_000_000,
        tick=_CENT,
        limit_percent=Decimal(10),
    ),
    # SZSE 3.3.8; 20 % since 2020-08-24; limit orders up to 300,000
    Board.CHINEXT: BoardRule(
        since=_REVISION,
        least=100,
        step=100,
        most=300_000,
        tick=_CENT,
        limit_percent=Decimal(20),
        permission=Permission.CHINEXT,
    ),
    # BSE 3.3.8 (100 shares, then one by one), 3.3.11 (limit)
    Board.BSE: BoardRule(
        since=_REVISION,
        least=100,
        step=1,
        most=1_000_000,
        tick=_CENT,
        limit_percent=Decimal(30),
        permission=Permission.BSE,
    ),
    # Funds trade like shares, by a thousandth; some listed by the exchange have 20 %
    Board.FUND: BoardRule(
        since=_REVISION,
        least=100,
        step=100,
        most=1_000_000,
        tick=_MILL,
        limit_percent=Decimal(10),
    ),
}

# Stamp duty: 财政部 税务总局公告 2023 年第 39 号, from 2023-08-28. Transfer fee: ChinaClear notice,
# from 2022-04-29. Commission: at most 0.3 % and at least 5 yuan by law, the rate is the broker's;
# handling (经手费) and regulatory fees (证管费) are within it.
SHARE_FEES: Final = FeeRule(
    since=date(2023, 8, 28),
    commission=Decimal("0.0003"),
    commission_at_least=Decimal(5),
    stamp_duty=Decimal("0.0005"),
    transfer_fee=Decimal("0.00001"),
)
# Funds pay neither stamp duty nor transfer fee.
FUND_FEES: Final = FeeRule(
    since=date(2023, 8, 28),
    commission=Decimal("0.0003"),
    commission_at_least=Decimal(5),
    stamp_duty=Decimal(0),
    transfer_fee=Decimal(0),
)

_NO_PERMISSION: Final[Mapping[Permission, Refusal]] = {
    Permission.STAR: Refusal.NO_STAR_PERMISSION,
    Permission.CHINEXT: Refusal.NO_CHINEXT_PERMISSION,
    Permission.BSE: Refusal.NO_BSE_PERMISSION,
}


def rule_of(security: Security) -> BoardRule:
    """Return the rule of the security's board; refuse what cannot be traded at all: an index."""
    rule = RULES.get(security.board)
    if rule is None:
        raise Refused(Refusal.UNKNOWN_SECURITY, code=security.code)
    return rule


def check_tradable(security: Security) -> None:
    """Refuse an index and a suspended security."""
    rule_of(security)
    if security.suspended:
        raise Refused(Refusal.SUSPENDED, code=security.code)


def check_permission(customer: Customer, security: Security) -> None:
    """Refuse a board that the customer has not been admitted to (适当性)."""
    needed = rule_of(security).permission
    if needed is not None and needed not in customer.permissions:
        raise Refused(_NO_PERMISSION[needed])


def price_limits(security: Security, previous_close: Decimal) -> tuple[Decimal, Decimal]:
    """
    Return the lowest and the highest price of the day, rounded half-up to the tick.

    A limit is at least one tick away from the previous close, and never below one tick.
    """
    rule = rule_of(security)
    change = previous_close * rule.limit_percent / 100
    low = min(_to(rule.tick, previous_close - change), previous_close - rule.tick)
    high = max(_to(rule.tick, previous_close + change), previous_close + rule.tick)
    return max(low, rule.tick), high


def check_price(security: Security, quote: Quote | None, price: Decimal) -> None:
    """
    Refuse a price that is none, that is between two ticks, or that is outside the limits.

    Without a quote nobody knows the limits: they are left to the counter.
    """
    rule = rule_of(security)
    if not price.is_finite() or not 0 < price <= _HIGHEST_PRICE:
        raise Refused(Refusal.NOT_A_PRICE)
    if quote is not None:
        _check_limits(security, quote.previous_close, price)
    if price % rule.tick != 0:
        raise Refused(Refusal.WRONG_TICK, tick=rule.tick)


def _check_limits(security: Security, previous_close: Decimal, price: Decimal) -> None:
    low, high = price_limits(security, previous_close)
    if not low <= price <= high:
        raise Refused(Refusal.PRICE_OUTSIDE_LIMITS, low=low, high=high)


def check_quantity(security: Security, side: Side, quantity: int, sellable: int) -> None:
    """Refuse a quantity that the board does not take; `sellable` matters for sells only."""
    rule = rule_of(security)
    if quantity <= 0:
        raise Refused(Refusal.QUANTITY_TOO_SMALL, least=rule.least, unit=rule.step)
    if side is Side.SELL:
        _check_held(quantity, sellable)
    if quantity > rule.most:
        raise Refused(Refusal.QUANTITY_TOO_LARGE, most=rule.most)
    if rule.step > 1:
        _check_lots(rule, quantity, odd=sellable % rule.step if side is Side.SELL else 0)
    else:
        _check_least(rule, quantity, sellable if side is Side.SELL else None)


def most_affordable(money: Decimal, price: Decimal, security: Security) -> int:
    """Return the largest quantity of one buy that `money` pays for, fees included; 0 if none."""
    rule = rule_of(security)
    allowed = range(rule.least, rule.most + 1, rule.step)
    affordable = bisect_right(
        allowed, money, key=lambda quantity: cost(Side.BUY, price, quantity, board=security.board)
    )
    return allowed[affordable - 1] if affordable else 0


def cost(side: Side, price: Decimal, quantity: int, *, board: Board = Board.SH_MAIN) -> Decimal:
    """
    Return what an order takes from the account if it is filled at its price.

    That is the amount and the fees of a buy, and the fees of a sell. All boards of shares
    cost the same; funds cost less.
    """
    fees = fee(side, price, quantity, board=board)
    return price * quantity + fees if side is Side.BUY else fees


def fee(side: Side, price: Decimal, quantity: int, *, board: Board = Board.SH_MAIN) -> Decimal:
    """Return commission, transfer fee and stamp duty, each rounded half-up to the fen."""
    rule = FUND_FEES if board is Board.FUND else SHARE_FEES
    amount = price * quantity
    commission = max(_to(_CENT, amount * rule.commission), rule.commission_at_least)
    duty = amount * rule.stamp_duty if side is Side.SELL else Decimal(0)
    return commission + _to(_CENT, amount * rule.transfer_fee) + _to(_CENT, duty)


def _check_held(quantity: int, sellable: int) -> None:
    if sellable <= 0:
        raise Refused(Refusal.NOTHING_TO_SELL)
    if quantity > sellable:
        raise Refused(Refusal.NOT_ENOUGH_SHARES, sellable=sellable)


def _check_lots(rule: BoardRule, quantity: int, odd: int) -> None:
    """Let whole lots pass, alone or with all of the odd shares held (SSE 上证函〔2014〕301号)."""
    rest = quantity % rule.step
    if rest in (0, odd):
        return
    if odd:
        raise Refused(Refusal.WRONG_ODD_LOT, unit=rule.step, odd=odd)
    raise Refused(Refusal.WRONG_LOT, unit=rule.step)


def _check_least(rule: BoardRule, quantity: int, sellable: int | None) -> None:
    """Let `least` and more pass; a holding below it leaves whole or not at all."""
    if quantity >= rule.least or quantity == sellable:
        return
    if sellable is not None and sellable < rule.least:
        raise Refused(Refusal.WRONG_ODD_LOT, unit=rule.least, odd=sellable)
    raise Refused(Refusal.QUANTITY_TOO_SMALL, least=rule.least, unit=rule.step)


def _to(tick: Decimal, price: Decimal) -> Decimal:
    return (price / tick).quantize(Decimal(1), rounding=ROUND_HALF_UP) * tick
