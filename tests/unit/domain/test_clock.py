from datetime import UTC, date, datetime

from callcenter.domain.clock import BEIJING, SystemClock, trade_date


def test_the_clock_keeps_beijing_time() -> None:
    assert SystemClock().now().tzinfo is BEIJING


def test_the_trade_date_is_beijings_wherever_the_time_was_taken() -> None:
    assert trade_date(datetime(2026, 11, 19, 16, 0, tzinfo=UTC)) == date(2026, 11, 20)
    assert trade_date(datetime(2026, 11, 20, 15, 59, tzinfo=UTC)) == date(2026, 11, 20)
