"""A market whose hours a test sets."""

from dataclasses import dataclass
from datetime import date, datetime

from callcenter.domain.errors import Refused
from callcenter.domain.refusals import Refusal
from callcenter.domain.securities import Security
from callcenter.trading.ports import MarketHours


@dataclass
class FakeHours(MarketHours):
    """Open while `opens` is None; closed until that day; with `refuses` it takes nothing at all."""

    opens: date | None = None
    refuses: Refusal | None = None
    asked: int = 0  # how often

    def reserved_for(self, security: Security, at: datetime) -> date | None:
        self.asked += 1
        if self.refuses is not None:
            raise Refused(self.refuses)
        return self.opens
