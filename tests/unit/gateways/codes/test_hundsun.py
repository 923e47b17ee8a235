"""Hundsun's codes, entry by entry, against a table that was written for this test."""

import pytest

from callcenter.domain.orders import OrderState
from callcenter.domain.refusals import Refusal
from callcenter.gateways.codes import hundsun

STATES = {
    "0": ("未报", OrderState.ACCEPTED),
    "1": ("待报", OrderState.ACCEPTED),
    "2": ("已报", OrderState.ACCEPTED),
    "3": ("已报待撤", OrderState.CANCELLING),
    "4": ("部成待撤", OrderState.CANCELLING),
    "5": ("部撤", OrderState.PARTIALLY_CANCELLED),
    "6": ("已撤", OrderState.CANCELLED),
    "7": ("部成", OrderState.PARTIALLY_FILLED),
    "8": ("已成", OrderState.FILLED),
    "9": ("废单", OrderState.REJECTED),
}


@pytest.mark.parametrize(
    ("code", "state"),
    [pytest.param(code, state, id=f"{code}-{name}") for code, (name, state) in STATES.items()],
)
def test_each_state_is_ours(code: str, state: OrderState) -> None:
    assert hundsun.state(code) is state


@pytest.mark.parametrize("code", ["", "A", "10", "a", " 8", "８"])
def test_a_state_that_nobody_knows_is_unknown_and_never_a_rejection(code: str) -> None:
    assert hundsun.state(code) is OrderState.UNKNOWN


def test_no_state_is_left_untried() -> None:
    assert set(hundsun.STATES) == set(STATES)


@pytest.mark.parametrize("code", STATES)
def test_only_what_is_reported_or_partly_filled_can_be_cancelled(code: str) -> None:
    assert (code in hundsun.CANCELLABLE) == (STATES[code][0] in {"已报", "部成"})


@pytest.mark.parametrize(
    ("error", "admitted", "reason"),
    [
        pytest.param(0, True, None, id="0-well"),
        pytest.param(-41, True, Refusal.FUND_PASSWORD_EXPIRED, id="41-warns-and-admits"),
        pytest.param(-42, True, Refusal.TRADE_PASSWORD_EXPIRED, id="42-warns-and-admits"),
        pytest.param(-51, False, Refusal.LOGIN_FAILED, id="51-no-such-account"),
        pytest.param(-61, False, Refusal.COUNTER_REFUSED, id="61-failed"),
        pytest.param(-63, False, Refusal.LOGIN_FAILED, id="63-wrong-password"),
        pytest.param(-64, False, Refusal.NO_TELEPHONE_PERMISSION, id="64-channel"),
        pytest.param(-66, False, Refusal.ACCOUNT_STATE_ABNORMAL, id="66-account-state"),
    ],
)
def test_each_end_of_a_login_is_ours(error: int, admitted: bool, reason: Refusal | None) -> None:
    assert hundsun.login(error) == hundsun.Login(admitted=admitted, reason=reason)


@pytest.mark.parametrize("error", [-1, -40, -43, -52, -62, -65, -67, 1, 41])
def test_an_error_of_a_login_that_nobody_knows_admits_nobody_and_blames_nobody(error: int) -> None:
    answer = hundsun.login(error)

    assert not answer.admitted
    assert answer.reason is Refusal.COUNTER_REFUSED
