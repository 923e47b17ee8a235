"""The plan in words: each number with a sentence that tells where it comes from."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from callcenter.capacity.lines import Lines
from callcenter.capacity.plan import Plan
from callcenter.capacity.seats import Seats
from callcenter.capacity.servers import Servers

_UNKNOWN: Final = (
    "What a call costs is unknown, so no servers are planned: say --measured with the result.json "
    "of `callcenter load`, or --daemon-cpu and --asterisk-cpu."
)
_NOT_WATCHED: Final = (
    "This load run did not watch the programs, so no servers are planned: run it on the machine of "
    "the PBX, or say --daemon-cpu and --asterisk-cpu."
)


@dataclass(frozen=True, kw_only=True)
class Explained:
    """A number of the plan, by the name under which JSON has it, and why it is so."""

    name: str
    count: int
    why: str


def explained(plan: Plan) -> Iterator[Explained]:
    """Yield the numbers in the order in which they follow from each other."""
    yield Explained(name="seats", count=plan.seats.seats, why=_seats(plan, plan.seats))
    yield Explained(name="rostered", count=plan.seats.rostered, why=_rostered(plan))
    yield Explained(name="trunk lines", count=plan.lines.lines, why=_lines(plan, plan.lines))
    if plan.daemons is not None:
        why = _servers(plan, plan.daemons, "a daemon keeps one core busy at most")
        yield Explained(name="daemons", count=plan.daemons.count, why=why)
    if plan.asterisks is not None:
        why = _servers(plan, plan.asterisks, f"each has {_cores(plan.asterisks.cores_each)}")
        yield Explained(name="asterisks", count=plan.asterisks.count, why=why)
    if plan.database_cores is not None:
        why = _database(plan)
        yield Explained(name="cores of PostgreSQL", count=plan.database_cores, why=why)


def remarks(plan: Plan) -> Iterator[str]:
    """Yield what whoever reads the plan has to know besides."""
    if plan.daemons is None and plan.asterisks is None:
        yield _UNKNOWN if plan.most_at_once is None else _NOT_WATCHED
    if plan.pairs is not None and not plan.comes_in_pairs:
        yield (
            f"Each Asterisk calls one daemon and each daemon is linked to one Asterisk: run "
            f"{plan.pairs:,} of both."
        )
    if plan.beyond_what_was_measured:
        yield (
            f"A server gets more calls than the {plan.most_at_once:,} that were measured at the "
            "same time: measure with as many before you rely on it."
        )


def percent(share: float) -> str:
    """Say a share with at most two decimals: 93.72 %, 85 %."""
    return f"{100 * share:.2f}".rstrip("0").rstrip(".") + " %"


def number(amount: float) -> str:
    """Say an amount with at most one decimal: 1,000, 3.4."""
    return f"{amount:,.1f}".removesuffix(".0")


def _seats(plan: Plan, seats: Seats) -> str:
    if not seats.seats:
        return "No call goes on to an agent."
    demand, level = plan.demand, plan.demand.service_level
    return (
        f"{number(float(demand.calls_per_hour * demand.to_agents))} calls an hour at "
        f"{number(float(demand.handling_s))} s are {seats.traffic:.4g} erlang; the fewest agents "
        f"who take {percent(float(level.answered))} of them within {number(float(level.within_s))} "
        f"s and are busy for at most {percent(float(demand.max_occupancy))} of the time. They take "
        f"{percent(seats.answered_in_time)} in time (Erlang C) and are busy for "
        f"{percent(seats.occupancy)}; {percent(seats.waiting)} of calls wait, and "
        f"the mean wait of all is {number(seats.mean_wait_s)} s."
    )


def _rostered(plan: Plan) -> str:
    away = percent(float(plan.demand.shrinkage))
    return f"So many on duty leave {plan.seats.seats:,} seats taken while {away} are away."


def _lines(plan: Plan, lines: Lines) -> str:
    demand = plan.demand
    return (
        f"{number(float(demand.calls_per_hour))} calls an hour that hold a line for "
        f"{number(lines.holding_s)} s on average ({_held(plan)}) are {lines.traffic:.4g} erlang; "
        f"with so many lines {percent(lines.blocked)} of calls find none free (Erlang B), with one "
        f"less {percent(lines.blocked_with_less)}, and {percent(float(demand.blocking))} may."
    )


def _held(plan: Plan) -> str:
    demand = plan.demand
    menus = f"{number(float(demand.ivr_s))} s in the menus"
    if not demand.to_agents:
        return menus
    talking = number(float(demand.handling_s - demand.after_call_s))
    return (
        f"{menus}, and {percent(float(demand.to_agents))} go on, wait "
        f"{number(plan.seats.mean_wait_s)} s and talk {talking} s"
    )


def _servers(plan: Plan, servers: Servers, what_it_has: str) -> str:
    memory = ""
    if servers.cost.memory_mb:
        memory = f" in {number(servers.memory_mb_each)} MB"
    return (
        f"{servers.calls:,} calls at once, one on every line, take {servers.cost.cpu:f} s of "
        f"processor a second each, so {servers.cores:.3g} cores; {what_it_has}, of which "
        f"{percent(float(plan.machines.utilisation))} are planned with: {servers.needed:,} "
        f"{'carries' if servers.needed == 1 else 'carry'} them, {servers.calls_each:,} calls "
        f"each{memory}; {servers.spare:,} may fail."
    )


def _database(plan: Plan) -> str:
    return (
        f"There is one PostgreSQL for all; its {plan.lines.lines:,} calls may keep "
        f"{percent(float(plan.machines.utilisation))} of these cores busy."
    )


def _cores(count: int) -> str:
    return "1 core" if count == 1 else f"{count} cores"
