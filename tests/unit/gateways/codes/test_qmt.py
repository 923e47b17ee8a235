"""QMT's codes, entry by entry, against a table that was written for this test."""

import pytest

from callcenter.domain.orders import OrderState
from callcenter.gateways.codes import qmt

STATES = {
    0: OrderState.FILLS_OUTSTANDING,
    48: OrderState.ACCEPTED,
    49: OrderState.ACCEPTED,
    50: OrderState.ACCEPTED,
    51: OrderState.CANCELLING,
    52: OrderState.CANCELLING,
    53: OrderState.PARTIALLY_CANCELLED,
    54: OrderState.CANCELLED,
    55: OrderState.PARTIALLY_FILLED,
    56: OrderState.FILLED,
    57: OrderState.REJECTED,
}


@pytest.mark.parametrize(("code", "state"), STATES.items())
def test_each_state_is_ours(code: int, state: OrderState) -> None:
    assert qmt.state(code) is state


def test_no_state_is_left_untried() -> None:
    assert set(qmt.STATES) == set(STATES)


def test_a_filled_order_is_not_told_as_rejected_nor_a_partly_filled_one_as_filled() -> None:
    assert qmt.state(56) is OrderState.FILLED
    assert qmt.state(55) is OrderState.PARTIALLY_FILLED
    assert qmt.state(52) is not OrderState.PARTIALLY_FILLED


@pytest.mark.parametrize("code", [-1, 1, 8, 47, 58, 86, 255])
def test_a_state_that_nobody_knows_is_unknown_and_never_a_rejection(code: int) -> None:
    assert qmt.state(code) is OrderState.UNKNOWN


def test_only_what_is_reported_or_partly_filled_can_be_cancelled() -> None:
    assert {50, 55} == qmt.CANCELLABLE
