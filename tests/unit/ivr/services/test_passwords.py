"""Changing a password by telephone: every branch, and where a daemon may die in it."""

import asyncio
from typing import Final

import pytest

from callcenter.domain.calls import Language, Place
from callcenter.domain.errors import CounterUnavailable
from callcenter.domain.passwords import (
    OwnPassword,
    PasswordChange,
    PasswordOutcome,
    PasswordState,
)
from callcenter.domain.refusals import Refusal
from callcenter.domain.secret import Secret
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.reasons import refusal_words
from tests import make
from tests.fakes.passwords import FakePasswordDesk
from tests.fakes.phone import SILENCE
from tests.unit.ivr.hotline_of import LOGIN, Dialled, Hotline

MENU: Final = ("9", *LOGIN)
NEW: Final = "739218"
TRADE: Final = (*MENU, "1", "246810#", f"{NEW}#", f"{NEW}#", "1")
FUND: Final = (*MENU, "2", "135790#", f"{NEW}#", f"{NEW}#", "1")
ACCOUNT: Final = make.customer().account
S = PasswordState


def made(hotline: Hotline) -> list[PasswordChange]:
    return list(hotline.passwords.kept.values())


def kept(hotline: Hotline) -> dict[OwnPassword, str]:
    """Return the passwords that were changed."""
    desk = hotline.password_desk
    assert desk is not None
    return {which: secret.reveal() for (_, which), secret in desk.passwords.items()}


class DeadlyDesk(FakePasswordDesk):
    """A desk whose first client is killed: before it sends, or when it has not heard yet."""

    def __init__(self, *, after_sending: bool) -> None:
        super().__init__()
        self.after_sending = after_sending
        self.kills = True

    async def change(self, change: PasswordChange, old: Secret, new: Secret) -> PasswordOutcome:
        kills, self.kills = self.kills, False
        if kills and not self.after_sending:
            raise asyncio.CancelledError
        answer = await super().change(change, old, new)
        if kills:
            raise asyncio.CancelledError
        return answer


@pytest.mark.parametrize(
    ("script", "which", "told"),
    [
        pytest.param(TRADE, OwnPassword.TRADE, Prompt.TRADE_PASSWORD_CHANGED, id="trade"),
        pytest.param(FUND, OwnPassword.FUND, Prompt.FUND_PASSWORD_CHANGED, id="fund"),
    ],
)
async def test_a_password_is_changed_after_it_was_keyed_twice_and_confirmed(
    script: tuple[str, ...], which: OwnPassword, told: Prompt
) -> None:
    hotline = Hotline()

    call = await hotline.dial(*script)

    assert kept(hotline) == {which: NEW}
    assert [one.state for one in made(hotline)] == [S.CHANGED]
    assert told in call.prompts
    assert [entry.action for entry in hotline.passwords.trail] == [
        "password-change",
        "password-change-answer",
    ]


async def test_no_password_is_said_written_down_or_recorded() -> None:
    hotline = Hotline()

    call = await hotline.dial(*TRADE)

    assert "password" in str(hotline.passwords.trail)
    for password in (NEW, "246810"):
        assert all(password not in said for said in call.phone.said)
        assert password not in str([turn.keys for turn in call.turns])
        assert password not in str(hotline.passwords.trail) + str(made(hotline))
        assert password not in str(hotline.calls.places)
    unrecorded = "".join(press.key for press in call.phone.taken if not press.recorded)
    assert unrecorded.count(NEW) == 2


async def test_keys_that_were_pressed_before_the_read_back_confirm_nothing() -> None:
    hotline = Hotline()

    call = await hotline.dial(*TRADE, burst=True)

    assert call.phone.dropped == "1"
    assert kept(hotline) == {}


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        pytest.param("12345", Refusal.WRONG_PASSWORD_LENGTH, id="short"),
        pytest.param("1234567", Refusal.WRONG_PASSWORD_LENGTH, id="long"),
        pytest.param("777777", Refusal.PASSWORD_TOO_SIMPLE, id="same-digit"),
        pytest.param("779797", Refusal.PASSWORD_TOO_SIMPLE, id="two-digits"),
        pytest.param("345678", Refusal.PASSWORD_TOO_SIMPLE, id="run-up"),
        pytest.param("876543", Refusal.PASSWORD_TOO_SIMPLE, id="run-down"),
        pytest.param("890123", Refusal.PASSWORD_TOO_SIMPLE, id="run-over-nine"),
        pytest.param("258258", Refusal.PASSWORD_TOO_SIMPLE, id="twice-the-same"),
        pytest.param("246810", Refusal.PASSWORD_UNCHANGED, id="unchanged"),
    ],
)
async def test_a_weak_new_password_is_refused_and_asked_again(new: str, reason: Refusal) -> None:
    hotline = Hotline()

    call = await hotline.dial(*TRADE[:5], f"{new}#", f"{NEW}#", f"{NEW}#", "1")

    assert refusal_words(reason) in call.prompts
    assert kept(hotline) == {OwnPassword.TRADE: NEW}


async def test_two_different_new_passwords_are_refused_and_asked_again() -> None:
    hotline = Hotline()

    call = await hotline.dial(*TRADE[:6], "111222#", f"{NEW}#", f"{NEW}#", "1")

    assert refusal_words(Refusal.PASSWORDS_DIFFER) in call.prompts
    assert kept(hotline) == {OwnPassword.TRADE: NEW}


async def test_after_three_new_passwords_that_will_not_do_the_menu_comes_again() -> None:
    call = await Hotline().dial(*TRADE[:5], "1#", "2#", "3#")

    assert call.place.dialogue == "services"


async def test_a_wrong_old_password_changes_nothing() -> None:
    hotline = Hotline()

    call = await hotline.dial(*MENU, "1", "999999#", *TRADE[5:])

    assert kept(hotline) == {}
    assert [one.state for one in made(hotline)] == [S.REFUSED]
    assert call.heard(Prompt.PASSWORD_NOT_CHANGED)
    assert refusal_words(Refusal.WRONG_OLD_PASSWORD) in call.prompts


async def test_five_wrong_old_passwords_lock_even_the_right_one() -> None:
    hotline = Hotline()
    wrong = ("1", "999999#", *TRADE[5:])

    call = await hotline.dial(*MENU, *wrong * 5, *TRADE[3:])

    assert kept(hotline) == {}
    assert refusal_words(Refusal.ACCOUNT_LOCKED) in call.prompts


async def test_enter_again_asks_for_both_again() -> None:
    hotline = Hotline()

    await hotline.dial(*TRADE[:-1], "2", "246810#", "502718#", "502718#", "1")

    assert kept(hotline) == {OwnPassword.TRADE: "502718"}
    assert len(made(hotline)) == 1


@pytest.mark.parametrize("keys", [["*"], [SILENCE] * 3, ["9", "9", "9"]])
async def test_what_is_not_confirmed_is_not_changed(keys: list[str]) -> None:
    hotline = Hotline()

    call = await hotline.dial(*TRADE[:-1], *keys)

    assert (kept(hotline), made(hotline)) == ({}, [])
    assert call.heard(Prompt.PASSWORD_DROPPED)


async def test_an_outcome_that_nobody_knows_is_told_as_such() -> None:
    hotline = Hotline(password_desk=FakePasswordDesk(loses_answers=True))

    call = await hotline.dial(*TRADE)

    assert call.heard(Prompt.PASSWORD_UNKNOWN)
    assert [one.state for one in made(hotline)] == [S.UNKNOWN]


async def test_a_counter_that_is_away_has_changed_nothing() -> None:
    desk = FakePasswordDesk(fails_with=CounterUnavailable("away"))
    hotline = Hotline(password_desk=desk)

    call = await hotline.dial(*TRADE)

    assert call.heard(Prompt.PASSWORD_NOT_CHANGED)
    assert [one.state for one in made(hotline)] == [S.WITHDRAWN]


async def test_a_counter_that_changes_no_passwords_says_so_before_anything_is_asked() -> None:
    call = await Hotline(password_desk=None).dial(*MENU, "1")

    assert refusal_words(Refusal.NOT_BY_TELEPHONE) in call.prompts
    assert Prompt.ASK_OLD_TRADE_PASSWORD not in call.prompts


async def test_from_a_number_that_is_not_bound_nothing_is_changed() -> None:
    other = make.call(caller="+8613900000000")

    call = await Hotline().dial("9", "10000004#", "246810#", "1", call=other)

    assert refusal_words(Refusal.CALLER_NOT_BOUND) in call.prompts


async def test_it_is_told_in_english_too() -> None:
    call = await Hotline().dial("7", *TRADE)

    assert call.heard(Prompt.TRADE_PASSWORD_CHANGED, Language.EN)


@pytest.mark.parametrize("after_sending", [False, True])
async def test_a_change_that_a_crash_cut_short_is_not_in_doubt(after_sending: bool) -> None:
    desk = DeadlyDesk(after_sending=after_sending)
    hotline = Hotline(password_desk=desk)
    await hotline.dial_and_die(*TRADE)

    call = await hotline.dial()

    told = Prompt.TRADE_PASSWORD_CHANGED if after_sending else Prompt.PASSWORD_NOT_CHANGED
    assert call.heard(told)
    assert [one.state for one in made(hotline)] == [S.CHANGED if after_sending else S.WITHDRAWN]
    assert kept(hotline) == ({OwnPassword.TRADE: NEW} if after_sending else {})


async def test_wherever_a_daemon_dies_the_password_is_changed_once_and_told() -> None:
    steps = (await Hotline().dial(*TRADE)).phone.step

    for step in range(1, steps):
        hotline = Hotline()
        first = await hotline.dial_and_die(*TRADE, at=step)
        second = await hotline.dial(*TRADE[_next_key(hotline, first) :])

        assert kept(hotline) == {OwnPassword.TRADE: NEW}, step
        assert [one.state for one in made(hotline)] == [S.CHANGED], step
        assert any(one.heard(Prompt.TRADE_PASSWORD_CHANGED) for one in (first, second)), step


def _next_key(hotline: Hotline, first: Dialled) -> int:
    """Return what the caller keys next: passwords are asked again from the first one on."""
    at = len(TRADE) - first.phone.left
    if not hotline.calls.places.get(make.call().id, Place()).account:
        return min(at, 1)
    return min(at, 4) if at < len(TRADE) else at
