"""Transfers as they are read out, and the balance of the bank account."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from callcenter.domain.refusals import Refusal
from callcenter.domain.requests import RequestNumber
from callcenter.domain.transfers import Direction, TransferState
from callcenter.ivr.prompts import Prompt
from callcenter.ivr.reasons import refusal_words
from tests import make
from tests.fakes.bank import ICBC, OPEN_ONE, FakeBank
from tests.unit.ivr.hotline_of import LOGIN, Hotline, words

RESULTS = ("4", *LOGIN, "4")
FLOWS = ("2", *LOGIN, "7")
BALANCE = ("4", *LOGIN, "3")
S = TransferState


def keep(hotline: Hotline, number: str, state: S = S.DONE, *, days_ago: int = 0) -> None:
    at = make.NOON - timedelta(days=days_ago) + timedelta(minutes=int(number))
    made = make.transfer(state, number=RequestNumber(number), created_at=at, trade_date=at.date())
    hotline.transfers.kept[made.number] = made


async def test_todays_transfers_are_told_the_newest_first() -> None:
    hotline = Hotline()
    keep(hotline, "1")
    keep(hotline, "2", S.UNKNOWN)
    out = hotline.transfers.kept[RequestNumber("2")]
    hotline.transfers.kept[RequestNumber("2")] = replace(
        out, draft=replace(out.draft, direction=Direction.OUT)
    )

    call = await hotline.dial(*RESULTS)

    at = [make.NOON + timedelta(minutes=number) for number in (1, 2)]
    amount = Decimal("10000.00")
    assert call.phone.said[-2] == (
        words(Prompt.FLOW_OUT, at=at[1], amount=amount)
        + words(Prompt.FLOW_UNKNOWN)
        + words(Prompt.FLOW_IN, at=at[0], amount=amount)
        + words(Prompt.FLOW_DONE)
    )


async def test_a_refused_transfer_is_told_with_its_reason_and_number() -> None:
    hotline = Hotline()
    refused = make.transfer(S.REJECTED, Refusal.BANK_MONEY_SHORT.value)
    hotline.transfers.kept[refused.number] = refused

    call = await hotline.dial(*RESULTS)

    assert call.phone.said[-2].endswith("转账未成功。您的银行账户余额不足。消息号七零幺零。")


async def test_who_made_no_transfer_today_is_told_so() -> None:
    hotline = Hotline()
    keep(hotline, "1", days_ago=1)

    call = await hotline.dial(*RESULTS)

    assert call.heard(Prompt.NO_TRANSFERS_TODAY)


async def test_the_flows_of_seven_days_announce_each_day_once() -> None:
    hotline = Hotline()
    for number, days_ago in (("1", 0), ("2", 0), ("3", 6), ("4", 7)):
        keep(hotline, number, days_ago=days_ago)

    call = await hotline.dial(*FLOWS)

    assert call.prompts.count(Prompt.FLOW_IN) == 3
    assert call.prompts.count(Prompt.FLOWS_OF_DAY) == 2


async def test_who_made_no_transfer_lately_is_told_so() -> None:
    call = await Hotline().dial(*FLOWS)

    assert call.heard(Prompt.NO_TRANSFERS)


@pytest.mark.parametrize("script", [RESULTS, FLOWS], ids=["results", "flows"])
@pytest.mark.parametrize("state", list(TransferState))
async def test_every_state_has_words(state: TransferState, script: tuple[str, ...]) -> None:
    hotline = Hotline()
    keep(hotline, "1", state)

    call = await hotline.dial(*script)

    assert Prompt.FLOW_IN in call.prompts
    assert Prompt.FAULT not in call.prompts


async def test_the_balance_is_told_after_the_bank_password() -> None:
    hotline = Hotline()

    call = await hotline.dial(*BALANCE, "112358#")

    assert call.heard(Prompt.BANK_BALANCE, bank="工商银行", balance=Decimal("500000.00"))
    assert [entry.outcome for entry in hotline.transfers.trail] == ["told"]
    assert all("112358" not in turn.keys for turn in call.turns)


async def test_a_wrong_bank_password_tells_no_balance() -> None:
    call = await Hotline().dial(*BALANCE, "999999#")

    assert refusal_words(Refusal.WRONG_BANK_PASSWORD) in call.prompts
    assert Prompt.BANK_BALANCE not in call.prompts


async def test_of_several_banks_one_is_chosen() -> None:
    hotline = Hotline(bank=FakeBank(keepers=(ICBC, OPEN_ONE)))

    call = await hotline.dial(*BALANCE, "1", "112358#")

    assert call.heard(Prompt.BANK_BALANCE, bank="工商银行", balance=Decimal("500000.00"))


async def test_who_chooses_no_bank_is_back_in_the_menu() -> None:
    hotline = Hotline(bank=FakeBank(keepers=(ICBC, OPEN_ONE)))

    call = await hotline.dial(*BALANCE, "*")

    assert call.place.dialogue == "transfer"
