"""What every `MarketFeed` promises: the fake, those of the paper counter, and all sources."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from callcenter.domain.clock import BEIJING
from callcenter.domain.errors import QuotesUnavailable
from callcenter.domain.securities import Quote, Security
from callcenter.gateways.market.fallback import FallbackFeed, LastKnownFeed
from callcenter.gateways.market.http import HttpFeed, Manners
from callcenter.gateways.market.limits import LimitsCheck
from callcenter.gateways.market.recorded import RecordedFeed
from callcenter.gateways.market.shared import SharedFeed
from callcenter.gateways.market.simulated import DayRange, SimulatedFeed
from callcenter.gateways.market.sina import Sina
from callcenter.gateways.market.tencent import Tencent
from callcenter.gateways.market.texts import TextFormat
from callcenter.trading.ports import MarketFeed
from tests import make, rules
from tests.fakes import quote_site, quote_texts
from tests.fakes.clock import FakeClock
from tests.fakes.market import FakeFeed

KNOWN, UNKNOWN = make.security(), make.security(code="600004")
RECORDED = "time,last,previous_close,volume\n2026-11-20 10:25:03,10.05,10.00,100\n"


@dataclass(slots=True, kw_only=True)
class Opened:
    feed: MarketFeed
    go_away: Callable[[], None]  # the source answers no more


Opens = Callable[[Path], AbstractAsyncContextManager[Opened]]


def range_of(security: Security, close: Decimal) -> DayRange:
    lowest, highest = rules.price_limits(security, close)
    return DayRange(tick=Decimal("0.01"), lowest=lowest, highest=highest)


def around(wrap: Callable[[FakeFeed], MarketFeed]) -> Opens:
    """Open a feed that stands around another one."""

    @asynccontextmanager
    async def opens(_: Path) -> AsyncIterator[Opened]:
        source = FakeFeed(make.quote(KNOWN))
        yield Opened(feed=wrap(source), go_away=lambda: setattr(source, "away", True))

    return opens


def over_http(form: TextFormat, record: str, write: Callable[[dict[str, str]], str]) -> Opens:
    @asynccontextmanager
    async def opens(_: Path) -> AsyncIterator[Opened]:
        async with quote_site.open_site() as site:
            site.answer = quote_site.knows({"sh600000": record}, write)
            feed = HttpFeed(form, site.address, FakeClock(), manners=Manners(requests_per_s=1000))
            await feed.start()
            try:
                yield Opened(
                    feed=feed, go_away=lambda: setattr(site, "answer", quote_site.hangs_up)
                )
            finally:
                await feed.stop()

    return opens


@asynccontextmanager
async def recorded(folder: Path) -> AsyncIterator[Opened]:
    file = folder / "SH600000.csv"
    file.write_text(RECORDED)
    feed = RecordedFeed(folder, FakeClock())

    def go_away() -> None:
        file.write_text("")

    yield Opened(feed=feed, go_away=go_away)


def walking(source: FakeFeed, *, walks: bool = True) -> MarketFeed:
    return SimulatedFeed(source, range_of, FakeClock(), walks=walks)


OPENS: dict[str, Opens] = {
    "fake": around(lambda source: source),
    "simulated": around(walking),
    "standing": around(lambda source: walking(source, walks=False)),
    "recorded": recorded,
    "sina": over_http(Sina(), quote_texts.SINA, quote_texts.sina_answer),
    "tencent": over_http(Tencent(), quote_texts.TENCENT, quote_texts.tencent_answer),
    "shared": around(lambda source: SharedFeed(source, keep_s=0, gather_s=0)),
    "fallback": around(lambda source: FallbackFeed(source, source)),
    "last-known": around(LastKnownFeed),
    "limits-check": around(lambda source: LimitsCheck(source, rules.price_limits)),
}


@pytest.fixture(params=[*OPENS.values()], ids=[*OPENS])
async def opened(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Opened]:
    opens: Opens = request.param
    async with opens(tmp_path) as made:
        yield made


async def quote_of(opened: Opened) -> Quote:
    return (await opened.feed.quotes([KNOWN]))[KNOWN.id]


async def test_a_quote_is_found_by_the_id_of_its_security(opened: Opened) -> None:
    found = await opened.feed.quotes([KNOWN])

    assert list(found) == [KNOWN.id]
    assert found[KNOWN.id].security == KNOWN


async def test_what_has_no_quote_is_left_out(opened: Opened) -> None:
    assert list(await opened.feed.quotes([UNKNOWN, KNOWN])) == [KNOWN.id]


async def test_asking_for_nothing_gets_nothing(opened: Opened) -> None:
    assert await opened.feed.quotes([]) == {}


async def test_asking_for_one_twice_gets_it_once(opened: Opened) -> None:
    assert list(await opened.feed.quotes([KNOWN, KNOWN])) == [KNOWN.id]


async def test_a_quote_is_whole_and_makes_sense(opened: Opened) -> None:
    quote = await quote_of(opened)

    assert 0 < quote.low <= quote.last <= quote.high
    assert quote.previous_close == Decimal("10.00")
    assert quote.volume >= 0
    assert all(isinstance(price, Decimal) for price in (quote.last, quote.high, quote.low))


async def test_a_quote_has_the_markets_own_time_in_beijing(opened: Opened) -> None:
    quote = await quote_of(opened)

    assert quote.at.tzinfo is BEIJING
    assert quote.at <= make.NOON
    assert quote.at.date() == make.NOON.date()


async def test_without_a_source_that_was_ever_heard_there_are_no_quotes(opened: Opened) -> None:
    opened.go_away()

    with pytest.raises(QuotesUnavailable):
        await opened.feed.quotes([KNOWN])
