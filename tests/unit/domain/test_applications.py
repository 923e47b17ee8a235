"""An application's table of states, and its values."""

from decimal import Decimal
from typing import Any

import pytest

from callcenter.domain.applications import (
    NOT_COUNTED,
    OPEN,
    WAITS_LONG,
    ApplicationKind,
    ApplicationState,
    may_become,
)
from tests import make

S = ApplicationState


def ways(now: ApplicationState) -> set[ApplicationState]:
    return {then for then in S if may_become(now, then)}


ENDS = {S.CANCELLED, S.VOID, S.CONFIRMED, S.NOT_CONFIRMED, S.NOT_ALLOTTED}
LOTS = {S.ALLOTTED, S.PAYMENT_DUE, S.PAID, S.FORFEITED}


@pytest.mark.parametrize(
    ("now", "then"),
    [
        (S.PENDING, {*S} - {S.PENDING}),
        (S.UNKNOWN, {*S} - {S.PENDING, S.UNKNOWN}),
        (S.MANUAL, {*S} - {S.PENDING, S.UNKNOWN, S.MANUAL, S.WITHDRAWN}),
        (S.ACCEPTED, ENDS | LOTS),
        (S.ALLOTTED, LOTS - {S.ALLOTTED}),
        (S.PAYMENT_DUE, {S.PAID, S.FORFEITED}),
        *((end, set()) for end in (*sorted(ENDS), S.REJECTED, S.WITHDRAWN, S.PAID, S.FORFEITED)),
    ],
)
def test_an_application_moves_one_way(now: S, then: set[S]) -> None:
    assert ways(now) == then


def test_no_state_comes_back() -> None:
    def reach(now: S) -> set[S]:
        return {now}.union(*(reach(then) for then in ways(now)))

    assert all(now not in reach(then) for now in S for then in ways(now))


def test_accepted_is_not_confirmed() -> None:
    assert may_become(S.ACCEPTED, S.CONFIRMED)
    assert may_become(S.ACCEPTED, S.NOT_CONFIRMED)
    assert not may_become(S.CONFIRMED, S.NOT_CONFIRMED)


def test_what_is_not_counted_is_over_and_what_waits_is_open() -> None:
    assert not NOT_COUNTED & OPEN
    assert {S.ACCEPTED, S.ALLOTTED, S.PAYMENT_DUE} == WAITS_LONG


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"quantity": Decimal(0)}, "positive"),
        ({"quantity": Decimal("500.00")}, "0 places"),
        ({"market": None}, "market"),
        ({"kind": ApplicationKind.FUND_REDEEM}, "market"),
        (
            {"kind": ApplicationKind.FUND_SUBSCRIBE, "market": None, "quantity": Decimal(500)},
            "2 places",
        ),
    ],
)
def test_a_quantity_has_the_form_of_its_kind(changes: dict[str, Any], wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        make.application_draft(**changes)
