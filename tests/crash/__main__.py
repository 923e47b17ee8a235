"""
`make crash-matrix`: every fault at every step of an order's life; exit code 1 if one is wrong.

    python -m tests.crash --times 50
    python -m tests.crash --times 50 --gateway fix
"""

import argparse
import asyncio
import logging
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

import structlog
from rich.console import Console
from rich.table import Table

from tests.crash.cells import Fault, Step
from tests.crash.fix_world import FixWorld
from tests.crash.judge import Wrong
from tests.crash.matrix import Cell, Matrix
from tests.crash.world import World

_AT_ONCE: Final = 10
WORLDS: Final = {"paper": World, "fix": FixWorld}

console: Final = Console()


def main() -> int:
    wanted = _arguments()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    began = time.monotonic()
    cells = asyncio.run(_play(wanted))
    _print(cells, wanted, time.monotonic() - began)
    return 1 if any(cell.wrong for cell in cells.values()) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--times", type=int, default=50, help="orders in each cell")
    parser.add_argument("--at-once", type=int, default=_AT_ONCE, help="orders in each round")
    parser.add_argument("--seed", type=int, default=4008)
    parser.add_argument("--step", type=_step, nargs="*", default=list(Step), help="1 to 8")
    parser.add_argument("--fault", type=Fault, nargs="*", default=list(Fault))
    parser.add_argument("--gateway", choices=WORLDS, default="paper", help="the counter's kind")
    return parser.parse_args()


def _step(number: str) -> Step:
    return next(step for step in Step if step.value.startswith(number))


async def _play(wanted: argparse.Namespace) -> dict[tuple[Step, Fault], Cell]:
    async with WORLDS[wanted.gateway].built(wanted.seed) as world:
        matrix = Matrix(world)
        for step in wanted.step:
            for fault in wanted.fault:
                began = time.monotonic()
                cell = await matrix.fill(step, fault, orders=wanted.times, at_once=wanted.at_once)
                _tell(step, fault, cell, time.monotonic() - began)
        return matrix.cells


def _tell(step: Step, fault: Fault, cell: Cell, seconds: float) -> None:
    heard = ", ".join(f"{times} {what}" for what, times in cell.heard.most_common())
    sys.stderr.write(f"{step.value} × {fault.value}: {heard} ({seconds:.1f} s)\n")
    for wrong in cell.wrong:
        sys.stderr.write(f"  {wrong.wrong.value}: {wrong.why}\n")


def _print(
    cells: dict[tuple[Step, Fault], Cell], wanted: argparse.Namespace, seconds: float
) -> None:
    console.print(_table("lost / twice / told wrong, of so many orders", cells, wanted, _verdict))
    console.print(_table("what the callers were told", cells, wanted, _heard))
    total = sum((Counter(w.wrong for w in cell.wrong) for cell in cells.values()), Counter[Wrong]())
    orders = sum(cell.orders for cell in cells.values())
    console.print(
        f"{orders} orders in {len(cells)} cells: {total[Wrong.LOST]} lost, {total[Wrong.TWICE]} "
        f"twice, {total[Wrong.LIE]} told wrong; {seconds:.0f} s, seed {wanted.seed}"
    )


def _table(
    title: str,
    cells: dict[tuple[Step, Fault], Cell],
    wanted: argparse.Namespace,
    shown: Callable[[Cell], str],
) -> Table:
    steps: Sequence[Step] = wanted.step
    faults: Sequence[Fault] = wanted.fault
    table = Table("step", *(f"{fault.value}" for fault in faults), title=title)
    for step in steps:
        table.add_row(step.value, *(shown(cells[step, fault]) for fault in faults))
    return table


def _verdict(cell: Cell) -> str:
    wrong = Counter(w.wrong for w in cell.wrong)
    colour = "red" if cell.wrong else "green"
    said = " / ".join(str(wrong[kind]) for kind in Wrong)
    return f"[{colour}]{said}[/{colour}] of {cell.orders}"


def _heard(cell: Cell) -> str:
    return "\n".join(f"{times} {what}" for what, times in cell.heard.most_common())


if __name__ == "__main__":
    sys.exit(main())
