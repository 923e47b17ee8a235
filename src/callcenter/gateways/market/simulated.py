"""A market that nobody has to be connected to: it stands still, or it walks at random."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import floor, sqrt
from typing import Final

from callcenter.domain.clock import BEIJING, Clock, trade_date
from callcenter.domain.securities import Level, Quote, Security
from callcenter.trading.ports import MarketFeed

_LEVELS: Final = 5
_LOT: Final = 100
_STEP: Final = timedelta(seconds=5)
_STEPS_A_DAY: Final = timedelta(days=1) // _STEP
_DAILY_SWING: Final = 0.02  # standard deviation of a day, as a part of the price
_MOST_LOTS: Final = 200  # of one step of the book
_BUSIEST_LOTS: Final = 40  # traded in a step, on average


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRange:
    """Where prices may be today: multiples of the tick between the limits."""

    tick: Decimal
    lowest: Decimal
    highest: Decimal


RangeOf = Callable[[Security, Decimal], DayRange]  # of a security and its previous close


class SimulatedFeed(MarketFeed):
    """
    Quotes around those of `base`, which tells where each security stands.

    If it walks, each day begins at the previous close at midnight and takes a step every five
    seconds, day and night. Seed, security, previous close and time decide everything: two feeds
    with the same say the same, whatever they were asked before. What is suspended stands still.
    """

    def __init__(
        self, base: MarketFeed, range_of: RangeOf, clock: Clock, *, walks: bool, seed: int = 1
    ) -> None:
        self._base = base
        self._range_of = range_of
        self._clock = clock
        self._walks = walks
        self._seed = seed
        self._walks_of: dict[str, _Walk] = {}

    async def quotes(self, securities: Sequence[Security]) -> Mapping[str, Quote]:
        """Raise what `base` raises."""
        stand = await self._base.quotes(securities)
        return {name: self._quote(quote) for name, quote in stand.items()}

    def _quote(self, base: Quote) -> Quote:
        prices = self._range_of(base.security, base.previous_close)
        if not self._walks or base.security.suspended:
            return self._standing(base, prices)
        now = self._clock.now().astimezone(BEIJING)
        walk = self._walk_of(base, prices, trade_date(now))
        walk.go_to((now - _midnight(walk.day)) // _STEP)
        return walk.quote(base)

    def _standing(self, base: Quote, prices: DayRange) -> Quote:
        lots = random.Random(f"{self._seed}:{base.security.id}:book")  # noqa: S311 - no secret
        best = (None, None) if base.security.suspended else (base.bid, base.ask)
        bids, asks = _book(*best, prices, lots)
        limits = (prices.lowest, prices.highest)
        opened = base.open or min(max(base.previous_close, base.low), base.high)
        return replace(base, open=opened, bids=bids, asks=asks, limits=limits)

    def _walk_of(self, base: Quote, prices: DayRange, day: date) -> "_Walk":
        """Return the walk of the day, from its beginning if time went back."""
        kept = self._walks_of.get(base.security.id)
        beginning = (day, base.previous_close, prices)
        if kept is None or kept.beginning != beginning or self._steps_back(kept):
            key = f"{self._seed}:{base.security.id}:{day}"
            kept = _Walk(key=key, beginning=beginning)
            self._walks_of[base.security.id] = kept
        return kept

    def _steps_back(self, walk: "_Walk") -> bool:
        return (self._clock.now() - _midnight(walk.day)) // _STEP < walk.step


@dataclass(slots=True, kw_only=True)
class _Walk:
    """One security on one day. Prices are whole ticks, so no price is ever between two."""

    key: str
    beginning: tuple[date, Decimal, DayRange]
    step: int = 0
    ticks: int = field(init=False)
    high: int = field(init=False)
    low: int = field(init=False)
    volume: int = 0
    ticks_traded: int = 0  # sum of price times volume
    _lots: int = field(init=False)  # traded in a step, on average
    _noise: random.Random = field(init=False)

    def __post_init__(self) -> None:
        _, close, prices = self.beginning
        self.ticks = self.high = self.low = int(close / prices.tick)
        self._noise = random.Random(self.key)  # noqa: S311 - no secret
        self._lots = self._noise.randint(1, _BUSIEST_LOTS)

    @property
    def day(self) -> date:
        return self.beginning[0]

    def go_to(self, step: int) -> None:
        _, _, prices = self.beginning
        lowest, highest = int(prices.lowest / prices.tick), int(prices.highest / prices.tick)
        swing = self.ticks_a_step()
        noise = self._noise.random
        while self.step < step:
            move = (noise() + noise() + noise() - 1.5) * swing
            self.ticks = min(max(self.ticks + floor(move + noise()), lowest), highest)
            self.high, self.low = max(self.high, self.ticks), min(self.low, self.ticks)
            traded = int(noise() * (2 * self._lots + 1)) * _LOT
            self.volume += traded
            self.ticks_traded += traded * self.ticks
            self.step += 1

    def ticks_a_step(self) -> float:
        """Return the swing of a step: three uniform numbers have half its deviation together."""
        _, close, prices = self.beginning
        return 2 * _DAILY_SWING / sqrt(_STEPS_A_DAY) * int(close / prices.tick)

    def quote(self, base: Quote) -> Quote:
        day, close, prices = self.beginning
        lots = random.Random(f"{self.key}:{self.step}")  # noqa: S311 - no secret
        last = self.ticks * prices.tick
        # The last trade was with the best of one side, and the other is a tick away.
        bought = lots.random() < 0.5
        bid, ask = (last - prices.tick, last) if bought else (last, last + prices.tick)
        bids, asks = _book(bid, ask, prices, lots)
        return Quote(
            security=base.security,
            last=last,
            previous_close=close,
            high=self.high * prices.tick,
            low=self.low * prices.tick,
            bid=bids[0].price if bids else None,
            ask=asks[0].price if asks else None,
            volume=self.volume,
            at=_midnight(day) + self.step * _STEP,
            open=close,
            amount=self.ticks_traded * prices.tick,
            bids=bids,
            asks=asks,
            limits=(prices.lowest, prices.highest),
        )


def _book(
    bid: Decimal | None, ask: Decimal | None, prices: DayRange, lots: random.Random
) -> tuple[tuple[Level, ...], tuple[Level, ...]]:
    return _side(bid, -prices.tick, prices, lots), _side(ask, prices.tick, prices, lots)


def _side(
    best: Decimal | None, step: Decimal, prices: DayRange, lots: random.Random
) -> tuple[Level, ...]:
    """Return up to five steps away from the best price; none beyond a limit."""
    if best is None:
        return ()
    steps = (best + step * number for number in range(_LEVELS))
    return tuple(
        Level(price=price, volume=lots.randint(1, _MOST_LOTS) * _LOT)
        for price in steps
        if prices.lowest <= price <= prices.highest
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=BEIJING)
