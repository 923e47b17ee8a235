"""A transfer's table of states, and its values."""

from decimal import Decimal

import pytest

from callcenter.domain.transfers import (
    OPEN,
    UNMOVED,
    BankCode,
    BankTerms,
    TransferState,
    may_become,
)
from tests import make

S = TransferState


def ways(now: TransferState) -> set[TransferState]:
    return {then for then in S if may_become(now, then)}


@pytest.mark.parametrize(
    ("now", "then"),
    [
        (S.PENDING, {*S} - {S.PENDING}),
        (S.UNKNOWN, {S.ACCEPTED, S.DONE, S.REJECTED, S.WITHDRAWN, S.REVERSED, S.MANUAL}),
        (S.ACCEPTED, {S.DONE, S.REJECTED, S.REVERSED, S.MANUAL}),
        (S.MANUAL, {S.DONE, S.REJECTED, S.REVERSED}),
        (S.DONE, {S.REVERSED}),
        (S.REJECTED, set()),
        (S.WITHDRAWN, set()),
        (S.REVERSED, set()),
    ],
)
def test_a_transfer_moves_one_way(now: TransferState, then: set[TransferState]) -> None:
    assert ways(now) == then


def test_no_state_comes_back() -> None:
    def reach(now: TransferState) -> set[TransferState]:
        return {now}.union(*(reach(then) for then in ways(now)))

    assert all(now not in reach(then) for now in S for then in ways(now))


def test_what_is_open_still_has_a_way_and_what_did_not_move_has_none() -> None:
    assert all(may_become(state, S.DONE) for state in OPEN)
    assert not any(ways(state) for state in UNMOVED)


@pytest.mark.parametrize("amount", ["0.00", "-1.00", "10", "10.005"])
def test_an_amount_is_positive_and_has_two_places(amount: str) -> None:
    with pytest.raises(ValueError, match="amount must"):
        make.transfer_draft(amount=Decimal(amount))


def test_terms_that_contradict_themselves_are_not_taken() -> None:
    one, two = Decimal(1), Decimal(2)

    with pytest.raises(ValueError, match="must hold"):
        BankTerms(code=BankCode("x"), name="x", name_en="x", single=two, day=one)
    with pytest.raises(ValueError, match="opens and closes"):
        BankTerms(
            code=BankCode("x"),
            name="x",
            name_en="x",
            single=one,
            day=two,
            opens=make.NOON.time(),
        )
