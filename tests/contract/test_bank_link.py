"""What every line to the banks promises: the fake and the paper bank."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from enum import Enum, auto
from typing import Any

import pytest

from callcenter.domain.accounts import AccountId
from callcenter.domain.errors import CounterUnavailable, OutcomeUnknown, Refused
from callcenter.domain.refusals import Refusal
from callcenter.domain.requests import RequestId, RequestNumber
from callcenter.domain.transfers import (
    Direction,
    PasswordKind,
    Transfer,
    TransferState,
)
from callcenter.gateways.paper import seed_demo
from callcenter.gateways.paper.bank import PaperBank
from callcenter.gateways.paper.bank_faults import BankFaults
from callcenter.trading.transfers.ports import BankLink, BankRecord
from tests import make
from tests.fakes.bank import DONE, ICBC, PASSWORDS, FakeBank, rejected
from tests.fakes.store import AlwaysNoon

S = TransferState
OWNER, NOBODY = AccountId("10000001"), AccountId("99999999")
BANK_PASSWORD, FUND_PASSWORD = PASSWORDS[PasswordKind.BANK], PASSWORDS[PasswordKind.FUND]
NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"


class Trouble(Enum):
    NONE = auto()
    UNREACHABLE = auto()
    LOSES_ANSWERS = auto()
    LOSES_REQUESTS = auto()
    REJECTS = auto()


Opens = Callable[[Trouble], AbstractAsyncContextManager[BankLink]]


@asynccontextmanager
async def fake(trouble: Trouble) -> AsyncIterator[BankLink]:
    yield FakeBank(
        fails_with=CounterUnavailable() if trouble is Trouble.UNREACHABLE else None,
        loses_answers=trouble is Trouble.LOSES_ANSWERS,
        loses_requests=trouble is Trouble.LOSES_REQUESTS,
        answers=rejected(Refusal.BANK_REFUSED) if trouble is Trouble.REJECTS else None,
    )


@asynccontextmanager
async def paper(trouble: Trouble, dsn: str) -> AsyncIterator[BankLink]:
    await seed_demo(dsn, production=False, load_accounts=False)
    faults = {
        Trouble.LOSES_ANSWERS: BankFaults(after_s=3600.0),
        Trouble.LOSES_REQUESTS: BankFaults(silent=True),
        Trouble.REJECTS: BankFaults(rejects=Refusal.BANK_REFUSED),
    }
    bank = PaperBank(
        NOWHERE if trouble is Trouble.UNREACHABLE else dsn,
        AlwaysNoon(),
        # Half a second is enough to book on a busy machine; then the answer is given up.
        answer_within_s=5.0 if trouble is Trouble.NONE else 0.5,
        faults=faults.get(trouble, BankFaults()),
    )
    await bank.start()
    try:
        yield bank
    finally:
        await bank.stop()


@pytest.fixture(params=["fake", "paper"])
def opens(request: pytest.FixtureRequest) -> Opens:
    if request.param == "fake":
        return fake
    dsn: str = request.getfixturevalue("dsn")
    return lambda trouble: paper(trouble, dsn)


@pytest.fixture
async def bank(opens: Opens) -> AsyncIterator[BankLink]:
    async with opens(Trouble.NONE) as opened:
        yield opened


def numbered(number: int, **changes: Any) -> Transfer:
    """Return a transfer with a number and an id of its own."""
    named = RequestNumber(f"7000{number:04}")
    return make.transfer(number=named, request_id=RequestId(f"20261120{named}"), **changes)


async def balance(bank: BankLink) -> Decimal:
    return await bank.balance(OWNER, ICBC, BANK_PASSWORD)


async def test_an_account_has_its_bank(bank: BankLink) -> None:
    assert list(await bank.banks(OWNER)) == [ICBC]
    assert list(await bank.banks(NOBODY)) == []


async def test_a_transfer_in_leaves_the_bank_account(bank: BankLink) -> None:
    assert await bank.request(numbered(1), BANK_PASSWORD) == DONE

    assert await balance(bank) == Decimal("490000.00")


async def test_a_transfer_out_reaches_the_bank_account(bank: BankLink) -> None:
    out = numbered(1, direction=Direction.OUT)

    assert await bank.request(out, FUND_PASSWORD) == DONE

    assert await balance(bank) == Decimal("510000.00")


@pytest.mark.parametrize(
    ("direction", "reason"),
    [
        (Direction.IN, Refusal.WRONG_BANK_PASSWORD),
        (Direction.OUT, Refusal.WRONG_FUND_PASSWORD),
    ],
)
async def test_each_direction_has_its_own_password(
    bank: BankLink, direction: Direction, reason: Refusal
) -> None:
    other = {Direction.IN: FUND_PASSWORD, Direction.OUT: BANK_PASSWORD}[direction]

    for number, password in enumerate((other, None)):
        answer = await bank.request(numbered(number, direction=direction), password)
        assert answer == rejected(reason)

    assert await balance(bank) == Decimal("500000.00")


async def test_more_than_there_is_does_not_move(bank: BankLink) -> None:
    answer = await bank.request(numbered(1, amount=Decimal("500000.01")), BANK_PASSWORD)

    assert answer == rejected(Refusal.BANK_MONEY_SHORT)
    assert await balance(bank) == Decimal("500000.00")


async def test_a_wrong_password_tells_no_balance(bank: BankLink) -> None:
    with pytest.raises(Refused) as refused:
        await bank.balance(OWNER, ICBC, FUND_PASSWORD)

    assert refused.value.reason is Refusal.WRONG_BANK_PASSWORD


async def test_the_same_request_twice_moves_money_once(bank: BankLink) -> None:
    transfer = numbered(1)

    answers = [await bank.request(transfer, BANK_PASSWORD) for _ in range(3)]

    assert answers == [DONE] * 3
    assert await balance(bank) == Decimal("490000.00")


async def test_the_same_request_at_once_moves_money_once(bank: BankLink) -> None:
    transfer = numbered(1)

    answers = await asyncio.gather(*(bank.request(transfer, BANK_PASSWORD) for _ in range(5)))

    assert set(answers) == {DONE}
    assert await balance(bank) == Decimal("490000.00")


async def test_a_repeated_request_is_given_the_first_answer_whatever_the_password(
    bank: BankLink,
) -> None:
    await bank.request(numbered(1), FUND_PASSWORD)

    answer = await bank.request(numbered(1), BANK_PASSWORD)

    assert answer == rejected(Refusal.WRONG_BANK_PASSWORD)


async def test_what_was_asked_is_found(bank: BankLink) -> None:
    await bank.request(numbered(1), BANK_PASSWORD)
    await bank.request(numbered(2), None)

    assert await bank.find(numbered(1).request_id) == DONE
    assert await bank.find(numbered(2).request_id) == rejected(Refusal.WRONG_BANK_PASSWORD)
    assert await bank.find(numbered(3).request_id) is None


async def test_what_was_withdrawn_is_never_carried_out_later(bank: BankLink) -> None:
    transfer = numbered(1)

    assert await bank.withdraw(transfer.request_id) is None
    late = await bank.request(transfer, BANK_PASSWORD)

    assert late == rejected(Refusal.DUPLICATE_TRANSFER)
    assert await bank.find(transfer.request_id) is None
    assert await bank.withdraw(transfer.request_id) is None
    assert await balance(bank) == Decimal("500000.00")


async def test_what_was_carried_out_cannot_be_withdrawn(bank: BankLink) -> None:
    await bank.request(numbered(1), BANK_PASSWORD)

    assert await bank.withdraw(numbered(1).request_id) == DONE
    assert await bank.find(numbered(1).request_id) == DONE


async def test_the_list_of_the_day_has_every_request(bank: BankLink) -> None:
    out = numbered(2, direction=Direction.OUT)
    yesterday = make.NOON.date() - timedelta(days=1)
    await bank.request(numbered(1), BANK_PASSWORD)
    await bank.request(out, None)
    await bank.request(numbered(3, trade_date=yesterday), BANK_PASSWORD)
    await bank.withdraw(numbered(4).request_id)

    listed = [record async for record in bank.records(make.NOON.date())]

    assert listed == [
        BankRecord(
            request_id=transfer.request_id,
            account=OWNER,
            bank=ICBC,
            direction=transfer.draft.direction,
            amount=Decimal("10000.00"),
            outcome=outcome,
        )
        for transfer, outcome in (
            (numbered(1), DONE),
            (out, rejected(Refusal.WRONG_FUND_PASSWORD)),
        )
    ]


async def test_a_bank_may_refuse(opens: Opens) -> None:
    async with opens(Trouble.REJECTS) as bank:
        answer = await bank.request(numbered(1), BANK_PASSWORD)

        assert answer == rejected(Refusal.BANK_REFUSED)
        assert await bank.find(numbered(1).request_id) == answer


async def test_a_lost_answer_is_unknown_and_can_be_found(opens: Opens) -> None:
    async with opens(Trouble.LOSES_ANSWERS) as bank:
        with pytest.raises(OutcomeUnknown):
            await bank.request(numbered(1), BANK_PASSWORD)

        assert await bank.find(numbered(1).request_id) == DONE


async def test_a_lost_request_is_unknown_and_can_be_withdrawn(opens: Opens) -> None:
    async with opens(Trouble.LOSES_REQUESTS) as bank:
        with pytest.raises(OutcomeUnknown):
            await bank.request(numbered(1), BANK_PASSWORD)

        assert await bank.find(numbered(1).request_id) is None
        assert await bank.withdraw(numbered(1).request_id) is None


async def test_a_counter_that_is_gone_is_unavailable(opens: Opens) -> None:
    async with opens(Trouble.UNREACHABLE) as bank:
        for question in (
            bank.banks(OWNER),
            bank.request(numbered(1), BANK_PASSWORD),
            bank.find(numbered(1).request_id),
            bank.withdraw(numbered(1).request_id),
            bank.balance(OWNER, ICBC, BANK_PASSWORD),
            bank.ping(),
        ):
            with pytest.raises(CounterUnavailable):
                await question
        with pytest.raises(CounterUnavailable):
            assert [record async for record in bank.records(make.NOON.date())]
