"""What a busy hour brings, and what callers are promised."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

MOST_ERLANG: Final = 100_000


class CannotPlan(ValueError):
    """There is no plan for what was asked; the message says why, in a sentence."""


@dataclass(frozen=True, kw_only=True)
class ServiceLevel:
    """`answered` of the calls are taken by an agent within `within_s` seconds: 80/20."""

    answered: Decimal
    within_s: Decimal

    def __post_init__(self) -> None:
        if not 0 < self.answered < 1:
            raise CannotPlan("The service level is more than 0 % and less than 100 % of calls.")
        if not _sensible(self.within_s):
            raise CannotPlan("The time in which calls are answered is no negative number.")


@dataclass(frozen=True, kw_only=True)
class Demand:
    """
    Times are seconds, shares parts of one.

    Every call holds a line for `ivr_s` in the menus. The share `to_agents` goes on to an agent:
    it waits, then the agent handles it for `handling_s`, of which the line is free again for the
    last `after_call_s`. Agents are paid for hours of which `shrinkage` is breaks and training.
    """

    calls_per_hour: Decimal
    ivr_s: Decimal
    to_agents: Decimal
    handling_s: Decimal
    after_call_s: Decimal
    service_level: ServiceLevel
    max_occupancy: Decimal
    shrinkage: Decimal
    blocking: Decimal

    def __post_init__(self) -> None:
        for wrong in self._faults():
            raise CannotPlan(wrong)

    @property
    def for_agents(self) -> float:
        """The traffic that agents have to handle, in erlang."""
        return float(self.calls_per_hour * self.to_agents * self.handling_s / 3600)

    def on_lines(self, wait_s: float) -> float:
        """Return the traffic that lines have to carry, in erlang."""
        return float(self.calls_per_hour) * self.holding_s(wait_s) / 3600

    def holding_s(self, wait_s: float) -> float:
        """Return how long a call holds a line on average, if those for agents wait so long."""
        talking_s = float(self.handling_s - self.after_call_s)
        return float(self.ivr_s) + float(self.to_agents) * (wait_s + talking_s)

    def _faults(self) -> Iterator[str]:
        yield from self._impossible_times()
        yield from self._impossible_shares()
        erlang = max(self.for_agents, self.on_lines(0.0))
        if erlang == 0:
            yield "No call lasts any time: say how long the menus take, or how many go to agents."
        if erlang > MOST_ERLANG:
            yield f"These are {erlang:,.0f} erlang, and no plan is made beyond {MOST_ERLANG:,}."

    def _impossible_times(self) -> Iterator[str]:
        if not _sensible(self.calls_per_hour) or self.calls_per_hour == 0:
            yield "The calls per hour are a number above 0."
        if not _sensible(self.ivr_s):
            yield "The seconds in the menus are no negative number."
        if not _sensible(self.handling_s) or self.handling_s == 0:
            yield "The average handling time is a number of seconds above 0."
        if not _sensible(self.after_call_s) or self.after_call_s > self.handling_s:
            yield "The work after a call is a part of the handling time, and not negative."

    def _impossible_shares(self) -> Iterator[str]:
        if not 0 <= self.to_agents <= 1:
            yield "The share that goes on to agents is between 0 % and 100 %."
        if not 0 < self.max_occupancy <= 1:
            yield "The occupancy is more than 0 % and at most 100 %."
        if not 0 <= self.shrinkage < 1:
            yield "The shrinkage is at least 0 % and less than 100 %."
        if not 0 < self.blocking < 1:
            yield "The blocking is more than 0 % and less than 100 %."


def _sensible(amount: Decimal) -> bool:
    return amount.is_finite() and amount >= 0
