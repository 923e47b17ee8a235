"""How many agents answer in time, and how many have to be on the roster for that."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from callcenter.capacity.demand import Demand
from callcenter.capacity.traffic import answered, least, mean_wait_s, more_than, waits


@dataclass(frozen=True, kw_only=True)
class Seats:
    """`seats` agents at the telephone at the same time, for whom `rostered` are on duty."""

    traffic: float  # erlang
    seats: int
    rostered: int
    answered_in_time: float
    waiting: float  # the share that waits at all
    mean_wait_s: float  # over all calls for agents
    occupancy: float


NOBODY = Seats(
    traffic=0.0,
    seats=0,
    rostered=0,
    answered_in_time=1.0,
    waiting=0.0,
    mean_wait_s=0.0,
    occupancy=0.0,
)


def seats_for(demand: Demand) -> Seats:
    """Return the fewest agents who keep the service level and are not busier than allowed."""
    traffic = demand.for_agents
    if traffic == 0:
        return NOBODY
    handling_s = float(demand.handling_s)

    def in_time(agents: int) -> float:
        within_s = float(demand.service_level.within_s)
        return answered(traffic, agents, within_s=within_s, handling_s=handling_s)

    fewest = max(more_than(traffic), _not_too_busy(demand))
    promised = demand.service_level.answered
    seats = least(lambda agents: in_time(agents) >= promised, at_least=fewest)
    return Seats(
        traffic=traffic,
        seats=seats,
        rostered=ceil(Fraction(seats) / (1 - Fraction(demand.shrinkage))),
        answered_in_time=in_time(seats),
        waiting=waits(traffic, seats),
        mean_wait_s=mean_wait_s(traffic, seats, handling_s=handling_s),
        occupancy=traffic / seats,
    )


def _not_too_busy(demand: Demand) -> int:
    """Count in fractions: with floats a quotient that comes out even may cost an agent more."""
    busy = Fraction(demand.calls_per_hour) * Fraction(demand.to_agents)
    busy *= Fraction(demand.handling_s) / 3600
    return ceil(busy / Fraction(demand.max_occupancy))
