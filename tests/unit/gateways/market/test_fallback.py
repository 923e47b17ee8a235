"""What is heard when a source is away."""

from datetime import timedelta
from decimal import Decimal

import pytest

from callcenter.domain.errors import QuotesUnavailable
from callcenter.gateways.market.fallback import FallbackFeed, LastKnownFeed
from tests import make
from tests.fakes.market import FakeFeed

PUFA, OTHER = make.security(), make.security(code="600004")


def at(price: str) -> Decimal:
    return Decimal(price)


async def test_the_second_source_is_asked_for_what_the_first_has_not() -> None:
    first, second = FakeFeed(make.quote(PUFA)), FakeFeed(make.quote(OTHER), make.quote(PUFA))

    found = await FallbackFeed(first, second).quotes([PUFA, OTHER])

    assert set(found) == {PUFA.id, OTHER.id}
    assert second.asked == [[OTHER.id]]


async def test_the_second_source_has_rest_while_the_first_answers() -> None:
    first, second = FakeFeed(make.quote(PUFA)), FakeFeed(make.quote(PUFA))

    await FallbackFeed(first, second).quotes([PUFA])

    assert second.asked == []


async def test_the_second_source_answers_while_the_first_is_away() -> None:
    first, second = FakeFeed(), FakeFeed(make.quote(PUFA))
    first.away = True

    assert PUFA.id in await FallbackFeed(first, second).quotes([PUFA])


async def test_without_any_source_there_are_no_quotes() -> None:
    first, second = FakeFeed(), FakeFeed()
    first.away = second.away = True

    with pytest.raises(QuotesUnavailable):
        await FallbackFeed(first, second).quotes([PUFA])


async def test_what_nobody_knows_is_left_out() -> None:
    first, second = FakeFeed(), FakeFeed()
    first.away = True

    assert await FallbackFeed(first, second).quotes([PUFA]) == {}


async def test_the_last_quote_is_told_with_its_own_time_while_the_source_is_away() -> None:
    source = FakeFeed(make.quote(PUFA, last=at("10.01")))
    feed = LastKnownFeed(source)
    before = await feed.quotes([PUFA])

    source.away = True

    assert await feed.quotes([PUFA, OTHER]) == before


async def test_what_was_never_known_is_not_made_up() -> None:
    source = FakeFeed(make.quote(PUFA))
    feed = LastKnownFeed(source)
    await feed.quotes([PUFA])
    source.away = True

    with pytest.raises(QuotesUnavailable):
        await feed.quotes([OTHER])


async def test_a_quote_that_is_older_than_the_last_known_does_not_replace_it() -> None:
    source = FakeFeed(make.quote(PUFA, last=at("10.02")))
    feed = LastKnownFeed(source)
    await feed.quotes([PUFA])

    source.say(make.quote(PUFA, last=at("10.01"), at=make.NOON - timedelta(seconds=1)))

    assert (await feed.quotes([PUFA]))[PUFA.id].last == at("10.02")


async def test_a_source_that_is_back_is_heard_again() -> None:
    source = FakeFeed(make.quote(PUFA))
    feed = LastKnownFeed(source)
    await feed.quotes([PUFA])
    source.away = True
    await feed.quotes([PUFA])

    source.away = False
    source.say(make.quote(PUFA, last=at("10.06"), at=make.NOON + timedelta(seconds=1)))

    assert (await feed.quotes([PUFA]))[PUFA.id].last == at("10.06")
