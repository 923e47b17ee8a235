from dataclasses import FrozenInstanceError
from datetime import date
from decimal import Decimal

import pytest

from callcenter.domain.orders import OrderNumber, client_order_id
from tests import make


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


def test_a_client_order_id_is_unique_across_days() -> None:
    number = OrderNumber("60000001")

    assert client_order_id(date(2026, 11, 20), number) == "2026112060000001"
    assert client_order_id(date(2026, 11, 21), number) == "2026112160000001"
