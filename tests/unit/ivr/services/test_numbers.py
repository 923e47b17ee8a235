"""Binding by telephone: nobody locks themselves out unawares."""

from typing import Final

import pytest

from callcenter.domain.calls import WITHHELD, CallerNumber
from callcenter.domain.refusals import Refusal
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.reasons import refusal_words
from tests import make
from tests.unit.ivr.hotline_of import LOGIN, Hotline

MENU: Final = ("9", *LOGIN, "3")
BOUND: Final = ("9", "10000004#", "246810#", "3")
ACCOUNT: Final = make.customer().account
THIS: Final = str(make.call().caller)
OTHER: Final = "+8613900000000"


def bound(hotline: Hotline) -> set[str]:
    return set(hotline.counter.bound.get(ACCOUNT, ()))


async def test_numbers_are_read_as_people_dial_them() -> None:
    call = await Hotline().dial(*BOUND, "1")

    assert call.heard(Prompt.BOUND_NUMBER, number="13800138000")


async def test_who_has_none_is_told_so() -> None:
    call = await Hotline().dial(*MENU, "1", "3")

    assert call.prompts.count(Prompt.NO_BOUND_NUMBERS) == 2


async def test_the_first_number_is_bound_after_it_was_said_what_that_means() -> None:
    hotline = Hotline()

    call = await hotline.dial(*MENU, "2", "1")

    assert bound(hotline) == {THIS}
    assert call.heard(Prompt.READ_BACK_BIND_FIRST, number="13800138000")
    assert call.heard(Prompt.NUMBER_BOUND)
    assert [entry.outcome for entry in hotline.audit.trail] == ["bind:asked", "bound"]


async def test_a_second_number_is_bound_from_a_bound_one_only() -> None:
    hotline = Hotline()
    hotline.counter.bound[ACCOUNT] = frozenset({OTHER})

    call = await hotline.dial(*MENU, "2", "3")

    assert call.prompts.count(refusal_words(Refusal.CALLER_NOT_BOUND)) == 2
    assert bound(hotline) == {OTHER}


@pytest.mark.parametrize(
    ("numbers", "caller", "reason"),
    [
        pytest.param([], WITHHELD, Refusal.CALLER_WITHHELD, id="withheld"),
        pytest.param([THIS], THIS, Refusal.NUMBER_BOUND_ALREADY, id="bound-already"),
    ],
)
async def test_what_cannot_be_bound_is_refused(
    numbers: list[str], caller: str, reason: Refusal
) -> None:
    hotline = Hotline()
    hotline.counter.bound[ACCOUNT] = frozenset(numbers)

    call = await hotline.dial(*MENU, "2", call=make.call(caller=CallerNumber(caller)))

    assert refusal_words(reason) in call.prompts
    assert bound(hotline) == set(numbers)


@pytest.mark.parametrize("key", ["*", "9"])
async def test_what_is_not_confirmed_is_not_bound(key: str) -> None:
    hotline = Hotline()

    call = await hotline.dial(*MENU, "2", key, key, key)

    assert bound(hotline) == set()
    assert call.heard(Prompt.BINDING_DROPPED)


async def test_once_bound_other_numbers_cannot_trade_and_this_one_can() -> None:
    hotline = Hotline()

    call = await hotline.dial(*MENU, "2", "1", "*", "*", "1", "1", "600000#", "#", "100#", "1")
    elsewhere = await hotline.dial(
        "1", *LOGIN, "1", call=make.call(id="pbx-1.2", caller=CallerNumber(OTHER))
    )

    assert Prompt.ORDER_ACCEPTED in call.prompts
    assert refusal_words(Refusal.CALLER_NOT_BOUND) in elsewhere.prompts


async def test_the_last_number_is_removed_after_it_was_said_what_that_means() -> None:
    hotline = Hotline()

    call = await hotline.dial(*BOUND, "3", "1", "1")

    assert call.heard(Prompt.UNBIND_LAST)
    assert call.heard(Prompt.NUMBER_UNBOUND)
    assert [entry.outcome for entry in hotline.audit.trail] == ["unbind:asked", "unbound"]


async def test_who_removes_the_number_that_calls_is_warned() -> None:
    hotline = Hotline()
    hotline.counter.bound[ACCOUNT] = frozenset({THIS, OTHER})

    call = await hotline.dial(*MENU, "3", "1", "1")

    assert call.heard(Prompt.UNBIND_THIS_ONE)
    assert bound(hotline) == {OTHER}


async def test_another_number_is_removed_without_a_warning() -> None:
    hotline = Hotline()
    hotline.counter.bound[ACCOUNT] = frozenset({THIS, OTHER})

    call = await hotline.dial(*MENU, "3", "#", "1", "1")

    assert bound(hotline) == {THIS}
    assert {Prompt.UNBIND_LAST, Prompt.UNBIND_THIS_ONE}.isdisjoint(call.prompts)


@pytest.mark.parametrize("keys", [["*"], ["#", "#"], ["1", "*"]])
async def test_what_is_not_chosen_and_confirmed_stays_bound(keys: list[str]) -> None:
    hotline = Hotline()
    hotline.counter.bound[ACCOUNT] = frozenset({THIS, OTHER})

    await hotline.dial(*MENU, "3", *keys)

    assert bound(hotline) == {THIS, OTHER}


async def test_a_crash_before_the_confirmation_binds_nothing_and_asks_again() -> None:
    hotline = Hotline()
    await hotline.dial_and_die(*MENU, "2")

    call = await hotline.dial("1")

    assert call.turns[0].prompts[0] == Prompt.READ_BACK_BIND_FIRST
    assert bound(hotline) == {THIS}
