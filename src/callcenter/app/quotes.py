"""Where quotes come from, as the settings say."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final

from callcenter.domain.clock import Clock, trade_date
from callcenter.domain.securities import Security
from callcenter.gateways.market.assembly import Choice, ChosenFeed
from callcenter.gateways.market.http import Manners
from callcenter.gateways.market.limits import Limits
from callcenter.gateways.market.meter import FeedMeter
from callcenter.gateways.market.simulated import DayRange
from callcenter.settings import Settings
from callcenter.trading.ports import MarketFeed
from callcenter.trading.rulebook.book import RuleBook

_INDEX_TICK: Final = Decimal("0.01")
_SWING: Final = Decimal("0.1")  # of what has no limits: an index, first days


def chosen_feed(
    settings: Settings,
    counter: MarketFeed,
    clock: Clock,
    rules: RuleBook,
    meter: FeedMeter | None = None,
) -> ChosenFeed:
    """Return the feed that the settings name; `counter` is the counter's own."""
    ranges = _Ranges(rules, clock)
    return ChosenFeed(
        _choice(settings, clock),
        counter,
        clock,
        limits_of=ranges.limits,
        range_of=ranges.of_day,
        meter=meter,
    )


def _choice(settings: Settings, clock: Clock) -> Choice:
    ahead = timedelta(0)
    if settings.recorded_day is not None:
        ahead = trade_date(clock.now()) - settings.recorded_day
    return Choice(
        first=settings.quotes,
        second=settings.quotes_second,
        walks=settings.simulated_walk,
        seed=settings.simulated_seed,
        recorded_dir=settings.recorded_dir or Path(),
        recorded_ahead=ahead,
        sina_address=settings.sina_address,
        tencent_address=settings.tencent_address,
        manners=Manners(
            answer_within_s=settings.quotes_answer_within_s,
            requests_per_s=settings.quotes_requests_per_s,
        ),
        keep_s=settings.quotes_keep_s,
    )


class _Ranges:
    """Between which prices a security moves today, by our own rules."""

    def __init__(self, rules: RuleBook, clock: Clock) -> None:
        self._rules = rules
        self._clock = clock

    def limits(self, security: Security, previous_close: Decimal) -> Limits | None:
        low, high = self._rules.price_limits(security, previous_close, self._clock.now())
        return None if low is None or high is None else (low, high)

    def of_day(self, security: Security, previous_close: Decimal) -> DayRange:
        tick = self._tick(security)
        if (limits := self.limits(security, previous_close)) is not None:
            return DayRange(tick=tick, lowest=limits[0], highest=limits[1])
        swing = (previous_close * _SWING).quantize(tick)
        lowest, highest = max(previous_close - swing, tick), previous_close + swing
        return DayRange(tick=tick, lowest=lowest, highest=highest)

    def _tick(self, security: Security) -> Decimal:
        try:
            return self._rules.tick(security, self._clock.now())
        except LookupError:
            return _INDEX_TICK
