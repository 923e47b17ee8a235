"""The limits that a source tells, against our own."""

from datetime import timedelta
from decimal import Decimal

from structlog.testing import capture_logs

from callcenter.domain.securities import Security
from callcenter.gateways.market.limits import Limits, LimitsCheck
from callcenter.gateways.market.meter import NoMeter
from tests import make
from tests.fakes.market import FakeFeed

TEN_PER_CENT = (Decimal("9.00"), Decimal("11.00"))
FIVE_PER_CENT = (Decimal("9.50"), Decimal("10.50"))


class CountingMeter(NoMeter):
    differed = 0

    def limits_differed(self) -> None:
        self.differed += 1


def ours(_: Security, close: Decimal) -> Limits | None:
    assert close == Decimal("10.00")
    return TEN_PER_CENT


def none(_: Security, __: Decimal) -> Limits | None:
    return None


async def test_other_limits_are_a_warning_and_the_quote_passes() -> None:
    quote = make.quote(limits=FIVE_PER_CENT)
    meter = CountingMeter()

    with capture_logs() as logged:
        found = await LimitsCheck(FakeFeed(quote), ours, meter=meter).quotes([quote.security])

    assert found == {"SH600000": quote}
    assert meter.differed == 1
    assert logged == [
        {
            "event": "quotes.limits_differ",
            "log_level": "warning",
            "security": "SH600000",
            "previous_close": "10.00",
            "theirs": "9.50 to 10.50",
            "ours": "9.00 to 11.00",
        }
    ]


async def test_the_same_limits_are_no_news() -> None:
    for told in (TEN_PER_CENT, (Decimal("9"), Decimal("11.0")), None):
        quote, meter = make.quote(limits=told), CountingMeter()

        await LimitsCheck(FakeFeed(quote), ours, meter=meter).quotes([quote.security])

        assert meter.differed == 0


async def test_limits_where_we_know_of_none_differ() -> None:
    quote, meter = make.quote(limits=TEN_PER_CENT), CountingMeter()

    await LimitsCheck(FakeFeed(quote), none, meter=meter).quotes([quote.security])

    assert meter.differed == 1


async def test_a_difference_is_told_once_a_day() -> None:
    feed, meter = FakeFeed(), CountingMeter()
    check = LimitsCheck(feed, ours, meter=meter)

    for at in (make.NOON, make.NOON + timedelta(minutes=1), make.NOON + timedelta(days=1)):
        feed.say(make.quote(limits=FIVE_PER_CENT, at=at))
        await check.quotes([make.security()])

    assert meter.differed == 2
