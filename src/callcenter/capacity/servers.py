"""How many daemons and Asterisks carry the calls, from what a call was measured to cost."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil

from callcenter.capacity.demand import CannotPlan


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a call costs a part: processor seconds each second, and megabytes, while it lasts."""

    cpu: Decimal
    memory_mb: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        if not (self.cpu.is_finite() and self.cpu > 0):
            raise CannotPlan("The processor time of a call is a number of seconds above 0.")
        if not (self.memory_mb.is_finite() and self.memory_mb >= 0):
            raise CannotPlan("The memory of a call is no negative number of megabytes.")


@dataclass(frozen=True, kw_only=True)
class Machines:
    """What there is to carry calls with: `utilisation` is the share of a core to plan with."""

    asterisk_cores: int  # that each Asterisk has for itself
    utilisation: Decimal
    spare: int  # how many of each kind may fail

    def __post_init__(self) -> None:
        if self.asterisk_cores < 1:
            raise CannotPlan("An Asterisk has at least 1 core.")
        if not 0 < self.utilisation <= 1:
            raise CannotPlan("The utilisation is more than 0 % and at most 100 %.")
        if self.spare < 0:
            raise CannotPlan("There are 0 spare ones or more.")


@dataclass(frozen=True, kw_only=True)
class Servers:
    """`needed` of a kind carry `calls` at once; with `spare` more, so many may fail."""

    calls: int
    cost: Cost
    cores: float  # that all calls together keep busy
    cores_each: int
    needed: int
    spare: int
    memory_mb_each: float

    @property
    def count(self) -> int:
        return self.needed + self.spare

    @property
    def calls_each(self) -> int:
        return ceil(self.calls / self.needed)


def servers_for(calls: int, cost: Cost, machines: Machines, *, cores_each: int) -> Servers:
    """Return how many of a kind, with so many cores each, carry so many calls at once."""
    busy = calls * Fraction(cost.cpu)
    needed = max(1, ceil(busy / (cores_each * Fraction(machines.utilisation))))
    return Servers(
        calls=calls,
        cost=cost,
        cores=float(busy),
        cores_each=cores_each,
        needed=needed,
        spare=machines.spare,
        memory_mb_each=ceil(calls / needed) * float(cost.memory_mb),
    )
