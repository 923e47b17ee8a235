"""A securities list is taken over whole or not at all."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal

import pytest

from callcenter.domain.clock import SystemClock
from callcenter.domain.errors import CounterUnavailable
from callcenter.domain.securities import Quote, Security
from callcenter.gateways.paper import demo, seed_demo
from callcenter.gateways.paper.counter import PaperCounter
from callcenter.gateways.paper.initials import initials
from callcenter.gateways.paper.listing import Changes, PaperListing
from callcenter.gateways.paper.listing_file import Listed
from tests import make

PUFA = make.security()
NEW = make.security(code="600004", name="白云机场", name_en="Baiyun Airport")


def listed(security: Security = NEW, close: str = "10.00") -> Listed:
    return Listed(
        security=security, previous_close=Decimal(close), initials=initials(security.name)
    )


@pytest.fixture
async def listing(dsn: str) -> AsyncIterator[PaperListing]:
    await seed_demo(dsn, production=False, load_accounts=False)
    opened = PaperListing(dsn)
    await opened.start()
    yield opened
    await opened.stop()


async def quote_of(dsn: str, security: Security) -> Quote:
    counter = PaperCounter(dsn, SystemClock())
    await counter.start()
    try:
        return await counter.quote(security)
    finally:
        await counter.stop()


async def test_a_new_security_is_listed_at_its_previous_close(
    listing: PaperListing, dsn: str
) -> None:
    assert await listing.take_over([listed()]) == Changes(new=1, changed=0, unchanged=0)

    assert await listing.search("2952") == [NEW]
    found = await quote_of(dsn, NEW)
    assert (found.last, found.previous_close) == (Decimal(10), Decimal(10))
    assert found.volume == 0


async def test_every_field_of_a_security_is_kept(listing: PaperListing, dsn: str) -> None:
    security = replace(
        NEW,
        suspended_by_broker=True,
        st=True,
        t0=True,
        listed_on=make.NOON.date(),
        delisting_from=make.NOON.date(),
    )

    await listing.take_over([listed(security)])

    assert (await quote_of(dsn, NEW)).security == security


async def test_taking_over_twice_changes_nothing(listing: PaperListing) -> None:
    await listing.take_over([listed()])

    assert await listing.take_over([listed()]) == Changes(new=0, changed=0, unchanged=1)


async def test_a_dry_run_tells_the_changes_and_makes_none(listing: PaperListing) -> None:
    renamed = replace(PUFA, name="浦东银行")

    changes = await listing.take_over([listed(), listed(renamed)], dry_run=True)

    assert changes == Changes(new=1, changed=1, unchanged=0)
    assert await listing.search("2952") == []
    assert await listing.search("7394") == [PUFA]


async def test_a_new_name_leaves_the_market_as_it_is(listing: PaperListing, dsn: str) -> None:
    before = await quote_of(dsn, PUFA)

    await listing.take_over([listed(replace(PUFA, name="白银银行"))])

    after = await quote_of(dsn, PUFA)
    assert replace(after, security=before.security, at=before.at) == before
    assert await listing.search("7394") == []
    assert [one.id for one in await listing.search("2994")] == [PUFA.id]


async def test_another_base_begins_another_day(listing: PaperListing, dsn: str) -> None:
    await listing.take_over([listed(PUFA, "9.50")])

    found = await quote_of(dsn, PUFA)
    assert (found.last, found.high, found.low, found.volume) == (*[Decimal("9.50")] * 3, 0)


async def test_what_the_file_leaves_out_stays_listed(listing: PaperListing) -> None:
    await listing.take_over([listed()])

    assert await listing.search("7394") == [PUFA]


async def test_all_or_nothing(listing: PaperListing) -> None:
    impossible = replace(NEW, code=make.security(code="x").code)

    with pytest.raises(Exception, match="securities_code_check"):
        await listing.take_over([listed(), listed(impossible)])

    assert await listing.search("2952") == []


async def test_the_demo_is_found_by_the_letters_of_its_names(listing: PaperListing) -> None:
    keys = {"PFYH": "7394", "HS300ETF": "47300383", "WKA": "952", "NDSD": "6373"}

    found = [await listing.search(keyed) for keyed in keys.values()]

    assert [one[0].id for one in found] == ["SH600000", "SH510300", "SZ000002", "SZ300750"]
    assert len(demo.LISTINGS) == 14


async def test_six_thousand_securities_are_taken_over_and_searched(listing: PaperListing) -> None:
    many = [
        Listed(
            security=make.security(code=f"{600_000 + n}", name=f"第{n}家"),
            previous_close=Decimal(10),
            initials=(f"D{n}J",),
        )
        for n in range(1, 6000)
    ]

    await listing.take_over(many)

    async with asyncio.timeout(1):
        found = await listing.search("3599")
    assert [one.name for one in found] == ["第599家", *(f"第599{n}家" for n in range(10))]


async def test_a_counter_that_is_away_is_said_to_be(dsn: str, listing: PaperListing) -> None:
    away = PaperListing(dsn.replace("/test_", "/nobody_made_test_"))
    await away.start()

    with pytest.raises(CounterUnavailable):
        await away.search("7394")
    with pytest.raises(CounterUnavailable):
        await away.take_over([listed()])
    await away.stop()
