from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.load.callers import demo_callers
from callcenter.load.crowd import Crowd, Deck
from callcenter.load.model import Share

WEIGHTS = st.lists(st.integers(min_value=1, max_value=20), min_size=1, max_size=5)


@given(WEIGHTS, st.integers())
def test_by_as_many_calls_as_the_weights_come_to_scenarios_are_drawn_exactly_by_weight(
    weights: list[int], seed: int
) -> None:
    mix = [Share(scenario=str(n), weight=weight) for n, weight in enumerate(weights)]
    deck = Deck(mix, Random(seed))  # noqa: S311

    drawn = Counter(deck.draw() for _ in range(sum(weights)))

    assert drawn == {share.scenario: share.weight for share in mix}


def crowd(callers: int, scenario: str) -> Crowd:
    mix = [Share(scenario=scenario, weight=1)]
    random = Random(1)  # noqa: S311
    return Crowd("127.0.0.1", demo_callers(1)[:callers], mix, random=random, clock=lambda: 0.0)


def test_a_caller_has_one_call_at_a_time() -> None:
    few = crowd(2, "buy")

    first, second, third = few.lift(), few.lift(), few.lift()

    assert first is not None
    assert second is not None
    assert third is None
    assert first.caller != second.caller
    few.put_down(first)
    again = few.lift()
    assert again is not None
    assert again.caller == first.caller
    few.put_down(second)
    few.put_down(again)


@pytest.mark.parametrize(
    ("scenario", "numbers"), [("buy", 1), ("buy-and-cancel", 1), ("hang-up", 2)]
)
def test_who_leaves_in_the_middle_calls_from_elsewhere_next_time(
    scenario: str, numbers: int
) -> None:
    one = crowd(1, scenario)
    called_from = set()
    for _ in range(2):
        attempt = one.lift()
        assert attempt is not None
        called_from.add(attempt.person.caller.number)
        one.put_down(attempt)

    assert len(called_from) == numbers
