"""The command that plans lines, seats and servers for a busy hour."""

import sys
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.table import Table

from callcenter.capacity import plan as planner
from callcenter.capacity.demand import CannotPlan, Demand, ServiceLevel
from callcenter.capacity.plan import Costs, Plan
from callcenter.capacity.servers import Cost, Machines
from callcenter.capacity.words import explained, remarks
from callcenter.cli.asking import AsJson
from callcenter.cli.plan_record import plan_record
from callcenter.cli.show import fail, note, show_json

_LINE: Final = 100  # columns, where there is no terminal


def _amount(said: object) -> Decimal:
    try:
        amount = Decimal(str(said))
    except InvalidOperation:
        fail(f"{said} is no number.")
    if not amount.is_finite():
        fail(f"{said} is no number.")
    return amount


def _share(said: object) -> Decimal:
    """Read 0.85 and 85% alike."""
    text = str(said)
    return _amount(text[:-1].strip()) / 100 if text.endswith("%") else _amount(text)


def _service_level(said: str) -> ServiceLevel:
    """Read 80/20: so many percent within so many seconds."""
    answered, slash, within = said.partition("/")
    if not slash:
        raise CannotPlan(f"{said} is no service level: say percent and seconds, such as 80/20.")
    return ServiceLevel(answered=_amount(answered) / 100, within_s=_amount(within))


def _number(help_: str) -> Any:
    return typer.Option(help=help_, parser=_amount, metavar="NUMBER")


def _part(help_: str) -> Any:
    return typer.Option(help=help_, parser=_share, metavar="SHARE")


Promise = Annotated[
    str,
    typer.Option(
        help="So many percent of calls for agents are taken within so many seconds.",
        metavar="PERCENT/SECONDS",
    ),
]
Processor = Annotated[
    Decimal | None, _number("Processor seconds of this part for each second of a call.")
]
Memory = Annotated[Decimal | None, _number("Megabytes of this part for a call.")]


def plan(
    calls_per_hour: Annotated[Decimal, _number("Calls in the busiest hour.")],
    aht: Annotated[Decimal, _number("Average handling time of an agent, in seconds.")],
    service_level: Promise = "80/20",
    blocking: Annotated[Decimal, _part("Calls that may find no line free.")] = Decimal("0.01"),
    ivr: Annotated[Decimal, _number("Seconds that a call spends in the menus.")] = Decimal(60),
    to_agents: Annotated[Decimal, _part("Calls that go on to an agent.")] = Decimal(1),
    after_call: Annotated[
        Decimal, _number("Seconds of the handling time in which the line is free again.")
    ] = Decimal(0),
    occupancy: Annotated[Decimal, _part("How busy agents may be.")] = Decimal("0.85"),
    shrinkage: Annotated[Decimal, _part("Paid time away from the telephone.")] = Decimal("0.3"),
    measured: Annotated[
        Path | None, typer.Option(help="The result.json of `callcenter load`: what a call costs.")
    ] = None,
    daemon_cpu: Processor = None,
    asterisk_cpu: Processor = None,
    postgresql_cpu: Processor = None,
    daemon_memory: Memory = None,
    asterisk_memory: Memory = None,
    asterisk_cores: Annotated[int, typer.Option(help="Cores of each Asterisk.")] = 2,
    utilisation: Annotated[Decimal, _part("How busy a core may be.")] = Decimal("0.6"),
    spare: Annotated[int, typer.Option(help="How many of each kind may fail.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Plan trunk lines, agents' seats, daemons and Asterisks for the busiest hour."""
    try:
        found = planner.plan(
            Demand(
                calls_per_hour=calls_per_hour,
                ivr_s=ivr,
                to_agents=to_agents,
                handling_s=aht,
                after_call_s=after_call,
                service_level=_service_level(service_level),
                max_occupancy=occupancy,
                shrinkage=shrinkage,
                blocking=blocking,
            ),
            Machines(asterisk_cores=asterisk_cores, utilisation=utilisation, spare=spare),
            _told(
                _measured(measured),
                daemon=(daemon_cpu, daemon_memory),
                asterisk=(asterisk_cpu, asterisk_memory),
                postgresql=postgresql_cpu,
            ),
        )
    except CannotPlan as error:
        fail(str(error))
    if as_json:
        return show_json(plan_record(found))
    return _show(found)


def _measured(file: Path | None) -> Costs:
    if file is None:
        return Costs()
    # The model of load runs takes a while to import, which no other command should wait for.
    from callcenter.cli.measured import costs_of

    return costs_of(file)


Figures = tuple[Decimal | None, Decimal | None]  # processor seconds and megabytes


def _told(
    measured: Costs, *, daemon: Figures, asterisk: Figures, postgresql: Decimal | None
) -> Costs:
    """Return what was measured, with what was told in its place."""
    return replace(
        measured,
        daemon=_cost("daemon", daemon) or measured.daemon,
        asterisk=_cost("asterisk", asterisk) or measured.asterisk,
        postgresql=measured.postgresql if postgresql is None else Cost(cpu=postgresql).cpu,
    )


def _cost(part: str, figures: Figures) -> Cost | None:
    cpu, memory_mb = figures
    if cpu is not None:
        return Cost(cpu=cpu, memory_mb=memory_mb or Decimal(0))
    if memory_mb is not None:
        raise CannotPlan(f"--{part}-memory goes with --{part}-cpu.")
    return None


def _show(found: Plan) -> None:
    table = Table("what", "", "why", box=None, pad_edge=False)
    table.columns[1].justify = "right"
    for one in explained(found):
        table.add_row(one.name, f"{one.count:,}", one.why)
    width = None if sys.stdout.isatty() else _LINE
    Console(width=width, markup=False, emoji=False, highlight=False).print(table)
    for remark in remarks(found):
        note("")
        note(remark)
