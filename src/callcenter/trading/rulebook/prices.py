"""Ticks, price limits with the ex-right reference, halts, and the price cage."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Final

from callcenter.domain.errors import Fact
from callcenter.domain.orders import OrderKind, Side
from callcenter.domain.refusals import Refusal
from callcenter.trading.rulebook.case import Case, LiveBook
from callcenter.trading.rulebook.rows import Rule
from callcenter.trading.rulebook.values import AuctionBound, Cage, Halt, PriceLimit, Reference
from callcenter.trading.rulebook.verdict import (
    Clause,
    judged,
    passed,
    refused,
    skipped,
    unknown,
    warned,
)
from callcenter.trading.rulebook.words import Rounding

_REMEMBERED: Final = 16_384  # all securities of a day, and more

Bounds = tuple[Decimal | None, Decimal | None]


def to_tick(price: Decimal, tick: Decimal, rounding: Rounding = Rounding.HALF_UP) -> Decimal:
    """Return the price as a multiple of the tick."""
    how = ROUND_HALF_UP if rounding is Rounding.HALF_UP else ROUND_DOWN
    return (price / tick).quantize(Decimal(1), rounding=how) * tick


def ex_right_reference(
    close: Decimal,
    tick: Decimal,
    *,
    cash: Decimal = Decimal(0),
    bonus: Decimal = Decimal(0),
    rights: Decimal = Decimal(0),
    rights_price: Decimal = Decimal(0),
    rounding: Rounding = Rounding.HALF_UP,
) -> Decimal:
    """
    Return the reference price of an ex-day (SSE 4.3.2, SZSE 4.4.2), from which limits count.

    `cash`, `bonus` and `rights` are per share held; all prices in yuan.
    """
    worth = close - cash + rights_price * rights
    return to_tick(worth / (1 + bonus + rights), tick, rounding)


@lru_cache(_REMEMBERED)
def bounds(limit: PriceLimit, reference: Decimal, tick: Decimal) -> Bounds:
    """Return the lowest and the highest price of the day; None where there is no limit."""
    least = limit.at_least_ticks * tick
    low = high = None
    if limit.down is not None:
        low = min(to_tick(reference * (100 - limit.down) / 100, tick), reference - least)
        low = max(low, tick)
    if limit.up is not None:
        high = max(to_tick(reference * (100 + limit.up) / 100, tick), reference + least)
    return low, high


def check_price(case: Case) -> Clause:
    price, rule = case.order.price, case.tables.ticks.find(case.on, case.order.security.board)
    most = None if rule is None else rule.values.highest
    fine = price.is_finite() and price > 0 and (most is None or price <= most)
    return judged("price", fine, Refusal.NOT_A_PRICE, price=str(price))


def check_tick(case: Case) -> Clause:
    board = case.order.security.board
    rule = case.tables.ticks.find(case.on, board)
    if rule is None:
        return unknown("tick", is_known=case.tables.ticks.knows(board))
    if case.order.price % rule.values.tick == 0:
        return passed("tick", rule.row, tick=rule.values.tick)
    return refused("tick", Refusal.WRONG_TICK, rule.row, facts={"tick": rule.values.tick})


def nearest_prices(price: Decimal, tick: Decimal, limits: Bounds) -> Sequence[Decimal]:
    """Return the prices on a tick next to this one, inside the limits as far as they are known."""
    below = to_tick(price, tick, Rounding.DOWN)
    low, high = limits
    around = (below, below + tick)
    return [
        one
        for one in around
        if one > 0 and (low is None or one >= low) and (high is None or one <= high)
    ]


def check_limits(case: Case) -> Clause:
    security, tick = case.order.security, case.tick
    if not case.tables.limits.begins(security.board):
        return passed("limits", status="none")
    rule = case.limit
    if rule is None or tick is None:
        return refused("limits", Refusal.RULES_MISSING, used={"status": case.status.value})
    if rule.values.up is None and rule.values.down is None:
        return passed("limits", rule.row, status=case.status.value)
    if case.order.reference is None:
        return skipped("limits", rule.row, status=case.status.value)
    low, high = bounds(rule.values, case.order.reference, tick)
    return _within(case, rule, low, high)


def _within(
    case: Case, rule: Rule[PriceLimit], low: Decimal | None, high: Decimal | None
) -> Clause:
    price, facts = case.order.price, _told(low=low, high=high)
    used: dict[str, Fact] = {"status": case.status.value, "reference": str(case.order.reference)}
    if (low is None or low <= price) and (high is None or price <= high):
        return passed("limits", rule.row, **used, **facts)
    return refused("limits", Refusal.PRICE_OUTSIDE_LIMITS, rule.row, facts=facts, used=used)


def _told(**values: Decimal | None) -> dict[str, Fact]:
    return {name: value for name, value in values.items() if value is not None}


def check_cage(case: Case, is_continuous: bool) -> Clause | None:
    """Judge by the live book if there is one; warn if there is none. None if no cage holds."""
    rule, tick = case.tables.cages.find(case.on, case.order.security.board), case.tick
    if rule is None or tick is None or not is_continuous:
        return None
    if case.order.kind is not OrderKind.LIMIT:
        return None
    if rule.values.per_cent is None:
        return passed("cage", rule.row)
    if case.order.live is None:
        return warned("cage", rule.row, why="no live book: the counter decides")
    return _judge_cage(case, case.order.live, rule, tick)


def _judge_cage(case: Case, live: LiveBook, rule: Rule[Cage], tick: Decimal) -> Clause:
    reference = cage_reference(rule.values, case.order.side, live, case.order.reference)
    if reference is None:
        return skipped("cage", rule.row)
    edge = cage_edge(rule.values, case.order.side, reference, tick)
    price, is_buy = case.order.price, case.order.side is Side.BUY
    if (price <= edge) if is_buy else (price >= edge):
        return passed("cage", rule.row, reference=reference, edge=edge)
    if rule.values.outside == "parked":
        return warned("cage", rule.row, reference=reference, edge=edge, why="parked")
    used: dict[str, Fact] = {"reference": reference, "edge": edge}
    return refused("cage", Refusal.PRICE_OUTSIDE_CAGE, rule.row, used=used)


def cage_reference(
    cage: Cage, side: Side, live: LiveBook, previous_close: Decimal | None
) -> Decimal | None:
    """Return the first price of the row's list that there is."""
    prices = {
        "ask": live.ask,
        "bid": live.bid,
        "last": live.last,
        "previous-close": previous_close,
    }
    order: Sequence[str] = cage.buy_reference if side is Side.BUY else cage.sell_reference
    return next((price for name in order if (price := prices[name])), None)


def cage_edge(cage: Cage, side: Side, reference: Decimal, tick: Decimal) -> Decimal:
    """Return the highest price of a buy, or the lowest of a sell."""
    per_cent = cage.per_cent or Decimal(0)
    if side is Side.BUY:
        by_part = to_tick(reference * (100 + per_cent) / 100, tick)
        return max(by_part, reference + cage.ticks * tick) if cage.ticks else by_part
    by_part = to_tick(reference * (100 - per_cent) / 100, tick)
    return min(by_part, reference - cage.ticks * tick) if cage.ticks else by_part


def check_auction_bound(case: Case, bound: Rule[AuctionBound] | None) -> Clause | None:
    """Warn of a buy that would sit out the opening auction of a day without limits."""
    issue_price = case.order.issue_price
    if bound is None or issue_price is None or case.order.side is Side.SELL:
        return None
    most = issue_price * bound.values.most_per_cent / 100
    if case.order.price <= most:
        return passed("opening auction", bound.row, most=most)
    return warned("opening auction", bound.row, most=most, why="it waits until 9:30")


def check_halt(rule: Rule[Halt], opened: Decimal, price: Decimal) -> Clause:
    """Tell whether a price of a day without limits halts trading, and for how long."""
    moved = abs(price - opened) * 100 / opened
    reached = [step for step in rule.values.steps if moved >= step]
    if not reached:
        return passed("halt", rule.row, moved=moved)
    return refused(
        "halt", Refusal.TRADING_HALTED, rule.row, used={"moved": moved, "step": reached[-1]}
    )


def check_reference(rule: Rule[Reference], ours: Decimal, theirs: Decimal) -> Clause:
    """Compare the reference price that a feed or a counter uses with our own."""
    fine = ours == theirs
    return judged("reference", fine, Refusal.COUNTER_FAULT, rule.row, ours=ours, theirs=theirs)
