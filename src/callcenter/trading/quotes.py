"""Quotes for whoever asks: from the source that was set, and with a word on how old they are."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from enum import Enum, auto

from callcenter.domain.clock import Clock, trade_date
from callcenter.domain.errors import QuotesUnavailable, Refused
from callcenter.domain.securities import Quote, Security
from callcenter.trading.ports import MarketFeed, TradingGateway


class Age(Enum):
    """How a quote must be spoken of."""

    FRESH = auto()
    OLD = auto()  # of today: say its time
    OF_ANOTHER_DAY = auto()  # say its date as well; its limits are not those of today


class CounterQuotes(MarketFeed):
    """The counter's own quotes. Raises what the counter raises, but for what it does not list."""

    def __init__(self, counter: TradingGateway) -> None:
        self._counter = counter

    async def quotes(self, securities: Sequence[Security]) -> Mapping[str, Quote]:
        found: dict[str, Quote] = {}
        for security in securities:
            with suppress(Refused):
                found[security.id] = await self._counter.quote(security)
        return found


class Quotes:
    """One security at a time, as a caller asks."""

    def __init__(
        self, feed: MarketFeed, clock: Clock, *, old_after: timedelta = timedelta(minutes=1)
    ) -> None:
        self._feed = feed
        self._clock = clock
        self._old_after = old_after

    async def of(self, security: Security) -> Quote:
        """Return the latest quote; raise `QuotesUnavailable` if nobody has one."""
        found = await self._feed.quotes([security])
        if security.id not in found:
            raise QuotesUnavailable(f"no source has a quote of {security.id}")
        return found[security.id]

    async def if_any(self, security: Security) -> Quote | None:
        """Return the latest quote, or None: an order can be taken without."""
        try:
            return await self.of(security)
        except QuotesUnavailable:
            return None

    async def known(self, securities: Sequence[Security]) -> Mapping[str, Quote]:
        """Return the quotes that there are, by the id of the security."""
        try:
            return await self._feed.quotes(securities)
        except QuotesUnavailable:
            return {}

    def age(self, quote: Quote) -> Age:
        now = self._clock.now()
        if trade_date(quote.at) != trade_date(now):
            return Age.OF_ANOTHER_DAY
        return Age.OLD if now - quote.at > self._old_after else Age.FRESH
