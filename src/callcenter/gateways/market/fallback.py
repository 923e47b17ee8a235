"""Several sources as one, and the memory of a source that is away."""

from collections.abc import Mapping, Sequence

from callcenter.domain.errors import QuotesUnavailable
from callcenter.domain.securities import Quote, Security
from callcenter.trading.ports import MarketFeed


class FallbackFeed(MarketFeed):
    """Asks the first source, and the next ones for what is still missing."""

    def __init__(self, *sources: MarketFeed) -> None:
        self._sources = sources

    async def quotes(self, securities: Sequence[Security]) -> Mapping[str, Quote]:
        found: dict[str, Quote] = {}
        failures: list[QuotesUnavailable] = []
        for source in self._sources:
            missing = [security for security in securities if security.id not in found]
            if not missing:
                break
            try:
                found |= await source.quotes(missing)
            except QuotesUnavailable as error:
                failures.append(error)
        if len(failures) == len(self._sources):
            raise QuotesUnavailable("; ".join(map(str, failures)))
        return found


class LastKnownFeed(MarketFeed):
    """
    Gives the last quote, with the time it had, while the source is away or silent about it.

    Raise `QuotesUnavailable` only if nothing that was asked for has ever been known.
    """

    def __init__(self, feed: MarketFeed) -> None:
        self._feed = feed
        self._known: dict[str, Quote] = {}

    async def quotes(self, securities: Sequence[Security]) -> Mapping[str, Quote]:
        try:
            self._remember(await self._feed.quotes(securities))
        except QuotesUnavailable:
            if not any(security.id in self._known for security in securities):
                raise
        wanted = (security.id for security in securities)
        return {name: self._known[name] for name in wanted if name in self._known}

    def _remember(self, found: Mapping[str, Quote]) -> None:
        """Keep the newer of two: a second source may be behind the first."""
        for name, quote in found.items():
            known = self._known.get(name)
            if known is None or quote.at >= known.at:
                self._known[name] = quote
