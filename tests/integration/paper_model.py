"""
What the books of the paper counter must be, kept by hand.

Written from the rules alone and sharing nothing with the counter but the domain's words: it hears
what a customer hears (answers and events) and keeps its own account of money and shares.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from callcenter.domain.fills import Fill
from callcenter.domain.orders import ClientOrderId, Order, Side
from callcenter.trading.ports import CounterEvent, CounterOrder

FEN = Decimal("0.01")


def to_fen(yuan: Decimal) -> Decimal:
    return yuan.quantize(FEN, ROUND_HALF_UP)


def fees_of(side: Side, turnover: Decimal) -> Decimal:
    """Of shares: commission of at least 5 yuan, transfer fee, stamp duty of a sale."""
    if not turnover:
        return Decimal(0)
    fees = max(Decimal(5), to_fen(turnover * 3 / 10_000)) + to_fen(turnover / 100_000)
    if side is Side.BUY:
        return fees
    return min(fees + to_fen(turnover * 5 / 10_000), to_fen(turnover))


def price_of(turnover: Decimal) -> Decimal:
    """What a buy costs in all."""
    return to_fen(turnover) + fees_of(Side.BUY, turnover)


@dataclass
class Purse:
    usable: Decimal
    frozen: Decimal = Decimal(0)
    proceeds: Decimal = Decimal(0)


@dataclass
class Holding:
    total: int = 0
    sellable: int = 0
    frozen: int = 0


@dataclass
class Standing:
    order: Order
    filled: int = 0
    turnover: Decimal = Decimal(0)
    frozen: Decimal = Decimal(0)  # money of a buy
    live: bool = True

    @property
    def rest(self) -> int:
        return self.order.draft.quantity - self.filled


@dataclass
class Model:
    """The books of some accounts."""

    purses: dict[str, Purse]
    holdings: defaultdict[tuple[str, str], Holding] = field(
        default_factory=lambda: defaultdict(Holding)
    )
    orders: dict[ClientOrderId, Standing] = field(default_factory=dict)
    fills: set[object] = field(default_factory=set)

    def would_stand(self, order: Order) -> bool:
        """Tell whether money or shares are there; price and quantity are taken to be right."""
        draft = order.draft
        if draft.side is Side.BUY:
            return price_of(draft.price * draft.quantity) <= self.purses[draft.account].usable
        return draft.quantity <= self.holdings[draft.account, draft.security.id].sellable

    def accepted(self, order: Order) -> None:
        if order.client_id in self.orders:
            return
        draft = order.draft
        standing = self.orders[order.client_id] = Standing(order=order)
        if draft.side is Side.BUY:
            standing.frozen = price_of(draft.price * draft.quantity)
            purse = self.purses[draft.account]
            purse.usable -= standing.frozen
            purse.frozen += standing.frozen
        else:
            held = self.holdings[draft.account, draft.security.id]
            held.sellable -= draft.quantity
            held.frozen += draft.quantity

    def hear(self, event: CounterEvent, *, day_is_over: bool = False) -> None:
        """Take in what the counter tells; a fill that is told twice counts once."""
        match event.of:
            case Fill() as fill if fill.key not in self.fills:
                self.fills.add(fill.key)
                self._fill(self.orders[fill.client_id], fill)
            case CounterOrder() as word if word.accepted:
                standing = self.orders[word.client_id]
                assert word.filled <= standing.order.draft.quantity
                assert word.expired == (day_is_over and bool(word.cancelled))
                if word.cancelled is not None and standing.live:
                    self._end(standing, word.cancelled)
            case _:
                pass

    def settle(self) -> None:
        """Roll the day; the orders that expire are told by events."""
        for purse in self.purses.values():
            purse.proceeds = Decimal(0)
        for held in self.holdings.values():
            held.sellable = held.total - held.frozen

    def _fill(self, standing: Standing, fill: Fill) -> None:
        draft = standing.order.draft
        assert fill.quantity <= standing.rest
        buys = draft.side is Side.BUY
        assert fill.price <= draft.price if buys else fill.price >= draft.price
        before, after = standing.turnover, standing.turnover + fill.price * fill.quantity
        standing.turnover, standing.filled = after, standing.filled + fill.quantity
        purse, held = self.purses[draft.account], self.holdings[draft.account, draft.security.id]
        if buys:
            kept = price_of(after + standing.rest * draft.price) - price_of(after)
            purse.usable += standing.frozen - kept - (price_of(after) - price_of(before))
            purse.frozen += kept - standing.frozen
            standing.frozen = kept
            held.total += fill.quantity
            return
        fee = fees_of(Side.SELL, after) - fees_of(Side.SELL, before)
        gained = to_fen(after) - to_fen(before) - fee
        purse.usable += gained
        purse.proceeds += gained
        held.total -= fill.quantity
        held.frozen -= fill.quantity

    def _end(self, standing: Standing, cancelled: int) -> None:
        assert cancelled == standing.rest
        standing.live = False
        draft = standing.order.draft
        if draft.side is Side.BUY:
            self.purses[draft.account].usable += standing.frozen
            self.purses[draft.account].frozen -= standing.frozen
            standing.frozen = Decimal(0)
            return
        held = self.holdings[draft.account, draft.security.id]
        held.sellable += cancelled
        held.frozen -= cancelled
