"""A market in memory that says what a test tells it to."""

from collections.abc import Mapping, Sequence

from callcenter.domain.errors import QuotesUnavailable
from callcenter.domain.securities import Quote, Security
from callcenter.trading.ports import MarketFeed


class FakeFeed(MarketFeed):
    """
    Gives the quotes it was given, and remembers what it was `asked` for.

    While it is `away` it raises `QuotesUnavailable`.
    """

    def __init__(self, *quotes: Quote) -> None:
        self.away = False
        self.asked: list[list[str]] = []
        self._quotes = {quote.security.id: quote for quote in quotes}

    def say(self, quote: Quote) -> None:
        """Let the market move to this."""
        self._quotes[quote.security.id] = quote

    async def quotes(self, securities: Sequence[Security]) -> Mapping[str, Quote]:
        wanted = [security.id for security in securities]
        self.asked.append(wanted)
        if self.away:
            raise QuotesUnavailable("the market is away")
        return {one: self._quotes[one] for one in wanted if one in self._quotes}
