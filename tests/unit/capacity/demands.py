"""Ready-made demands."""

from decimal import Decimal
from typing import Any

from callcenter.capacity.demand import Demand, ServiceLevel
from callcenter.capacity.servers import Machines

MACHINES = Machines(asterisk_cores=2, utilisation=Decimal("0.6"), spare=1)


def demand(calls_per_hour: int, handling_s: int, **other: Any) -> Demand:
    """Return a demand of 80/20 at 85 % occupancy, 30 % shrinkage and 1 % blocking."""
    usual: dict[str, Any] = {
        "ivr_s": Decimal(60),
        "to_agents": Decimal(1),
        "after_call_s": Decimal(0),
        "service_level": level("0.8", "20"),
        "max_occupancy": Decimal("0.85"),
        "shrinkage": Decimal("0.3"),
        "blocking": Decimal("0.01"),
    }
    return Demand(
        calls_per_hour=Decimal(calls_per_hour), handling_s=Decimal(handling_s), **(usual | other)
    )


def level(answered: str, within_s: str) -> ServiceLevel:
    return ServiceLevel(answered=Decimal(answered), within_s=Decimal(within_s))
