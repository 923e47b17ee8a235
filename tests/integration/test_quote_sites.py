"""Both public formats over HTTP, from a site on loopback that behaves well or badly."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal
from itertools import pairwise
from typing import Final

import pytest
from structlog.testing import capture_logs

from callcenter.domain.errors import QuotesUnavailable
from callcenter.domain.securities import Security
from callcenter.gateways.market.http import HttpFeed, Manners
from callcenter.gateways.market.meter import NoMeter
from callcenter.gateways.market.shared import SharedFeed
from callcenter.gateways.market.sina import Sina
from callcenter.gateways.market.tencent import Tencent
from callcenter.gateways.market.texts import TextFormat
from tests import make
from tests.fakes import quote_site, quote_texts
from tests.fakes.clock import FakeClock
from tests.fakes.quote_site import QuoteSite

PUFA: Final = make.security()
HASTY: Final = Manners(answer_within_s=0.3, requests_per_s=1000)
RECORDS: Final = {"sina": quote_texts.SINA, "tencent": quote_texts.TENCENT}
WRITES: Final = {"sina": quote_texts.sina_answer, "tencent": quote_texts.tencent_answer}


class CountingMeter(NoMeter):
    def __init__(self) -> None:
        self.answers: list[tuple[str, str]] = []

    def asked(self, source: str, how: str) -> None:
        self.answers.append((source, how))


class Time:
    """Seconds that pass when a test says so, or when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
async def site() -> AsyncIterator[QuoteSite]:
    async with quote_site.open_site() as opened:
        yield opened


@pytest.fixture(params=[Sina(), Tencent()], ids=lambda form: form.name)
def form(request: pytest.FixtureRequest) -> TextFormat:
    made: TextFormat = request.param
    return made


@asynccontextmanager
async def opened(
    form: TextFormat,
    site: QuoteSite,
    *,
    manners: Manners = HASTY,
    time: Time | None = None,
    meter: NoMeter | None = None,
) -> AsyncIterator[HttpFeed]:
    time = time or Time()
    feed = HttpFeed(
        form,
        site.address,
        FakeClock(),
        manners=manners,
        meter=meter,
        monotonic=time,
        sleep=time.sleep,
    )
    await feed.start()
    try:
        yield feed
    finally:
        await feed.stop()


def well(form: TextFormat, *codes: str) -> quote_site.Answer:
    """Know these securities of Shanghai, all at the same prices."""
    records = {f"sh{code}": RECORDS[form.name].replace("600000", code) for code in codes}
    return quote_site.knows(records, WRITES[form.name])


def text(form: TextFormat, changes: dict[int, str] | None = None) -> str:
    separator = "," if form.name == "sina" else "~"
    record = quote_texts.with_fields(RECORDS[form.name], separator, changes or {})
    return WRITES[form.name]({"sh600000": record})


def listed(number: int) -> Sequence[Security]:
    return [make.security(code=f"{600_000 + n}") for n in range(number)]


async def test_a_quote_is_read_from_the_site(form: TextFormat, site: QuoteSite) -> None:
    site.answer = well(form, "600000")
    meter = CountingMeter()

    async with opened(form, site, meter=meter) as feed:
        found = await feed.quotes([PUFA])

    assert found[PUFA.id].last == Decimal("10.05")
    assert found[PUFA.id].security == PUFA
    assert meter.answers == [(form.name, "answered")]


@pytest.mark.parametrize(
    ("form", "path"),
    [
        pytest.param(Sina(), "/list=sh600000,sz000001", id="sina"),
        pytest.param(Tencent(), "/q=sh600000,sz000001", id="tencent"),
    ],
)
async def test_the_site_is_asked_as_it_expects(
    form: TextFormat, path: str, site: QuoteSite
) -> None:
    site.answer = well(form, "600000")

    async with opened(form, site) as feed:
        await feed.quotes([PUFA, make.security(market="SZ", code="000001")])

    assert site.asked == [path]
    assert site.headers[0].get("Referer") == form.headers.get("Referer")
    assert "Cookie" not in site.headers[0]


@pytest.mark.parametrize(
    ("form", "sizes"),
    [
        pytest.param(Sina(), [800, 800, 400], id="sina"),
        pytest.param(Tencent(), [60] * 33 + [20], id="tencent"),
    ],
)
async def test_many_codes_go_in_as_many_requests_as_the_site_allows(
    form: TextFormat, sizes: list[int], site: QuoteSite
) -> None:
    many = listed(2000)
    site.answer = well(form, *(security.code for security in many))

    async with opened(form, site) as feed:
        found = await feed.quotes(many)

    assert len(found) == 2000
    assert [len(symbols) for symbols in site.symbols] == sizes


async def test_the_order_of_an_answer_does_not_matter(form: TextFormat, site: QuoteSite) -> None:
    first, second = listed(2)
    busier = {8: "99900"} if form.name == "sina" else {6: "999"}
    lines = [text(form), text(form, busier).replace("600000", "600001")]
    site.answer = quote_site.says("".join(reversed(lines)))

    async with opened(form, site) as feed:
        found = await feed.quotes([first, second])

    assert found[first.id].volume == make.quote().volume // 100 * 100
    assert found[second.id].volume == 99_900


async def test_unknown_codes_are_left_out(form: TextFormat, site: QuoteSite) -> None:
    site.answer = well(form, "600000")

    async with opened(form, site) as feed:
        assert list(await feed.quotes(listed(3))) == [PUFA.id]


async def test_codes_that_the_answer_leaves_out_are_left_out(
    form: TextFormat, site: QuoteSite
) -> None:
    site.answer = quote_site.says(text(form))

    async with opened(form, site) as feed:
        assert list(await feed.quotes(listed(3))) == [PUFA.id]


async def test_what_nobody_asked_for_is_not_told(form: TextFormat, site: QuoteSite) -> None:
    site.answer = quote_site.says(text(form))

    async with opened(form, site) as feed:
        assert await feed.quotes([make.security(code="600004")]) == {}


async def test_a_broken_record_is_left_out_and_the_others_are_told(
    form: TextFormat, site: QuoteSite
) -> None:
    broken = text(form, {3: "10,05" if form.name == "tencent" else "x"})
    site.answer = quote_site.says(broken.replace("600000", "600001") + text(form))

    with capture_logs() as logged:
        async with opened(form, site) as feed:
            found = await feed.quotes(listed(2))

    assert list(found) == [PUFA.id]
    assert [line["event"] for line in logged] == ["quotes.garbled"]


BAD: Final = {
    "an-error": quote_site.says("busy", status=503),
    "forbidden": quote_site.says("Forbidden", status=403),
    "a-page": quote_site.says("<html>请稍候</html>"),
    "nothing": quote_site.says(""),
    "silence": quote_site.is_silent,
    "drops": quote_site.drips,
    "a-flood": quote_site.floods,
    "a-hang-up": quote_site.hangs_up,
    "bytes": quote_site.sends(bytes(range(256)) * 4),
    "somewhere-else": quote_site.redirects_to("/list=sh600000"),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
async def test_whatever_a_site_does_wrong_there_are_no_quotes_in_time(
    form: TextFormat, bad: quote_site.Answer, site: QuoteSite
) -> None:
    site.answer = bad

    with capture_logs() as logged:
        async with opened(form, site) as feed, asyncio.timeout(5):
            with pytest.raises(QuotesUnavailable):
                await feed.quotes([PUFA])

    assert [line["event"] for line in logged] == ["quotes.source_away"]


async def test_a_site_is_not_followed_elsewhere(form: TextFormat, site: QuoteSite) -> None:
    site.answer = quote_site.redirects_to("/list=sh600000")

    async with opened(form, site) as feed:
        with pytest.raises(QuotesUnavailable):
            await feed.quotes([PUFA])

    assert len(site.asked) == 1


async def test_an_answer_that_is_too_long_is_none(form: TextFormat, site: QuoteSite) -> None:
    site.answer = quote_site.says(text(form) + "\n" * 5_000)
    patient = {"answer_within_s": 30.0, "requests_per_s": 1000.0}

    async with opened(form, site, manners=Manners(**patient, most_bytes=10_000)) as feed:
        assert PUFA.id in await feed.quotes([PUFA])
    async with opened(form, site, manners=Manners(**patient, most_bytes=5_000)) as feed:
        with pytest.raises(QuotesUnavailable):
            await feed.quotes([PUFA])


async def test_a_cut_character_makes_the_answer_worthless(
    form: TextFormat, site: QuoteSite
) -> None:
    half = "浦".encode("gbk")[:1]
    site.answer = quote_site.sends(text(form).encode("gbk") + half)

    async with opened(form, site) as feed:
        with pytest.raises(QuotesUnavailable):
            await feed.quotes([PUFA])


async def test_an_answer_that_ends_too_early_tells_what_is_whole(
    form: TextFormat, site: QuoteSite
) -> None:
    both = text(form) + text(form).replace("600000", "600001")
    site.answer = quote_site.says(both[:-30])

    async with opened(form, site) as feed:
        assert list(await feed.quotes(listed(2))) == [PUFA.id]


async def test_only_broken_records_are_no_answer(form: TextFormat, site: QuoteSite) -> None:
    site.answer = quote_site.says(text(form, {3: "nan"}))
    meter = CountingMeter()

    async with opened(form, site, meter=meter) as feed:
        with pytest.raises(QuotesUnavailable):
            await feed.quotes([PUFA])

    assert meter.answers == [(form.name, "garbled")]


async def test_nobody_there_is_no_quotes(form: TextFormat, site: QuoteSite) -> None:
    site.address = "http://127.0.0.1:1"

    async with opened(form, site) as feed:
        with pytest.raises(QuotesUnavailable):
            await feed.quotes([PUFA])


async def test_a_feed_that_was_stopped_has_no_quotes(form: TextFormat, site: QuoteSite) -> None:
    async with opened(form, site) as feed:
        pass

    with pytest.raises(QuotesUnavailable):
        await feed.quotes([PUFA])


async def test_after_a_failure_the_site_has_its_rest_which_grows(
    form: TextFormat, site: QuoteSite
) -> None:
    time, meter = Time(), CountingMeter()
    site.answer = quote_site.says("", status=500)
    asked_after: list[float] = []

    with capture_logs() as logged:
        async with opened(form, site, time=time, meter=meter) as feed:
            for _ in range(400):
                before = len(site.asked)
                with pytest.raises(QuotesUnavailable):
                    await feed.quotes([PUFA])
                if len(site.asked) > before:
                    asked_after.append(time.now)
                time.now += 0.25
            site.answer = well(form, "600000")
            time.now += 30
            assert PUFA.id in await feed.quotes([PUFA])

    rests = [b - a for a, b in pairwise(asked_after)]
    assert rests == [0.5, 1, 2, 4, 8, 16, 30, 30]
    assert [line["event"] for line in logged] == ["quotes.source_away", "quotes.source_back"]


async def test_a_site_that_came_back_has_a_short_rest_again(
    form: TextFormat, site: QuoteSite
) -> None:
    time = Time()
    with capture_logs() as logged:
        async with opened(form, site, time=time) as feed:
            for answer in (says_nothing := quote_site.says("", status=500), says_nothing):
                site.answer = answer
                time.now += 30
                with pytest.raises(QuotesUnavailable):
                    await feed.quotes([PUFA])
            site.answer = well(form, "600000")
            time.now += 30
            await feed.quotes([PUFA])
            site.answer = says_nothing
            time.now += 30
            with pytest.raises(QuotesUnavailable):
                await feed.quotes([PUFA])
            site.answer = well(form, "600000")
            time.now += 0.5
            assert PUFA.id in await feed.quotes([PUFA])

    away, back = "quotes.source_away", "quotes.source_back"
    assert [line["event"] for line in logged] == [away, back, away, back]


async def test_requests_are_no_closer_together_than_was_set(
    form: TextFormat, site: QuoteSite
) -> None:
    time = Time()
    site.answer = well(form, "600000")

    async with opened(form, site, manners=Manners(requests_per_s=2), time=time) as feed:
        await asyncio.gather(*(feed.quotes([PUFA]) for _ in range(5)))

    assert len(site.asked) == 5
    assert time.now == pytest.approx(2.0)


async def test_a_hundred_callers_at_once_are_one_request(form: TextFormat, site: QuoteSite) -> None:
    codes = listed(30)
    site.answer = well(form, *(security.code for security in codes))

    async with opened(form, site) as feed:
        shared = SharedFeed(feed, keep_s=60, gather_s=0)
        asks = (shared.quotes([codes[n % 30]]) for n in range(100))
        answers = await asyncio.gather(*asks)
        again = await shared.quotes(codes)

    assert [len(symbols) for symbols in site.symbols] == [30]
    assert all(len(answer) == 1 for answer in answers)
    assert len(again) == 30


async def test_a_caller_who_hangs_up_during_a_request_leaves_the_line_usable(
    form: TextFormat, site: QuoteSite
) -> None:
    site.answer = quote_site.is_silent
    async with opened(form, site, manners=Manners(answer_within_s=60)) as feed:
        caller = asyncio.create_task(feed.quotes([PUFA]))
        await site.reached.wait()
        caller.cancel()
        with pytest.raises(asyncio.CancelledError):
            await caller

        site.answer = well(form, "600000")
        assert PUFA.id in await feed.quotes([PUFA])
