from dataclasses import FrozenInstanceError
from datetime import date
from decimal import Decimal
from itertools import product

import pytest

from callcenter.domain.orders import OrderNumber, OrderState, client_order_id, may_become
from tests import make

PENDING, UNKNOWN = OrderState.PENDING, OrderState.UNKNOWN
ENDS = {OrderState.ACCEPTED, OrderState.REJECTED, OrderState.WITHDRAWN}


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"quantity": 0}, id="no-shares"),
        pytest.param({"quantity": -100}, id="fewer-than-none"),
        pytest.param({"price": Decimal(0)}, id="for-nothing"),
        pytest.param({"price": Decimal("-10.05")}, id="for-less"),
    ],
)
def test_a_draft_has_a_price_and_a_quantity(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="must be positive"):
        make.draft(**wrong)


def test_a_draft_does_not_change() -> None:
    draft = make.draft()

    with pytest.raises(FrozenInstanceError):
        draft.quantity = 200  # type: ignore[misc]


def test_orders_move_one_way_only() -> None:
    moves = [(now, then) for now, then in product(OrderState, repeat=2) if may_become(now, then)]

    assert set(moves) == {
        *((PENDING, then) for then in {*ENDS, UNKNOWN}),
        *((UNKNOWN, then) for then in ENDS),
    }
    assert not any((then, now) in moves for now, then in moves)


def test_what_ended_moves_no_more() -> None:
    assert not any(may_become(now, then) for now, then in product(ENDS, OrderState))


def test_a_client_order_id_is_unique_across_days() -> None:
    number = OrderNumber("60000001")

    assert client_order_id(date(2026, 11, 20), number) == "2026112060000001"
    assert client_order_id(date(2026, 11, 21), number) == "2026112160000001"
