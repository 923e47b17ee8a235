"""The whole plan: seats, then the lines that hold the calls, then the servers that carry them."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Final

from callcenter.capacity.demand import Demand
from callcenter.capacity.lines import Lines, lines_for
from callcenter.capacity.seats import Seats, seats_for
from callcenter.capacity.servers import Cost, Machines, Servers, servers_for

# A daemon is one event loop, and that keeps one core busy at most.
CORES_OF_A_DAEMON: Final = 1


@dataclass(frozen=True, kw_only=True)
class Costs:
    """What a call costs each part, as far as it is known; `most_at_once` were measured together."""

    daemon: Cost | None = None
    asterisk: Cost | None = None
    postgresql: Decimal | None = None  # processor seconds of each second of a call
    most_at_once: int | None = None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What the busy hour needs. A part whose cost is unknown is None."""

    demand: Demand
    machines: Machines
    seats: Seats
    lines: Lines
    daemons: Servers | None
    asterisks: Servers | None
    database_cores: int | None
    most_at_once: int | None

    @property
    def pairs(self) -> int | None:
        """How many pairs of an Asterisk and its daemon are enough; None if a cost is unknown."""
        if self.daemons is None or self.asterisks is None:
            return None
        return max(self.daemons.count, self.asterisks.count)

    @property
    def comes_in_pairs(self) -> bool:
        """Tell whether as many daemons as Asterisks are planned."""
        counts = {each.count for each in (self.daemons, self.asterisks) if each}
        return len(counts) == 1

    @property
    def beyond_what_was_measured(self) -> bool:
        """Tell whether a server has to carry more calls than were ever measured on one."""
        if self.most_at_once is None:
            return False
        most = self.most_at_once
        return any(each.calls_each > most for each in (self.daemons, self.asterisks) if each)


def plan(demand: Demand, machines: Machines, costs: Costs) -> Plan:
    """
    Plan for the moment in which every line is taken while the spare servers are out of order.

    Calls that find no line count for the agents as well, so the seats are on the safe side.
    """
    seats = seats_for(demand)
    lines = lines_for(demand, wait_s=seats.mean_wait_s)

    def carry(cost: Cost | None, *, cores_each: int) -> Servers | None:
        if cost is None:
            return None
        return servers_for(lines.lines, cost, machines, cores_each=cores_each)

    return Plan(
        demand=demand,
        machines=machines,
        seats=seats,
        lines=lines,
        daemons=carry(costs.daemon, cores_each=CORES_OF_A_DAEMON),
        asterisks=carry(costs.asterisk, cores_each=machines.asterisk_cores),
        database_cores=_cores(lines.lines, costs.postgresql, machines),
        most_at_once=costs.most_at_once,
    )


def _cores(calls: int, cpu: Decimal | None, machines: Machines) -> int | None:
    if cpu is None:
        return None
    return max(1, ceil(calls * Fraction(cpu) / Fraction(machines.utilisation)))
