"""Every row of the rule book says yes to one example and no to another."""

import pytest

from callcenter.trading.rulebook.verdict import Finding
from tests.unit.trading.rulebook import (
    examples_hours,
    examples_money,
    examples_prices,
    examples_trading,
)
from tests.unit.trading.rulebook.asking import Example, all_ids

EXAMPLES = [
    *examples_trading.EXAMPLES,
    *examples_prices.EXAMPLES,
    *examples_hours.EXAMPLES,
    *examples_money.EXAMPLES,
]
# Nothing is accepted in these phases, so no example can be.
CLOSED = {
    "session-pause",
    "session-sz-pause",
    "session-bse-pause",
    "session-lunch",
    "session-sz-lunch",
    "session-bse-lunch",
    "session-star-fixed-lunch",
    "session-sh-fixed-lunch",
    "session-chinext-fixed-lunch",
    "session-sz-fixed-lunch",
}


@pytest.mark.parametrize(
    "example", EXAMPLES, ids=[f"{n}-{example.row}" for n, example in enumerate(EXAMPLES)]
)
def test_a_row_judges_its_examples(example: Example) -> None:
    clauses = list(example.ask())
    by_this_row = [each for each in clauses if example.row in {row.id for row in each.rows}]

    if example.without:
        assert all(each.finding is not Finding.PASSED for each in by_this_row)
        assert any(each.refused for each in clauses)
        assert example.refusal in {None, *(each.refusal for each in clauses)}
    elif example.refusal is not None:
        assert example.refusal in {each.refusal for each in by_this_row}
    else:
        wanted = Finding.WARNED if example.warns else Finding.PASSED
        assert {each.finding for each in by_this_row} == {wanted}


def test_every_row_says_yes_to_an_example() -> None:
    accepted = {example.row for example in EXAMPLES if example.accepts and not example.without}

    assert set(all_ids()) - accepted - CLOSED == set()


def test_every_row_says_no_to_an_example() -> None:
    refused = {example.row for example in EXAMPLES if not example.accepts or example.without}

    assert set(all_ids()) - refused == set()


def test_no_example_is_of_a_row_that_is_gone() -> None:
    assert {example.row for example in EXAMPLES} - set(all_ids()) == set()
