"""The plan as JSON. The names are a promise to scripts; times are seconds, shares parts of one."""

from callcenter.capacity.demand import Demand
from callcenter.capacity.plan import Plan
from callcenter.capacity.servers import Servers
from callcenter.capacity.words import explained, remarks
from callcenter.cli.records import Record


def plan_record(plan: Plan) -> Record:
    seats, lines = plan.seats, plan.lines
    return {
        "asked": _asked(plan.demand),
        "seats": {
            "seats": seats.seats,
            "rostered": seats.rostered,
            "erlang": seats.traffic,
            "answered_in_time": seats.answered_in_time,
            "waiting": seats.waiting,
            "mean_wait_s": seats.mean_wait_s,
            "occupancy": seats.occupancy,
        },
        "trunk_lines": {
            "lines": lines.lines,
            "erlang": lines.traffic,
            "holding_s": lines.holding_s,
            "blocked": lines.blocked,
        },
        "daemons": _servers(plan.daemons),
        "asterisks": _servers(plan.asterisks),
        "pairs": plan.pairs,
        "postgresql_cores": plan.database_cores,
        "why": {one.name: one.why for one in explained(plan)},
        "remarks": list(remarks(plan)),
    }


def _asked(demand: Demand) -> Record:
    return {
        "calls_per_hour": float(demand.calls_per_hour),
        "ivr_s": float(demand.ivr_s),
        "to_agents": float(demand.to_agents),
        "aht_s": float(demand.handling_s),
        "after_call_s": float(demand.after_call_s),
        "service_level": float(demand.service_level.answered),
        "within_s": float(demand.service_level.within_s),
        "occupancy": float(demand.max_occupancy),
        "shrinkage": float(demand.shrinkage),
        "blocking": float(demand.blocking),
    }


def _servers(servers: Servers | None) -> Record | None:
    if servers is None:
        return None
    return {
        "count": servers.count,
        "needed": servers.needed,
        "spare": servers.spare,
        "calls_each": servers.calls_each,
        "cores_busy": servers.cores,
        "cpu_per_call_s": float(servers.cost.cpu),
        "memory_mb_each": servers.memory_mb_each,
    }
