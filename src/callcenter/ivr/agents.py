"""When persons answer, besides the hotline."""

from dataclasses import dataclass, field
from datetime import time

from callcenter.domain.clock import BEIJING, Clock, SystemClock


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentDesk:
    """
    The hours of the agents, in Beijing; without hours whoever is logged in may be called.

    A day's end before its beginning is in the morning of the next day.
    """

    clock: Clock = field(default_factory=SystemClock)
    opens: time | None = None
    closes: time | None = None

    @property
    def is_open(self) -> bool:
        if self.opens is None or self.closes is None:
            return True
        now = self.clock.now().astimezone(BEIJING).time()
        if self.opens <= self.closes:
            return self.opens <= now < self.closes
        return now >= self.opens or now < self.closes
