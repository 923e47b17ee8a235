"""What a FIX counter's reasons mean, entry by entry."""

import pytest

from callcenter.domain.refusals import Refusal
from callcenter.gateways.fix.codes import refusal_of_cancel, refusal_of_order
from callcenter.gateways.fix.words import Fields, Tag


@pytest.mark.parametrize(
    ("reason", "refusal"),
    [
        ("0", 9010),
        ("1", 3001),
        ("2", 3003),
        ("3", 4103),
        ("4", 3004),
        ("5", 6001),
        ("6", 5004),
        ("7", 5004),
        ("8", 9015),
        ("9", 9010),
        ("10", 2011),
        ("11", 4201),
        ("12", 9010),
        ("13", 4105),
        ("14", 4105),
        ("15", 2005),
        ("99", 9010),
        ("no such reason", 9010),
    ],
)
def test_an_order_is_rejected_for_this_reason(reason: str, refusal: int) -> None:
    assert refusal_of_order({Tag.ORD_REJ_REASON: reason}) == refusal


@pytest.mark.parametrize(
    ("reason", "refusal"),
    [
        ("0", 6007),
        ("1", 6001),
        ("2", 9010),
        ("3", 6004),
        ("4", 9010),
        ("5", 6006),
        ("6", 6004),
        ("99", 9010),
        ("no such reason", 9010),
    ],
)
def test_a_cancel_is_rejected_for_this_reason(reason: str, refusal: int) -> None:
    assert refusal_of_cancel({Tag.CXL_REJ_REASON: reason}) == refusal


def test_the_agreed_number_goes_before_the_standards_reason() -> None:
    fields: Fields = {Tag.ORD_REJ_REASON: "99", Tag.CXL_REJ_REASON: "99", Tag.REFUSAL: "5001"}

    assert refusal_of_order(fields) is Refusal.NOT_ENOUGH_MONEY
    assert refusal_of_cancel(fields) is Refusal.NOT_ENOUGH_MONEY


@pytest.mark.parametrize("number", ["", "0", "1234567", "five", "٥٠٠١", "-1"])
def test_a_number_that_is_not_agreed_is_passed_over(number: str) -> None:
    assert refusal_of_order({Tag.ORD_REJ_REASON: "1", Tag.REFUSAL: number}) == 3001


def test_without_a_reason_the_counter_just_said_no() -> None:
    assert refusal_of_order({}) is Refusal.COUNTER_REFUSED
    assert refusal_of_cancel({}) is Refusal.COUNTER_REFUSED
