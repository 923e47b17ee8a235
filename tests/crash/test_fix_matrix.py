"""The same against a counter that speaks FIX; `make crash-matrix GATEWAY=fix` plays all of it."""

from typing import Final

from tests.crash.cells import Fault, Step
from tests.crash.fix_world import FixWorld
from tests.crash.matrix import Matrix

SEED: Final = 4008
# Where FIX differs from the paper counter: what is on the line, and who remembers what of it.
CELLS: Final = (
    (Step.SEND, Fault.DAEMON),
    (Step.BOOKS, Fault.DAEMON),
    (Step.BOOKS, Fault.COUNTER),
    (Step.BOOKS, Fault.LINK),
    (Step.ANSWER, Fault.DAEMON),
    (Step.ANSWER, Fault.COUNTER),
    (Step.ANSWER, Fault.LINK),
    (Step.APPLY, Fault.DAEMON),
)


async def test_whatever_dies_no_order_over_fix_is_lost_or_doubled() -> None:
    async with FixWorld.built(SEED) as world:
        matrix = Matrix(world)
        for number, (step, fault) in enumerate(CELLS):
            await matrix.fill(step, fault, orders=2, at_once=2, first_round=number)

    assert {place: cell.wrong for place, cell in matrix.cells.items() if cell.wrong} == {}
    assert all(cell.orders == 2 for cell in matrix.cells.values())
