"""Where a quote comes from, and how old it is."""

from datetime import timedelta

import pytest

from callcenter.domain.errors import CounterUnavailable, QuotesUnavailable
from callcenter.trading.quotes import Age, CounterQuotes, Quotes
from tests import make
from tests.fakes.clock import FakeClock
from tests.fakes.gateway import FakeCounter
from tests.fakes.market import FakeFeed


def quotes(feed: FakeFeed) -> Quotes:
    return Quotes(feed, FakeClock(), old_after=timedelta(seconds=30))


async def test_a_quote_is_the_feeds() -> None:
    quote = make.quote()

    assert await quotes(FakeFeed(quote)).of(make.security()) == quote


async def test_no_quote_is_no_empty_quote() -> None:
    with pytest.raises(QuotesUnavailable):
        await quotes(FakeFeed()).of(make.security())

    assert await quotes(FakeFeed()).if_any(make.security()) is None


async def test_a_feed_that_is_away_has_none_for_an_order() -> None:
    feed = FakeFeed(make.quote())
    feed.away = True

    assert await quotes(feed).if_any(make.security()) is None


@pytest.mark.parametrize(
    ("ago", "age"),
    [
        pytest.param(timedelta(seconds=-5), Age.FRESH, id="a-clock-that-runs-ahead"),
        pytest.param(timedelta(0), Age.FRESH, id="now"),
        pytest.param(timedelta(seconds=30), Age.FRESH, id="at-the-threshold"),
        pytest.param(timedelta(seconds=31), Age.OLD, id="beyond-it"),
        pytest.param(timedelta(hours=12), Age.OLD, id="since-midnight"),
        pytest.param(timedelta(hours=12, seconds=1), Age.OF_ANOTHER_DAY, id="before-midnight"),
    ],
)
def test_the_age_of_a_quote_is_that_of_its_own_time(ago: timedelta, age: Age) -> None:
    assert quotes(FakeFeed()).age(make.quote(at=make.NOON - ago)) is age


async def test_the_counters_own_quotes_are_a_feed_too() -> None:
    counter = FakeCounter()
    security = make.security()

    found = await CounterQuotes(counter).quotes([security])

    assert found == {security.id: await counter.quote(security)}


async def test_a_counter_that_is_away_is_not_only_a_missing_quote() -> None:
    counter = FakeCounter(fails_with=CounterUnavailable())

    with pytest.raises(CounterUnavailable):
        await CounterQuotes(counter).quotes([make.security()])


async def test_what_the_counter_does_not_list_has_no_quote() -> None:
    assert await CounterQuotes(FakeCounter()).quotes([make.security(code="999999")]) == {}
