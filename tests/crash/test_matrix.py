"""A small crash matrix; `make crash-matrix` plays the whole one."""

from itertools import product

from tests.crash.cells import Fault, Step
from tests.crash.matrix import Matrix
from tests.crash.world import World

SEED = 4008


async def test_whatever_dies_no_order_is_lost_or_doubled_and_callers_are_told_the_truth() -> None:
    async with World.built(SEED) as world:
        matrix = Matrix(world)
        for number, (step, fault) in enumerate(product(Step, Fault)):
            await matrix.fill(step, fault, orders=2, at_once=2, first_round=number)

    assert {place: cell.wrong for place, cell in matrix.cells.items() if cell.wrong} == {}
    assert all(cell.orders == 2 for cell in matrix.cells.values())
