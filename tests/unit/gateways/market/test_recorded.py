"""A recording is played against the clock, and tells nothing of the future."""

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from callcenter.domain.clock import BEIJING
from callcenter.domain.errors import QuotesUnavailable
from callcenter.domain.securities import Quote
from callcenter.gateways.market.recorded import RecordedFeed
from tests import make
from tests.fakes.clock import FakeClock

BARS = """\
date,open,high,low,close,volume,amount
2026-11-19,9.90,10.10,9.80,10.00,1000000,9950000.00
2026-11-20,10.02,10.30,9.95,10.21,2000000,20200000.00
"""
TICKS = """\
time,last,previous_close,volume,amount,bid1,bid1_volume,ask1,ask1_volume
2026-11-20 09:30:03,10.02,10.00,1000,10020.00,10.01,300,10.02,500
2026-11-20 09:30:06,10.05,10.00,2500,25065.00,10.04,100,10.05,200
2026-11-20 09:30:09,10.01,10.00,4000,40110.00,10.00,800,0.00,0
"""


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=BEIJING)


async def told(folder: Path, when: str, *, ahead: timedelta = timedelta(0)) -> Quote | None:
    found = await RecordedFeed(folder, FakeClock(at(when)), ahead=ahead).quotes([make.security()])
    return found.get("SH600000")


def record(folder: Path, text: str) -> Path:
    (folder / "SH600000.csv").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("when", "last", "close", "volume", "since"),
    [
        ("2026-11-20 09:29:59", "10.00", "9.90", 1_000_000, "2026-11-19 15:00"),
        ("2026-11-20 09:30:00", "10.02", "10.00", 0, "2026-11-20 09:30"),
        ("2026-11-20 14:59:59", "10.02", "10.00", 0, "2026-11-20 09:30"),
        ("2026-11-20 15:00:00", "10.21", "10.00", 2_000_000, "2026-11-20 15:00"),
        ("2026-12-24 12:00:00", "10.21", "10.00", 2_000_000, "2026-11-20 15:00"),
    ],
)
async def test_a_bar_is_its_opening_until_its_close(
    when: str, last: str, close: str, volume: int, since: str, tmp_path: Path
) -> None:
    quote = await told(record(tmp_path, BARS), when)

    assert quote is not None
    assert (quote.last, quote.previous_close) == (Decimal(last), Decimal(close))
    assert (quote.volume, quote.at) == (volume, at(since))
    assert (quote.bid, quote.ask) == (None, None)


async def test_before_the_first_row_there_is_no_quote(tmp_path: Path) -> None:
    assert await told(record(tmp_path, BARS), "2026-11-19 09:00:00") is None


async def test_a_previous_close_that_is_told_is_taken(tmp_path: Path) -> None:
    text = "date,open,high,low,close,volume,previous_close\n2026-11-20,10,10,10,10,1,9.50\n"

    quote = await told(record(tmp_path, text), "2026-11-20 10:00")

    assert quote is not None
    assert quote.previous_close == Decimal("9.50")


async def test_a_tick_is_told_from_its_time_on_with_the_range_so_far(tmp_path: Path) -> None:
    record(tmp_path, TICKS)

    first = await told(tmp_path, "2026-11-20 09:30:05")
    last = await told(tmp_path, "2026-11-20 10:00:00")

    assert first is not None
    assert last is not None
    assert (first.last, first.high, first.low) == (Decimal("10.02"),) * 3
    assert (last.open, last.high, last.low, last.last) == tuple(
        map(Decimal, ("10.02", "10.05", "10.01", "10.01"))
    )
    assert (last.bid, last.ask, last.at) == (Decimal("10.00"), None, at("2026-11-20 09:30:09"))
    assert last.bids[0].volume == 800


async def test_every_day_of_ticks_has_its_own_range(tmp_path: Path) -> None:
    next_day = "2026-11-23 09:30:00,9.50,10.01,100,950.00,,,,\n"

    quote = await told(record(tmp_path, TICKS + next_day), "2026-11-23 10:00:00")

    assert quote is not None
    assert (quote.open, quote.high, quote.low) == (Decimal("9.50"),) * 3


async def test_a_recording_can_be_played_on_another_day(tmp_path: Path) -> None:
    quote = await told(record(tmp_path, TICKS), "2026-11-23 09:30:05", ahead=timedelta(days=3))

    assert quote is not None
    assert quote.at == at("2026-11-23 09:30:03")


async def test_a_security_without_a_file_has_no_quote(tmp_path: Path) -> None:
    assert await told(tmp_path, "2026-11-20 10:00:00") is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param("", "columns", id="empty"),
        pytest.param("date,open\n2026-11-20,1\n", "columns", id="too-few-columns"),
        pytest.param(BARS.replace("9.90", "9,90"), "line 2", id="a-comma-in-a-price"),
        pytest.param(BARS.replace("9.90", "0"), "line 2", id="a-price-of-zero"),
        pytest.param(BARS.replace("10.30", "9.00"), "line 3", id="high-below-low"),
        pytest.param(BARS.replace("2026-11-20", "2026-11-18"), "line 3", id="out-of-order"),
        pytest.param(BARS.replace("2026-11-20", "20.11.2026"), "line 3", id="another-date"),
        pytest.param(BARS.replace(",10.21,2000000,20200000.00", ""), "line 3", id="cut-off"),
        pytest.param(TICKS.replace("09:30:06", "half past nine"), "line 3", id="no-time"),
        pytest.param(TICKS.replace("09:30:06", "09:30:03"), "line 3", id="the-same-time-twice"),
        pytest.param(TICKS.replace("10.04,100", "10.09,100"), "line 3", id="bid-above-ask"),
        pytest.param("\x00\x01", "columns", id="binary"),
    ],
)
async def test_a_file_that_is_wrong_is_named_with_its_line(
    text: str, why: str, tmp_path: Path
) -> None:
    record(tmp_path, text)

    with pytest.raises(QuotesUnavailable, match=rf"SH600000\.csv: .*{why}"):
        await told(tmp_path, "2026-11-20 10:00:00")


async def test_what_cannot_be_decoded_is_no_recording(tmp_path: Path) -> None:
    (tmp_path / "SH600000.csv").write_bytes("浦发".encode("gbk"))

    with pytest.raises(QuotesUnavailable):
        await told(tmp_path, "2026-11-20 10:00:00")
