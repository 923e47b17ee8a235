"""What an operator chooses is what callers get."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from callcenter.app.quotes import chosen_feed
from callcenter.domain.errors import QuotesUnavailable
from callcenter.domain.securities import Board, Quote
from callcenter.gateways.market.assembly import ChosenFeed
from callcenter.settings import Settings
from tests import make, rules
from tests.fakes.clock import FakeClock
from tests.fakes.market import FakeFeed

INDEX = make.security(board=Board.INDEX, code="000001")
NOWHERE = "http://127.0.0.1:1"


@asynccontextmanager
async def chosen(*known: Quote, **settings: Any) -> AsyncIterator[ChosenFeed]:
    feed = chosen_feed(Settings(**settings), FakeFeed(*known), FakeClock(), rules.book())
    await feed.start()
    try:
        yield feed
    finally:
        await feed.stop()


async def test_by_default_quotes_are_the_counters_as_they_are() -> None:
    quote = make.quote()

    async with chosen(quote) as feed:
        assert await feed.quotes([quote.security]) == {quote.security.id: quote}


async def test_a_simulated_market_stands_still_unless_it_is_told_to_walk() -> None:
    quote = make.quote()

    async with chosen(quote, quotes="simulated") as feed:
        standing = (await feed.quotes([quote.security]))[quote.security.id]
    async with chosen(quote, quotes="simulated", simulated_walk=True) as feed:
        walking = (await feed.quotes([quote.security]))[quote.security.id]

    assert (standing.last, standing.limits) == (quote.last, (Decimal("9.00"), Decimal("11.00")))
    assert walking.last != quote.last


async def test_an_index_walks_too_though_it_has_no_limits() -> None:
    quote = make.quote(INDEX, previous_close=Decimal("3901.10"))

    async with chosen(quote, quotes="simulated", simulated_walk=True) as feed:
        found = (await feed.quotes([INDEX]))[INDEX.id]

    assert Decimal("3510.99") <= found.low <= found.last <= found.high <= Decimal("4291.21")


async def test_a_recorded_day_is_played_today(tmp_path: Path) -> None:
    (tmp_path / "SH600000.csv").write_text(
        "time,last,previous_close,volume\n2017-07-26 09:30:00,12.00,11.90,100\n"
    )
    day = date(2017, 7, 26)

    async with chosen(quotes="recorded", recorded_dir=tmp_path, recorded_day=day) as feed:
        found = (await feed.quotes([make.security()]))["SH600000"]

    assert found.at == make.NOON.replace(hour=9, minute=30)


@pytest.mark.parametrize("source", ["sina", "tencent"])
async def test_a_public_source_that_is_away_has_no_quotes(source: str) -> None:
    away = {"sina_address": NOWHERE, "tencent_address": NOWHERE}

    async with chosen(make.quote(), quotes=source, **away) as feed:
        with pytest.raises(QuotesUnavailable):
            await feed.quotes([make.security()])


async def test_the_second_source_is_asked_for_what_the_first_does_not_tell() -> None:
    quote = make.quote()

    async with chosen(quote, quotes="sina", quotes_second="counter", sina_address=NOWHERE) as feed:
        assert await feed.quotes([quote.security]) == {quote.security.id: quote}
