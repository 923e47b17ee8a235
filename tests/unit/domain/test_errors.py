from decimal import Decimal

import pytest

from callcenter.domain import errors
from callcenter.domain.errors import CallcenterError, CallerHungUp, OutcomeUnknown, Refused
from callcenter.domain.orders import ClientOrderId
from callcenter.domain.refusals import Refusal


def test_a_refusal_says_why_and_with_which_figures() -> None:
    refused = Refused(Refusal.WRONG_TICK, tick=Decimal("0.01"))

    assert str(refused) == "refused: WRONG_TICK (4002)"
    assert refused.facts == {"tick": Decimal("0.01")}


def test_an_unknown_outcome_names_the_order() -> None:
    assert "2026112060000001" in str(OutcomeUnknown(ClientOrderId("2026112060000001")))


def test_hanging_up_is_no_failure() -> None:
    assert not issubclass(CallerHungUp, CallcenterError)


@pytest.mark.parametrize(
    "failure", ["Refused", "OutcomeUnknown", "CounterUnavailable", "StoreUnavailable"]
)
def test_what_we_expect_to_fail_is_ours(failure: str) -> None:
    assert issubclass(getattr(errors, failure), CallcenterError)


def test_message_numbers_sort_by_who_must_act() -> None:
    thousands = {refusal.value // 1000 for refusal in Refusal}

    assert thousands == set(range(1, 10))
    assert all(1000 <= refusal.value <= 9999 for refusal in Refusal)
