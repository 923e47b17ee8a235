"""Whatever a line makes of the keys, nothing is ordered but what was keyed and read back."""

import asyncio
from collections.abc import Sequence
from typing import Final

import pytest

from callcenter.telephony.sipcaller.badline import untouched
from tests.e2e.bursts import KEYED, Burst, all_key, bad_lines
from tests.e2e.installation import Installation

# `python -m tests.bench keys` has 200; without a C compiler a key of one may count twice.
BURSTS: Final = 20
MOST_SPOILT: Final = 1
MOST_SPOILT_ON_BAD_LINES: Final = BURSTS // 2


@pytest.fixture(scope="module")
def good(hotline: Installation) -> Sequence[Burst]:
    return asyncio.run(all_key(hotline, [untouched] * BURSTS, first_account=20000920))


@pytest.fixture(scope="module")
def bad(hotline: Installation) -> Sequence[Burst]:
    return asyncio.run(all_key(hotline, bad_lines(BURSTS), first_account=20000920 + BURSTS))


def test_a_burst_is_read_back_as_it_was_keyed(good: Sequence[Burst]) -> None:
    assert len([burst.arrived for burst in good if not burst.confirmed]) <= MOST_SPOILT


def test_over_a_bad_line_bursts_arrive(bad: Sequence[Burst]) -> None:
    assert len([burst.arrived for burst in bad if not burst.confirmed]) <= MOST_SPOILT_ON_BAD_LINES


@pytest.mark.parametrize("lines", ["good", "bad"])
def test_what_was_confirmed_is_one_order_and_nothing_else_is_ordered(
    lines: str, request: pytest.FixtureRequest
) -> None:
    bursts: Sequence[Burst] = request.getfixturevalue(lines)

    assert [burst.orders for burst in bursts] == [[KEYED] * burst.confirmed for burst in bursts]
