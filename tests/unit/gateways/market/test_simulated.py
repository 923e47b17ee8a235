"""A market that stands still or walks."""

from datetime import datetime, time, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.domain.clock import BEIJING
from callcenter.domain.securities import Board, Quote, Security
from callcenter.gateways.market.simulated import DayRange, SimulatedFeed
from tests import make, rules
from tests.fakes.clock import FakeClock
from tests.fakes.market import FakeFeed

boards = st.sampled_from([Board.SH_MAIN, Board.STAR, Board.CHINEXT, Board.BSE, Board.FUND])
closes = st.integers(1, 300_000).map(lambda fen: Decimal(fen) / 100)
times = st.times(max_value=time(0, 40)).map(lambda t: datetime.combine(make.NOON, t, BEIJING))


def range_of(security: Security, close: Decimal) -> DayRange:
    lowest, highest = rules.price_limits(security, close)
    return DayRange(tick=rules.rule_of(security).tick, lowest=lowest, highest=highest)


def feed(base: Quote, at: datetime, *, walks: bool = True, seed: int = 1) -> SimulatedFeed:
    return SimulatedFeed(FakeFeed(base), range_of, FakeClock(at), walks=walks, seed=seed)


async def told(base: Quote, at: datetime, *, seed: int = 1) -> Quote:
    return (await feed(base, at, seed=seed).quotes([base.security]))[base.security.id]


@settings(deadline=None, max_examples=60)
@given(board=boards, close=closes, at=times, seed=st.integers())
async def test_a_walk_stays_inside_the_limits_and_on_the_ticks(
    board: Board, close: Decimal, at: datetime, seed: int
) -> None:
    base = make.quote(make.security(board=board), previous_close=close)

    quote = await told(base, at, seed=seed)

    prices = range_of(base.security, close)
    steps = [one.price for one in (*quote.bids, *quote.asks)]
    for price in (quote.last, quote.high, quote.low, *steps):
        assert prices.lowest <= price <= prices.highest
        assert price % prices.tick == 0
    assert quote.low <= quote.last <= quote.high
    assert quote.low <= close <= quote.high
    assert at - timedelta(seconds=5) < quote.at <= at


@settings(deadline=None, max_examples=40)
@given(close=closes, at=times, seed=st.integers(), earlier=st.lists(times, max_size=4))
async def test_seed_and_time_decide_everything_whatever_was_asked_before(
    close: Decimal, at: datetime, seed: int, earlier: list[datetime]
) -> None:
    base = make.quote(previous_close=close)
    clock = FakeClock()
    asked_often = SimulatedFeed(FakeFeed(base), range_of, clock, walks=True, seed=seed)

    for moment in (*earlier, at):
        clock.at = moment
        found = await asked_often.quotes([base.security])

    assert found[base.security.id] == await told(base, at, seed=seed)


@settings(deadline=None, max_examples=40)
@given(close=closes, at=times, seed=st.integers())
async def test_the_best_of_each_side_is_around_the_last_price(
    close: Decimal, at: datetime, seed: int
) -> None:
    quote = await told(make.quote(previous_close=close), at, seed=seed)

    bids, asks = [one.price for one in quote.bids], [one.price for one in quote.asks]
    assert quote.last in (quote.bid, quote.ask)
    assert bids == sorted(bids, reverse=True)
    assert asks == sorted(asks)
    assert (quote.bid, quote.ask) == (next(iter(bids), None), next(iter(asks), None))
    assert not (bids and asks) or bids[0] < asks[0]
    assert all(one.volume > 0 and one.volume % 100 == 0 for one in (*quote.bids, *quote.asks))


async def test_volume_and_amount_grow_through_the_day() -> None:
    base = make.quote()
    days = [await told(base, make.NOON.replace(hour=hour)) for hour in (0, 1, 6, 12)]

    volumes, amounts = [quote.volume for quote in days], [quote.amount for quote in days]
    assert volumes[0] == 0
    assert volumes == sorted(volumes)
    assert amounts == sorted(amounts, key=lambda yuan: yuan or 0)
    average = (amounts[-1] or 0) / volumes[-1]
    assert days[-1].low <= average <= days[-1].high


async def test_another_seed_is_another_day() -> None:
    base = make.quote()

    assert await told(base, make.NOON, seed=1) != await told(base, make.NOON, seed=2)


async def test_a_new_day_begins_at_the_previous_close() -> None:
    quote = await told(make.quote(), make.NOON.replace(hour=0))

    assert (quote.last, quote.open) == (Decimal("10.00"), Decimal("10.00"))


async def test_what_stands_still_is_what_its_base_says_with_a_book() -> None:
    base = make.quote()

    [quote] = (await feed(base, make.NOON, walks=False).quotes([base.security])).values()

    assert (quote.last, quote.previous_close) == (Decimal("10.05"), Decimal("10.00"))
    assert (quote.bid, quote.ask, quote.volume) == (base.bid, base.ask, base.volume)
    assert [one.price for one in quote.asks] == [Decimal(f"10.0{n}") for n in (5, 6, 7, 8, 9)]
    assert quote.limits == (Decimal("9.00"), Decimal("11.00"))
    assert quote.open == Decimal("10.00")


async def test_a_walk_that_reaches_a_limit_goes_on_inside() -> None:
    def a_tick_each_way(_: Security, close: Decimal) -> DayRange:
        tick = Decimal("0.01")
        return DayRange(tick=tick, lowest=close - tick, highest=close + tick)

    clock = FakeClock(make.NOON)
    base = make.quote()
    narrow = SimulatedFeed(FakeFeed(base), a_tick_each_way, clock, walks=True)

    quote = (await narrow.quotes([base.security]))[base.security.id]

    assert (quote.low, quote.high) == (Decimal("9.99"), Decimal("10.01"))
    assert quote.low <= quote.last <= quote.high


async def test_what_is_suspended_does_not_walk() -> None:
    base = make.quote(make.security(suspended=True))

    quote = await told(base, make.NOON)

    assert (quote.last, quote.volume) == (base.last, base.volume)
    assert quote.bids == quote.asks == ()


async def test_what_never_traded_begins_to() -> None:
    quote = await told(make.quote(volume=0), make.NOON)

    assert quote.volume > 0


async def test_what_its_base_does_not_know_has_no_quote() -> None:
    assert await feed(make.quote(), make.NOON).quotes([make.security(code="600004")]) == {}
