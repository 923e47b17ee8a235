"""A clock that stands still until a test moves it."""

from datetime import datetime, timedelta

from callcenter.domain.clock import Clock
from tests import make


class FakeClock(Clock):
    def __init__(self, at: datetime = make.NOON) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def forward(self, by: timedelta) -> None:
        self.at += by
