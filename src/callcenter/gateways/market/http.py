"""A source that is asked over HTTP: politely, and believed only when it makes sense."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import aiohttp
import structlog
from yarl import URL

from callcenter.domain.clock import Clock
from callcenter.domain.errors import QuotesUnavailable
from callcenter.domain.securities import Quote, Security
from callcenter.gateways.market.figures import Garbled
from callcenter.gateways.market.meter import FeedMeter, NoMeter
from callcenter.gateways.market.texts import TextFormat, symbol
from callcenter.trading.ports import MarketFeed

log = structlog.get_logger()

_ENCODING: Final = "gb18030"  # GBK and what was added to it
_CHUNK_BYTES: Final = 65_536
_OK: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How a source is treated."""

    answer_within_s: float = 2.0  # all of it, however slowly it drips
    requests_per_s: float = 2.0
    rest_s: float = 0.5  # after a failure, doubled with each that follows
    rest_at_most_s: float = 30.0
    most_bytes: int = 1_000_000  # of an answer; 800 quotes are a fifth of it


class HttpFeed(MarketFeed):
    """
    Asks one source, a request at a time.

    After a failure the source has its rest: until it is over every question raises
    `QuotesUnavailable` at once, so no caller waits for a source that is away.
    """

    def __init__(
        self,
        source: TextFormat,
        address: str,
        clock: Clock,
        *,
        manners: Manners | None = None,
        meter: FeedMeter | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._source = source
        self._address = address.rstrip("/")
        self._clock = clock
        self._manners = manners or Manners()
        self._meter = meter or NoMeter()
        self._monotonic = monotonic
        self._sleep = sleep
        self._one_at_a_time = asyncio.Lock()
        self._session: aiohttp.ClientSession | None = None
        self._next_at = self._rests_until = monotonic()
        self._failures = 0

    async def start(self) -> None:
        """Be ready. A source that is away is found out by the first question."""
        self._session = aiohttp.ClientSession(
            headers={"Accept-Encoding": "identity", **self._source.headers},
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
        )

    async def stop(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def quotes(self, securities: Sequence[Security]) -> Mapping[str, Quote]:
        by_symbol = {name: one for one in securities if (name := symbol(one))}
        found: dict[str, Quote] = {}
        for batch in _batches(by_symbol, self._source.most_codes):
            async with self._one_at_a_time:
                found |= await self._ask(batch)
        return found

    async def _ask(self, batch: Mapping[str, Security]) -> Mapping[str, Quote]:
        if self._monotonic() < self._rests_until:
            raise QuotesUnavailable(f"{self._source.name} is left alone after a failure")
        await self._wait_for_our_turn()
        try:
            found = self._read(await self._fetch(self._source.path([*batch])), batch)
        except Garbled as error:
            self._failed("garbled", str(error))
            raise QuotesUnavailable(f"{self._source.name} makes no sense: {error}") from error
        except (aiohttp.ClientError, OSError, UnicodeDecodeError) as error:  # TimeoutError too
            self._failed("failed", repr(error))
            raise QuotesUnavailable(f"{self._source.name} does not answer: {error!r}") from error
        self._answered()
        return found

    async def _wait_for_our_turn(self) -> None:
        now = self._monotonic()
        if now < self._next_at:
            await self._sleep(self._next_at - now)
        self._next_at = max(now, self._next_at) + 1 / self._manners.requests_per_s

    async def _fetch(self, path: str) -> str:
        if self._session is None:
            raise aiohttp.ClientError("the feed is closed")
        url = URL(self._address + path, encoded=True)
        async with (
            asyncio.timeout(self._manners.answer_within_s),
            self._session.get(url, allow_redirects=False) as response,
        ):
            if response.status != _OK:
                raise aiohttp.ClientError(f"status {response.status}")
            return (await self._body(response)).decode(_ENCODING)

    async def _body(self, response: aiohttp.ClientResponse) -> bytes:
        body = bytearray()
        async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
            body += chunk
            if len(body) > self._manners.most_bytes:
                raise aiohttp.ClientError(f"more than {self._manners.most_bytes} bytes")
        return bytes(body)

    def _read(self, text: str, batch: Mapping[str, Security]) -> Mapping[str, Quote]:
        """Return what is whole; if nothing is, though something was said, raise `Garbled`."""
        found: dict[str, Quote] = {}
        worst: Garbled | None = None
        for name, fields in self._source.records(text).items():
            if (security := batch.get(name)) is None:
                continue  # nobody asked
            try:
                found[security.id] = self._source.quote(security, fields, self._clock.now())
            except Garbled as error:
                worst = error
                log.warning("quotes.garbled", source=self._source.name, symbol=name, why=str(error))
        if worst is not None and not found:
            raise worst
        return found

    def _failed(self, how: str, why: str) -> None:
        self._meter.asked(self._source.name, how)
        rest = min(self._manners.rest_s * 2**self._failures, self._manners.rest_at_most_s)
        self._rests_until = self._monotonic() + rest
        self._failures = min(self._failures + 1, 16)
        if self._failures == 1:
            log.warning("quotes.source_away", source=self._source.name, why=why)

    def _answered(self) -> None:
        self._meter.asked(self._source.name, "answered")
        if self._failures:
            log.info("quotes.source_back", source=self._source.name)
        self._failures = 0


def _batches(by_symbol: Mapping[str, Security], size: int) -> Iterator[Mapping[str, Security]]:
    items = list(by_symbol.items())
    for start in range(0, len(items), size):
        yield dict(items[start : start + size])
