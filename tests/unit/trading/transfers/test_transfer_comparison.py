"""The end of the day: every fen that one side has and the other has not is found."""

import asyncio
from dataclasses import replace
from datetime import time, timedelta
from decimal import Decimal

import pytest

from callcenter.domain.errors import CounterUnavailable
from callcenter.domain.transfers import (
    Difference,
    DifferenceKind,
    Transfer,
    TransferOutcome,
    TransferState,
)
from callcenter.trading.requests.engine import Requests
from callcenter.trading.transfers.comparison import TransferComparison
from callcenter.trading.transfers.matter import TRANSFER
from tests import make
from tests.fakes.bank import FakeBank
from tests.fakes.clock import FakeClock
from tests.fakes.requests import FakeTransferBook

S = TransferState
DAY = make.NOON.date()


class Evening:
    """A day that is over, as our book and the bank have it."""

    def __init__(self, *, at: time = time(16, 30)) -> None:
        self.clock = FakeClock()
        self.bank = FakeBank()
        self.book = FakeTransferBook(self.clock)
        requests = Requests(
            TRANSFER,
            self.bank,
            self.book,
            self.clock,
            promise=timedelta(seconds=20),
            patience=timedelta(minutes=10),
        )
        self.comparison = TransferComparison(
            self.bank, self.book, self.clock, requests, at=at, look_every_s=0.0
        )

    async def ours(self, transfer: Transfer) -> None:
        async with self.book.transaction() as tx:
            await tx.add(transfer)

    def theirs(self, transfer: Transfer, state: TransferState) -> None:
        self.bank.known[transfer.request_id] = (transfer, TransferOutcome(state=state))

    async def found(self) -> list[tuple[str, DifferenceKind]]:
        return [(one.request_id, one.kind) for one in await self.comparison.once(DAY)]


@pytest.fixture
def evening() -> Evening:
    return Evening()


@pytest.mark.parametrize(
    ("ours", "theirs", "kind"),
    [
        (S.DONE, S.DONE, None),
        (S.REJECTED, S.REJECTED, None),
        (S.WITHDRAWN, None, None),
        (S.REJECTED, None, None),
        (S.REVERSED, S.REVERSED, None),
        (S.DONE, None, DifferenceKind.ONLY_OURS),
        (None, S.DONE, DifferenceKind.ONLY_BANK),
        (None, S.MANUAL, DifferenceKind.ONLY_BANK),
        (None, S.REJECTED, None),
        (S.WITHDRAWN, S.DONE, DifferenceKind.STATE),
        (S.REJECTED, S.DONE, DifferenceKind.STATE),
        (S.DONE, S.REJECTED, DifferenceKind.STATE),
        (S.REVERSED, S.DONE, DifferenceKind.STATE),
        (S.UNKNOWN, None, None),  # reconciliation's
        (S.MANUAL, S.ACCEPTED, None),  # a task already
    ],
)
async def test_what_only_one_side_has_booked_is_found(
    evening: Evening, ours: S | None, theirs: S | None, kind: DifferenceKind | None
) -> None:
    transfer = make.transfer(ours or S.DONE)
    if ours is not None:
        await evening.ours(transfer)
    if theirs is not None:
        evening.theirs(transfer, theirs)

    assert await evening.found() == ([] if kind is None else [(transfer.request_id, kind)])


async def test_another_amount_is_found(evening: Evening) -> None:
    transfer = make.transfer(S.DONE)
    await evening.ours(transfer)
    evening.theirs(make.transfer(S.DONE, amount=Decimal("10000.01")), S.DONE)

    assert await evening.comparison.once(DAY) == [
        Difference(
            day=DAY,
            request_id=transfer.request_id,
            account=transfer.account,
            kind=DifferenceKind.AMOUNT,
            ours="10000001 ICBC in 10000.00 done",
            theirs="10000001 ICBC in 10000.01 done",
        )
    ]


async def test_a_difference_is_told_once(evening: Evening) -> None:
    await evening.ours(make.transfer(S.DONE))

    first, second = await evening.found(), await evening.found()

    assert (len(first), second) == (1, [])
    assert len(evening.book.differences) == 1


async def test_what_the_bank_has_taken_back_is_written_down(evening: Evening) -> None:
    transfer = make.transfer(S.DONE)
    await evening.ours(transfer)
    evening.theirs(transfer, S.REVERSED)

    assert await evening.found() == []
    assert evening.book.kept[transfer.number].state is S.REVERSED


async def test_what_moves_meanwhile_is_left_for_the_next_time(evening: Evening) -> None:
    later = make.NOON + timedelta(seconds=1)
    await evening.ours(replace(make.transfer(S.DONE), updated_at=later))

    assert await evening.found() == []

    evening.clock.at = later
    assert len(await evening.found()) == 1


async def test_a_day_is_compared_when_the_banks_have_closed_and_once() -> None:
    evening = Evening()
    await evening.ours(make.transfer(S.DONE))
    task = asyncio.create_task(evening.comparison.run())
    for _ in range(5):
        await asyncio.sleep(0)
    assert evening.book.differences == []

    evening.clock.forward(timedelta(hours=4, minutes=30))
    await asyncio.wait_for(evening.book.noted.wait(), timeout=5)
    task.cancel()
    await asyncio.wait([task])
    assert len(evening.book.differences) == 1


async def test_a_bank_that_does_not_answer_is_asked_again() -> None:
    evening = Evening(at=time(0, 0))
    await evening.ours(make.transfer(S.DONE))
    evening.bank.fails_with = CounterUnavailable("away")

    task = asyncio.create_task(evening.comparison.run())
    for _ in range(5):
        await asyncio.sleep(0)
    assert evening.book.differences == []
    evening.bank.fails_with = None
    await asyncio.wait_for(evening.book.noted.wait(), timeout=5)

    task.cancel()
    await asyncio.wait([task])
