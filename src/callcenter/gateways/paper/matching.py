"""
Who is filled at which price and with how much, decided from one look at the market.

Orders meet the market's quote and never each other: nobody practises against another customer.
How much the market has at a price is made up, from a seed and the state of the first order alone,
so the same books come to the same fills.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Final

from callcenter.domain.orders import ClientOrderId, OrderKind, Side
from callcenter.gateways.paper.sessions import Phase

LEVELS: Final = 5  # that an order "of the best five" may take
_DEPTH: Final = 10  # that there are
_LOT: Final = 100
_STAY: Final = frozenset(
    {OrderKind.LIMIT, OrderKind.OTHER_SIDE_BEST, OrderKind.OWN_SIDE_BEST, OrderKind.AFTER_HOURS}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resting:
    """An order that waits for its other side."""

    client_id: ClientOrderId
    contract: int
    side: Side
    kind: OrderKind
    price: Decimal  # the worst that it accepts
    works_at: Decimal | None  # its limit; None while an order without one has seen no market
    rest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """One look at the market of a security. A bid or ask of 0 is an empty side."""

    last: Decimal
    bid: Decimal
    ask: Decimal
    tick: Decimal
    lowest: Decimal  # of the day's price limits
    highest: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What makes up how much there is at a price."""

    seed: str
    most_lots: int = 60  # of a hundred


@dataclass(frozen=True, slots=True)
class Deal:
    client_id: ClientOrderId
    quantity: int
    price: Decimal


@dataclass(slots=True)
class Outcome:
    """What comes of a look: deals in their order, new limits, and who is done with the rest."""

    deals: list[Deal] = field(default_factory=list)
    limits: dict[ClientOrderId, Decimal] = field(default_factory=dict)
    ended: list[ClientOrderId] = field(default_factory=list)


@dataclass(slots=True)
class _Level:
    price: Decimal
    left: int


def match(orders: Sequence[Resting], market: Market, phase: Phase, made: Made) -> Outcome:
    """Return what comes of these orders of one security in this phase of the day."""
    outcome = Outcome()
    for side in Side:
        mine = sorted((order for order in orders if order.side is side), key=_priority)
        match phase:
            case Phase.CONTINUOUS:
                _trade(mine, market, side, made, outcome)
            case Phase.OPENING | Phase.CLOSING:
                _call(mine, market, outcome)
            case Phase.AFTER_HOURS:
                _at_the_close(mine, market, outcome)
            case Phase.ALWAYS_OPEN:
                _trade(mine, market, side, made, outcome)
                _at_the_close(mine, market, outcome)
            case _:
                pass
    return outcome


def _priority(order: Resting) -> tuple[Decimal, int]:
    """Better prices first, then who came first; one without a limit is at any price."""
    if order.works_at is None:
        return Decimal("-Infinity"), order.contract
    limit = order.works_at
    return limit if order.side is Side.SELL else -limit, order.contract


def _trade(
    orders: Sequence[Resting], market: Market, side: Side, made: Made, outcome: Outcome
) -> None:
    if not orders:
        return
    first = orders[0]
    random = Random(f"{made.seed}/{first.contract}/{first.rest}")  # noqa: S311  (no secret)
    ladder = _ladder(market, side, random, made.most_lots)
    for order in orders:
        if order.kind is OrderKind.AFTER_HOURS:
            continue
        _take(order, _limit_of(order, market), ladder, outcome)


def _take(order: Resting, limit: Decimal | None, ladder: list[_Level], outcome: Outcome) -> None:
    """Let the order take from the ladder what its kind allows, and say what becomes of the rest."""
    if limit is None:
        outcome.ended.append(order.client_id)
        return
    levels = _reachable(order, limit, ladder)
    if order.kind is OrderKind.FILL_OR_KILL and sum(level.left for level in levels) < order.rest:
        outcome.ended.append(order.client_id)
        return
    deals = list(_deals(order, levels))
    outcome.deals += deals
    left = order.rest - sum(deal.quantity for deal in deals)
    if left and order.kind not in _STAY | {OrderKind.FIVE_BEST_THEN_LIMIT}:
        outcome.ended.append(order.client_id)
    elif left and order.works_at is None:
        outcome.limits[order.client_id] = deals[-1].price if deals else limit


def _limit_of(order: Resting, market: Market) -> Decimal | None:
    """Return at which price the order works; None if its kind finds no price to take on."""
    if order.works_at is not None:
        return order.works_at
    buys = order.side is Side.BUY
    other, own = (market.ask, market.bid) if buys else (market.bid, market.ask)
    if order.kind is OrderKind.OWN_SIDE_BEST:
        best = own
    elif order.kind is OrderKind.OTHER_SIDE_BEST:
        best = other
    else:
        return order.price if other else None
    if not best:
        return None
    return min(best, order.price) if buys else max(best, order.price)


def _reachable(order: Resting, limit: Decimal, ladder: list[_Level]) -> list[_Level]:
    if order.kind in {OrderKind.FILL_AND_KILL, OrderKind.FILL_OR_KILL}:
        levels = ladder
    else:
        levels = ladder[:LEVELS]
    buys = order.side is Side.BUY
    return [level for level in levels if (level.price <= limit if buys else level.price >= limit)]


def _deals(order: Resting, levels: Iterable[_Level]) -> Iterator[Deal]:
    rest = order.rest
    for level in levels:
        quantity = min(rest, level.left)
        if quantity:
            level.left -= quantity
            rest -= quantity
            yield Deal(order.client_id, quantity, level.price)


def _ladder(market: Market, side: Side, random: Random, most_lots: int) -> list[_Level]:
    """Return what the market offers to a side, the best first, inside the day's limits."""
    best, step = (market.ask, market.tick) if side is Side.BUY else (market.bid, -market.tick)
    if not best:
        return []
    prices = (best + step * away for away in range(_DEPTH))
    return [
        _Level(price, random.randint(1, most_lots) * _LOT)
        for price in prices
        if market.lowest <= price <= market.highest
    ]


def _call(orders: Iterable[Resting], market: Market, outcome: Outcome) -> None:
    """Fill whoever accepts the one price of a call auction."""
    for order in orders:
        if order.kind is not OrderKind.AFTER_HOURS and _accepts(order, market.last):
            outcome.deals.append(Deal(order.client_id, order.rest, market.last))


def _at_the_close(orders: Iterable[Resting], market: Market, outcome: Outcome) -> None:
    for order in orders:
        if order.kind is OrderKind.AFTER_HOURS and _accepts(order, market.last):
            outcome.deals.append(Deal(order.client_id, order.rest, market.last))


def _accepts(order: Resting, price: Decimal) -> bool:
    if order.works_at is None:
        return False
    return price <= order.works_at if order.side is Side.BUY else price >= order.works_at
