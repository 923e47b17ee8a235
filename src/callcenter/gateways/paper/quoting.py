"""Takes quotes from elsewhere into the counter's own table."""

from decimal import Decimal
from typing import Final

from callcenter.domain.errors import QuotesUnavailable
from callcenter.domain.securities import Quote
from callcenter.gateways.paper.database import Database
from callcenter.gateways.paper.queries import security_of
from callcenter.trading.ports import MarketFeed

_WANTED: Final = """
    SELECT * FROM paper.securities s WHERE EXISTS (SELECT FROM paper.orders o
        WHERE o.security = s.id AND o.state = 'accepted' AND o.cancelled IS NULL)
"""
_QUOTED: Final = """
    UPDATE paper.securities s SET last = q.last, high = q.high, low = q.low, bid = q.bid,
        ask = q.ask, volume = q.volume, suspended = q.suspended
    FROM unnest($1::text[], $2::numeric[], $3::numeric[], $4::numeric[], $5::numeric[],
        $6::numeric[], $7::bigint[], $8::boolean[])
        AS q (id, last, high, low, bid, ask, volume, suspended)
    WHERE s.id = q.id
"""


async def take_quotes(database: Database, feed: MarketFeed) -> None:
    """Let the securities that orders wait for have the quotes of now."""
    async with database.connection() as c:
        wanted = [security_of(row) for row in await c.fetch(_WANTED)]
    if not wanted:
        return
    try:
        quotes = list((await feed.quotes(wanted)).values())
    except QuotesUnavailable:
        return  # whoever provides them has said so; the last ones stand
    if not quotes:
        return
    async with database.connection() as c:
        await c.execute(_QUOTED, *map(list, zip(*map(_values, quotes), strict=True)))


def _values(quote: Quote) -> tuple[str | Decimal | int | bool, ...]:
    return (
        quote.security.id,
        quote.last,
        quote.high,
        quote.low,
        quote.bid or Decimal(0),
        quote.ask or Decimal(0),
        quote.volume,
        quote.security.suspended,
    )
