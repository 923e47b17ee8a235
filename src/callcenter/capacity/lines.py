"""How many trunk lines the carrier has to provide."""

from dataclasses import dataclass

from callcenter.capacity.demand import Demand
from callcenter.capacity.traffic import blocked, least


@dataclass(frozen=True, kw_only=True)
class Lines:
    """With `lines` the share `blocked` finds none free, with one line less `blocked_with_less`."""

    traffic: float  # erlang
    holding_s: float  # how long a call holds a line on average
    lines: int
    blocked: float
    blocked_with_less: float


def lines_for(demand: Demand, *, wait_s: float) -> Lines:
    """Return the fewest lines that keep the promise, if calls for agents wait so long."""
    traffic = demand.on_lines(wait_s)
    promised = demand.blocking
    lines = least(lambda count: blocked(traffic, count) <= promised, at_least=1)
    return Lines(
        traffic=traffic,
        holding_s=demand.holding_s(wait_s),
        lines=lines,
        blocked=blocked(traffic, lines),
        blocked_with_less=blocked(traffic, lines - 1),
    )
