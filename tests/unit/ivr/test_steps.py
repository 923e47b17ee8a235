import pytest

from callcenter.ivr.endings import GoBack
from callcenter.ivr.steps import Step, walk


class Walker:
    """Steps that remember their names in `taken` and go back where the script says."""

    def __init__(self, *goes_back_at: str) -> None:
        self.taken: list[str] = []
        self._goes_back_at = list(goes_back_at)

    def step(self, name: str) -> Step:
        async def take() -> None:
            self.taken.append(name)
            if name in self._goes_back_at:
                self._goes_back_at.remove(name)
                raise GoBack

        return take

    def steps(self, names: str) -> list[Step]:
        return [self.step(name) for name in names]


async def test_steps_are_taken_in_order() -> None:
    walker = Walker()

    await walk(walker.steps("abc"))

    assert walker.taken == ["a", "b", "c"]


async def test_going_back_repeats_the_step_before() -> None:
    walker = Walker("b", "c")

    await walk(walker.steps("abc"))

    assert walker.taken == ["a", "b", "a", "b", "c", "b", "c"]


async def test_going_back_at_the_first_step_leaves() -> None:
    walker = Walker("a")

    with pytest.raises(GoBack):
        await walk(walker.steps("ab"))

    assert walker.taken == ["a"]


async def test_a_walk_may_start_later_and_still_go_back_before_its_start() -> None:
    walker = Walker("c")

    await walk(walker.steps("abc"), start=2)

    assert walker.taken == ["c", "b", "c"]


async def test_a_walk_that_is_over_takes_no_step() -> None:
    walker = Walker()

    await walk(walker.steps("abc"), start=3)

    assert walker.taken == []
