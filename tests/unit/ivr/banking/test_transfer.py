"""Moving money in and out: every branch of the dialogue, and where a daemon may die in it."""

import asyncio
from decimal import Decimal
from typing import Final

import pytest

from callcenter.domain.calls import CallEnd, Language, Place
from callcenter.domain.refusals import Refusal
from callcenter.domain.secret import Secret
from callcenter.domain.transfers import (
    Direction,
    PasswordKind,
    Transfer,
    TransferOutcome,
    TransferState,
)
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.reasons import refusal_words
from tests import make
from tests.fakes.bank import ICBC, OPEN_ONE, PASSWORDS, FakeBank, rejected
from tests.fakes.phone import SILENCE
from tests.unit.ivr.hotline_of import LOGIN, Dialled, Hotline

MENU: Final = ("4", *LOGIN)
IN: Final = (*MENU, "1", "10000*5#", "112358#", "1")
OUT: Final = (*MENU, "2", "3000#", "135790#", "1")
S = TransferState


def made(hotline: Hotline) -> list[Transfer]:
    return list(hotline.transfers.kept.values())


class DeadlyBank(FakeBank):
    """A bank whose first client is killed: before it sends, or when it has not heard yet."""

    kills = True
    after_sending = False

    async def request(self, transfer: Transfer, password: Secret | None) -> TransferOutcome:
        kills, type(self).kills = type(self).kills, False
        if kills and not self.after_sending:
            raise asyncio.CancelledError
        answer = await super().request(transfer, password)
        if kills:
            raise asyncio.CancelledError
        return answer


async def test_money_comes_in_after_the_bank_password_and_a_read_back() -> None:
    hotline = Hotline()

    call = await hotline.dial(*IN)

    [transfer] = made(hotline)
    assert (transfer.draft.direction, transfer.draft.amount) == (Direction.IN, Decimal("10000.50"))
    assert transfer.state is S.DONE
    assert hotline.bank.passwords == [PASSWORDS[PasswordKind.BANK]]
    assert call.heard(Prompt.MOST_YOU_CAN_MOVE_IN, most=Decimal("50000.00"))
    assert call.heard(Prompt.READ_BACK_TRANSFER_IN, bank="工商银行", amount=Decimal("10000.50"))
    assert call.heard(Prompt.TRANSFER_DONE, amount=Decimal("10000.50"), number="70000001")


async def test_money_goes_out_after_the_fund_password_and_a_read_back() -> None:
    hotline = Hotline()

    call = await hotline.dial(*OUT)

    [transfer] = made(hotline)
    assert (transfer.draft.direction, transfer.state) == (Direction.OUT, S.DONE)
    assert hotline.bank.passwords == [PASSWORDS[PasswordKind.FUND]]
    assert call.heard(Prompt.TRANSFER_DONE, amount=Decimal("3000.00"), number="70000001")


async def test_it_is_told_in_english_too() -> None:
    call = await Hotline().dial("7", *IN)

    assert call.heard(
        Prompt.READ_BACK_TRANSFER_IN, Language.EN, bank="ICBC", amount=Decimal("10000.50")
    )


async def test_keys_that_were_pressed_before_the_read_back_confirm_nothing() -> None:
    hotline = Hotline()

    call = await hotline.dial(*IN, burst=True)

    assert call.phone.dropped == "1"
    assert made(hotline) == []


async def test_the_password_is_neither_recorded_nor_written_down() -> None:
    hotline = Hotline()

    call = await hotline.dial(*IN)

    keyed = [press for press in call.phone.taken if not press.recorded]
    assert "112358" in "".join(press.key for press in keyed)
    assert all("112358" not in turn.keys for turn in call.turns)
    assert "112358" not in str(hotline.calls.places)
    assert "112358" not in str(hotline.transfers.trail)


@pytest.mark.parametrize(
    ("keyed", "reason"),
    [
        pytest.param("0#", Refusal.NOT_A_TRANSFER_AMOUNT, id="nothing"),
        pytest.param("1*005#", Refusal.NOT_A_TRANSFER_AMOUNT, id="below-a-fen"),
        pytest.param("1*2*3#", Refusal.NOT_A_TRANSFER_AMOUNT, id="two-points"),
        pytest.param("9" * 30 + "#", Refusal.NOT_A_TRANSFER_AMOUNT, id="endless"),
        pytest.param("50000*01#", Refusal.TRANSFER_TOO_LARGE, id="too-large"),
    ],
)
async def test_an_amount_that_cannot_be_is_refused_and_asked_again(
    keyed: str, reason: Refusal
) -> None:
    call = await Hotline().dial(*MENU, "1", keyed)

    assert refusal_words(reason) in call.prompts
    assert call.turns[-1].prompts[-1] == Prompt.ASK_AMOUNT


async def test_what_is_over_the_limit_of_the_day_is_refused_before_the_password() -> None:
    hotline = Hotline()

    call = await hotline.dial(*MENU, "1", "50000#", "112358#", "1", "1", "40000#")

    assert refusal_words(Refusal.TRANSFER_DAY_LIMIT) in call.prompts
    assert len(made(hotline)) == 1


async def test_a_wrong_password_is_refused_by_the_bank_and_the_next_try_is_another_transfer() -> (
    None
):
    hotline = Hotline()

    call = await hotline.dial(*IN[:5], "000000#", "1", "1", "100#", "112358#", "1")

    assert [one.state for one in made(hotline)] == [S.REJECTED, S.DONE]
    assert call.heard(Prompt.TRANSFER_REJECTED, amount=Decimal("10000.50"), number="70000001")
    assert refusal_words(Refusal.WRONG_BANK_PASSWORD) in call.prompts


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        pytest.param(S.ACCEPTED, Prompt.TRANSFER_ACCEPTED, id="accepted"),
        pytest.param(S.MANUAL, Prompt.TRANSFER_UNKNOWN, id="manual"),
        pytest.param(S.REVERSED, Prompt.TRANSFER_REVERSED, id="reversed"),
    ],
)
async def test_what_the_bank_says_is_told(outcome: TransferState, told: Prompt) -> None:
    hotline = Hotline()
    hotline.bank.answers = TransferOutcome(state=outcome)

    call = await hotline.dial(*IN)

    assert told in call.prompts


async def test_an_outcome_that_nobody_knows_is_told_as_such() -> None:
    hotline = Hotline()
    hotline.bank.loses_answers = True

    call = await hotline.dial(*IN)

    assert [one.state for one in made(hotline)] == [S.UNKNOWN]
    assert call.heard(Prompt.TRANSFER_UNKNOWN, amount=Decimal("10000.50"), number="70000001")


async def test_while_a_transfer_is_open_another_is_refused_before_anything_is_asked() -> None:
    hotline = Hotline()
    hotline.bank.loses_answers = True

    call = await hotline.dial(*IN, "1")

    assert refusal_words(Refusal.TRANSFER_IN_PROGRESS) in call.prompts
    assert call.prompts.count(Prompt.ASK_AMOUNT) == 1


async def test_enter_again_starts_at_the_amount_and_asks_the_password_again() -> None:
    hotline = Hotline()

    await hotline.dial(*IN[:6], "2", "200#", "112358#", "1")

    assert [one.draft.amount for one in made(hotline)] == [Decimal("200.00")]
    assert len(hotline.bank.passwords) == 1


@pytest.mark.parametrize("keys", [["*"], [SILENCE] * 3, ["9", "9", "9"]])
async def test_what_is_not_confirmed_is_not_made(keys: list[str]) -> None:
    hotline = Hotline()

    call = await hotline.dial(*IN[:6], *keys)

    assert made(hotline) == []
    assert call.heard(Prompt.TRANSFER_DROPPED)


async def test_hanging_up_before_key_1_makes_nothing() -> None:
    hotline = Hotline()

    call = await hotline.dial(*IN[:6])

    assert call.end is CallEnd.HUNG_UP
    assert made(hotline) == []


async def test_silence_at_the_password_goes_back_to_the_amount() -> None:
    call = await Hotline().dial(*IN[:5], SILENCE, SILENCE, SILENCE)

    assert call.turns[-1].prompts[-1] == Prompt.ASK_AMOUNT


async def test_back_at_the_amount_is_the_menu() -> None:
    call = await Hotline().dial(*MENU, "1", "*#")

    assert call.place.dialogue == "transfer"


class TestSeveralBanks:
    @pytest.fixture
    def hotline(self) -> Hotline:
        return Hotline(bank=FakeBank(keepers=(ICBC, OPEN_ONE)))

    async def test_the_bank_is_asked_for(self, hotline: Hotline) -> None:
        call = await hotline.dial(*MENU, "1", "2", "100#", "1")

        assert call.heard(Prompt.CHOOSE_BANK, name="开放银行", key="2")
        assert [one.draft.bank for one in made(hotline)] == [OPEN_ONE]

    async def test_a_bank_that_asks_for_no_password_gets_none(self, hotline: Hotline) -> None:
        await hotline.dial(*MENU, "1", "2", "100#", "1")

        assert hotline.bank.passwords == [None]

    async def test_back_at_the_amount_is_the_bank_again(self, hotline: Hotline) -> None:
        call = await hotline.dial(*MENU, "1", "2", "*#", "*")

        assert call.prompts.count(Prompt.CHOOSE_BANK) == 4
        assert call.place.dialogue == "transfer"

    async def test_a_call_that_comes_from_another_daemon_keeps_its_bank(
        self, hotline: Hotline
    ) -> None:
        await hotline.dial_and_die(*MENU, "1", "2")

        call = await hotline.dial("100#", "1")

        assert call.turns[0].prompts[0] == Prompt.MOST_YOU_CAN_MOVE_IN
        assert [one.draft.bank for one in made(hotline)] == [OPEN_ONE]


@pytest.mark.parametrize(
    ("keyed", "question"),
    [
        pytest.param(3, Prompt.MENU_TRANSFER_IN, id="menu"),
        pytest.param(4, Prompt.MOST_YOU_CAN_MOVE_IN, id="amount"),
        pytest.param(5, Prompt.ASK_BANK_PASSWORD, id="password"),
    ],
)
async def test_a_call_goes_on_with_the_question_it_was_at(keyed: int, question: Prompt) -> None:
    hotline = Hotline()
    await hotline.dial_and_die(*IN[:keyed])

    call = await hotline.dial(*IN[keyed:])

    assert call.turns[0].prompts[0] == question
    assert [one.state for one in made(hotline)] == [S.DONE]


async def test_at_the_read_back_the_password_is_asked_again_as_nothing_remembers_it() -> None:
    hotline = Hotline()
    await hotline.dial_and_die(*IN[:6])

    call = await hotline.dial("112358#", "1")

    assert call.turns[0].prompts[0] == Prompt.ASK_BANK_PASSWORD
    assert [one.number for one in made(hotline)] == ["70000001"]


@pytest.mark.parametrize("after_sending", [False, True])
async def test_a_transfer_that_was_confirmed_is_never_made_twice(after_sending: bool) -> None:
    bank = DeadlyBank()
    bank.after_sending = after_sending
    DeadlyBank.kills = True
    hotline = Hotline(bank=bank)
    await hotline.dial_and_die(*IN)

    call = await hotline.dial()

    assert len(made(hotline)) == 1
    assert len(bank.known) == after_sending
    told = Prompt.TRANSFER_DONE if after_sending else Prompt.TRANSFER_UNKNOWN
    assert call.heard(told, amount=Decimal("10000.50"), number="70000001")


async def test_wherever_a_daemon_dies_the_transfer_is_made_once_and_told() -> None:
    steps = (await Hotline().dial(*IN)).phone.step

    for step in range(1, steps):
        hotline = Hotline()
        first = await hotline.dial_and_die(*IN, at=step)
        second = await hotline.dial(*IN[_next_key(hotline, first) :])

        assert [one.state for one in made(hotline)] == [S.DONE], step
        told = {"amount": Decimal("10000.50"), "number": "70000001"}
        heard = [one.heard(Prompt.TRANSFER_DONE, **told) for one in (first, second)]
        assert any(heard), step


def _next_key(hotline: Hotline, first: Dialled) -> int:
    """Return what the caller keys next: half a login starts again, and so does a password."""
    at = len(IN) - first.phone.left
    if not hotline.calls.places.get(make.call().id, Place()).account:
        return min(at, 1)
    return 5 if at == 6 and "number" in first.place.draft else at


async def test_a_frozen_account_hears_so_before_anything_is_asked() -> None:
    call = await Hotline().dial("4", "10000005#", "246810#", "1")

    assert refusal_words(Refusal.NO_BANK) in call.prompts or (
        refusal_words(Refusal.ACCOUNT_FROZEN) in call.prompts
    )
    assert Prompt.ASK_AMOUNT not in call.prompts


async def test_reasons_of_the_bank_are_told() -> None:
    hotline = Hotline()
    hotline.bank.answers = rejected(Refusal.BANK_MONEY_SHORT)

    call = await hotline.dial(*IN)

    assert refusal_words(Refusal.BANK_MONEY_SHORT) in call.prompts
