"""The mirror: do the limits that a source tells agree with those that we compute?"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal

import structlog

from callcenter.domain.clock import trade_date
from callcenter.domain.securities import Quote, Security
from callcenter.gateways.market.meter import FeedMeter, NoMeter
from callcenter.trading.ports import MarketFeed

log = structlog.get_logger()

Limits = tuple[Decimal, Decimal]  # lowest, highest
LimitsOf = Callable[[Security, Decimal], Limits | None]  # of a previous close; None: no limits


class LimitsCheck(MarketFeed):
    """Lets every quote pass, and says once a day and security if the limits differ."""

    def __init__(
        self, feed: MarketFeed, limits: LimitsOf, *, meter: FeedMeter | None = None
    ) -> None:
        self._feed = feed
        self._limits = limits
        self._meter = meter or NoMeter()
        self._told: dict[str, date] = {}

    async def quotes(self, securities: Sequence[Security]) -> Mapping[str, Quote]:
        found = await self._feed.quotes(securities)
        for quote in found.values():
            self._compare(quote)
        return found

    def _compare(self, quote: Quote) -> None:
        ours = self._limits(quote.security, quote.previous_close)
        day = trade_date(quote.at)
        name = quote.security.id
        if quote.limits in (None, ours) or self._told.get(name) == day:
            return
        self._told[name] = day
        self._meter.limits_differed()
        log.warning(
            "quotes.limits_differ",
            security=name,
            previous_close=str(quote.previous_close),
            theirs=_written(quote.limits),
            ours=_written(ours),
        )


def _written(limits: Limits | None) -> str:
    return "none" if limits is None else f"{limits[0]} to {limits[1]}"
