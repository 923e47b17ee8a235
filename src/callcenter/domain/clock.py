"""What time it is, for everyone. Beijing time at the edges; the product has no naive datetimes."""

from datetime import date, datetime
from typing import Final, Protocol
from zoneinfo import ZoneInfo

BEIJING: Final = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Gives the time. Two readings never go backwards by more than the system clock does."""

    def now(self) -> datetime:
        """Return the current time, aware, in Beijing."""
        ...


class SystemClock(Clock):
    def now(self) -> datetime:
        return datetime.now(BEIJING)


def trade_date(now: datetime) -> date:
    """Return the exchange's date of `now`. Orders and fills are numbered within it."""
    return now.astimezone(BEIJING).date()
