"""Write down, send, write the answer: every request at most once, whatever interrupts us."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from callcenter.domain.audit import Action
from callcenter.domain.errors import (
    CounterUnavailable,
    OutcomeUnknown,
    Refused,
    StoreUnavailable,
)
from callcenter.domain.events import TransferMoved
from callcenter.domain.refusals import Refusal
from callcenter.domain.requests import RequestId
from callcenter.domain.secret import Secret
from callcenter.domain.transfers import PasswordKind, Transfer, TransferOutcome, TransferState
from callcenter.trading.requests.engine import Requests
from callcenter.trading.requests.reconciliation import RequestReconciliation
from callcenter.trading.transfers.matter import TRANSFER
from tests import make
from tests.fakes.bank import DONE, PASSWORDS, FakeBank, rejected
from tests.fakes.clock import FakeClock
from tests.fakes.requests import FakeTransferBook

S = TransferState
PROMISE, PATIENCE = timedelta(seconds=20), timedelta(minutes=10)
TRANSFER_IN = make.transfer()
NUMBER, REQUEST_ID = TRANSFER_IN.number, TRANSFER_IN.request_id
PASSWORD = PASSWORDS[PasswordKind.BANK]
PENDING, UNKNOWN = TransferOutcome(state=S.PENDING), TransferOutcome(state=S.UNKNOWN)
WITHDRAWN, MANUAL = TransferOutcome(state=S.WITHDRAWN), TransferOutcome(state=S.MANUAL)
ACCEPTED = TransferOutcome(state=S.ACCEPTED)


@dataclass(slots=True, kw_only=True)
class House:
    """One bank, our book, and as many daemons as a test starts over them."""

    bank: FakeBank = field(default_factory=FakeBank)
    clock: FakeClock = field(default_factory=FakeClock)
    book: FakeTransferBook = field(init=False)

    def __post_init__(self) -> None:
        self.book = FakeTransferBook(self.clock)

    def daemon(self) -> Requests[Transfer, TransferOutcome]:
        return Requests(
            TRANSFER, self.bank, self.book, self.clock, promise=PROMISE, patience=PATIENCE
        )

    async def make(self, transfer: Transfer = TRANSFER_IN) -> TransferOutcome:
        async def send(transfer: Transfer) -> TransferOutcome:
            return await self.bank.request(transfer, PASSWORD)

        return await self.daemon().make(transfer, send)

    async def reconcile(self, after: timedelta = timedelta()) -> None:
        self.clock.forward(after)
        await RequestReconciliation(TRANSFER, self.book, self.daemon(), every_s=1).once()

    @property
    def outcome(self) -> TransferOutcome:
        return self.book.kept[NUMBER].outcome


class DiesBeforeSending(FakeBank):
    """A bank whose client is killed between writing and sending."""

    async def request(self, transfer: Transfer, password: Secret | None) -> TransferOutcome:
        raise asyncio.CancelledError


class DiesBeforeTheAnswer(FakeBank):
    """A bank whose client is killed when it has sent, and not heard yet."""

    async def request(self, transfer: Transfer, password: Secret | None) -> TransferOutcome:
        await super().request(transfer, password)
        raise asyncio.CancelledError


class GoneWhenAsked(FakeBank):
    async def request(self, transfer: Transfer, password: Secret | None) -> TransferOutcome:
        raise CounterUnavailable


async def died_in(bank: FakeBank) -> House:
    """Return a house in which a daemon died while it asked that bank; the bank lives on."""
    house = House(bank=bank)
    with pytest.raises(asyncio.CancelledError):
        await house.make()
    house.bank = FakeBank(
        balances=bank.balances, money=bank.money, known=bank.known, withdrawn=bank.withdrawn
    )
    return house


async def test_a_request_is_written_down_before_it_is_sent() -> None:
    class Looking(FakeBank):
        async def request(self, transfer: Transfer, password: Secret | None) -> TransferOutcome:
            seen.append(house.outcome)
            return await super().request(transfer, password)

    seen: list[TransferOutcome] = []
    house = House(bank=Looking())

    await house.make()

    assert seen == [PENDING]


@pytest.mark.parametrize(
    ("bank", "outcome"),
    [
        pytest.param(FakeBank(), DONE, id="done"),
        pytest.param(FakeBank(answers=ACCEPTED), ACCEPTED, id="works-on-it"),
        pytest.param(
            FakeBank(answers=rejected(Refusal.BANK_MONEY_SHORT)),
            rejected(Refusal.BANK_MONEY_SHORT),
            id="rejected",
        ),
        pytest.param(FakeBank(answers=MANUAL), MANUAL, id="counter-does-not-know"),
        pytest.param(FakeBank(loses_answers=True), UNKNOWN, id="no-answer"),
        pytest.param(FakeBank(loses_requests=True), UNKNOWN, id="lost"),
        pytest.param(
            GoneWhenAsked(), TransferOutcome(state=S.WITHDRAWN, message=9001), id="counter-gone"
        ),
    ],
)
async def test_what_the_bank_says_is_written_down_told_and_published(
    bank: FakeBank, outcome: TransferOutcome
) -> None:
    house = House(bank=bank)

    assert await house.make() == outcome

    account = TRANSFER_IN.account
    assert house.outcome == outcome
    assert house.book.outbox == [
        TransferMoved(number=NUMBER, account=account, state=S.PENDING),
        TransferMoved(number=NUMBER, account=account, state=outcome.state, message=outcome.message),
    ]


async def test_a_request_and_its_answer_are_in_the_audit_trail_without_the_password() -> None:
    house = House()

    await house.make()

    request, answer = house.book.trail
    assert (request.action, request.outcome) == (Action.TRANSFER, "pending")
    assert (answer.action, answer.outcome) == (Action.TRANSFER_ANSWER, "done")
    assert request.station == answer.station == make.station()
    assert request.details == {
        "number": "70000001",
        "request_id": "2026112070000001",
        "bank": "ICBC",
        "direction": "in",
        "amount": "10000.00",
    }
    assert PASSWORD.reveal() not in repr(house.book.trail) + repr(house.book.kept)


async def test_a_request_that_cannot_be_written_down_is_not_sent() -> None:
    house = House()
    house.book = FakeTransferBook(breaks_after=0)

    with pytest.raises(StoreUnavailable):
        await house.make()

    assert house.bank.asked == []


async def test_an_answer_that_cannot_be_written_down_is_left_to_reconciliation() -> None:
    house = House()
    house.book = FakeTransferBook(house.clock, breaks_after=1)

    assert await house.make() == PENDING

    house.book.gone = False
    await house.reconcile(PROMISE + timedelta(seconds=1))
    assert house.outcome == DONE
    assert len(house.bank.asked) == 1


async def test_a_request_excluded_by_another_is_not_sent() -> None:
    house = House(bank=FakeBank(answers=ACCEPTED))
    await house.make()

    with pytest.raises(Refused) as refused:
        await house.make(make.transfer(number="70000002"))

    assert refused.value.reason is Refusal.TRANSFER_IN_PROGRESS
    assert len(house.bank.asked) == 1
    assert len(house.book.trail) == 2


async def test_the_same_request_twice_is_sent_once() -> None:
    house = House()

    first, second = await house.make(), await house.make()

    assert first == second == DONE
    assert len(house.bank.asked) == 1


async def test_the_same_request_from_three_daemons_is_sent_once() -> None:
    house = House()

    outcomes = await asyncio.gather(*(house.make() for _ in range(3)))

    assert set(outcomes) <= {DONE, PENDING}
    assert DONE in outcomes
    assert len(house.bank.asked) == 1
    assert [event.state for event in house.book.outbox] == [S.PENDING, S.DONE]


async def test_two_requests_of_an_account_from_two_daemons_at_once_are_one() -> None:
    house = House(bank=FakeBank(answers=ACCEPTED))

    outcomes = await asyncio.gather(
        house.make(), house.make(make.transfer(number="70000002")), return_exceptions=True
    )

    assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 1
    assert len(house.bank.asked) == len(house.book.kept) == 1


async def test_a_daemon_that_dies_before_sending_moves_no_money_for_ever() -> None:
    house = await died_in(DiesBeforeSending())

    assert await house.make() == PENDING
    await house.reconcile(PROMISE + timedelta(seconds=1))

    assert house.outcome == WITHDRAWN
    late = await house.bank.request(TRANSFER_IN, PASSWORD)
    assert late == rejected(Refusal.DUPLICATE_TRANSFER)
    assert house.bank.asked == [TRANSFER_IN]  # this one


async def test_a_daemon_that_dies_before_the_answer_has_moved_money_once() -> None:
    house = await died_in(DiesBeforeTheAnswer())
    assert house.outcome == PENDING

    await house.reconcile(PROMISE + timedelta(seconds=1))

    assert house.outcome == DONE
    assert house.bank.asked == []
    assert house.bank.balances[TRANSFER_IN.account] == 490_000


async def test_a_call_that_goes_on_elsewhere_is_told_what_became_of_it() -> None:
    house = await died_in(DiesBeforeTheAnswer())

    assert await house.make() == DONE
    assert house.bank.asked == []


async def test_a_call_that_goes_on_while_the_bank_is_gone_is_told_what_is_known() -> None:
    house = await died_in(DiesBeforeTheAnswer())
    house.bank.fails_with = CounterUnavailable()

    assert await house.make() == PENDING


async def test_another_request_under_the_same_number_is_a_defect() -> None:
    house = House()
    await house.make()

    with pytest.raises(ValueError, match="another request's"):
        await house.make(make.transfer(amount=TRANSFER_IN.draft.amount * 2))


async def test_a_fresh_request_is_left_to_whoever_made_it() -> None:
    house = await died_in(DiesBeforeSending())

    await house.reconcile(PROMISE)

    assert house.outcome == PENDING
    assert house.bank.withdrawn == set()


async def test_an_unknown_outcome_is_looked_up_and_never_sent_again() -> None:
    house = House(bank=FakeBank(loses_answers=True))
    await house.make()

    await house.reconcile()

    assert house.outcome == DONE
    assert len(house.bank.asked) == 1


async def test_a_request_that_was_lost_is_withdrawn_after_its_promise_and_not_before() -> None:
    house = House(bank=FakeBank(loses_requests=True))
    await house.make()

    await house.reconcile(PROMISE)
    assert house.outcome == UNKNOWN

    await house.reconcile(timedelta(seconds=1))
    assert house.outcome == WITHDRAWN


async def test_a_bank_that_cannot_promise_makes_it_unknown_and_then_a_task() -> None:
    house = await died_in(DiesBeforeSending())
    house.bank.cannot_withdraw = True

    await house.reconcile(PROMISE + timedelta(seconds=1))
    assert house.outcome == UNKNOWN

    await house.reconcile(PATIENCE)
    assert house.outcome == MANUAL


@pytest.mark.parametrize(
    "bank",
    [
        pytest.param(FakeBank(answers=ACCEPTED), id="the-bank-still-works"),
        pytest.param(FakeBank(loses_requests=True, cannot_withdraw=True), id="nobody-knows"),
    ],
)
async def test_what_lasts_too_long_becomes_a_task_for_a_person_once(bank: FakeBank) -> None:
    house = House(bank=bank)
    await house.make()

    await house.reconcile(PATIENCE)
    assert house.outcome != MANUAL

    for _ in range(3):
        await house.reconcile(timedelta(seconds=1))
    assert house.outcome == MANUAL
    assert [move.to for move in house.book.moves].count(S.MANUAL) == 1


async def test_a_bank_that_is_gone_for_too_long_makes_a_task() -> None:
    house = House(bank=FakeBank(loses_answers=True))
    await house.make()
    house.bank.fails_with = CounterUnavailable()

    await house.reconcile(PATIENCE + timedelta(seconds=1))

    assert house.outcome == MANUAL


async def test_the_bank_s_last_word_overtakes_the_person() -> None:
    house = House(bank=FakeBank(answers=ACCEPTED))
    await house.make()
    await house.reconcile(PATIENCE + timedelta(seconds=1))

    house.bank.say(REQUEST_ID, DONE)
    await house.reconcile()

    assert house.outcome == DONE


async def test_what_is_no_news_is_not_written_down_again_and_again() -> None:
    house = House(bank=FakeBank(answers=ACCEPTED))
    await house.make()
    await house.reconcile(PATIENCE + timedelta(seconds=1))
    events = len(house.book.moves)

    for _ in range(3):
        await house.reconcile(timedelta(seconds=2))

    assert house.outcome == MANUAL
    assert len(house.book.moves) == events


async def test_a_request_that_the_bank_had_is_never_taken_for_lost() -> None:
    house = House(bank=FakeBank(answers=ACCEPTED))
    await house.make()
    house.bank.known.clear()

    await house.reconcile(PROMISE + timedelta(seconds=1))

    assert house.outcome == ACCEPTED
    assert house.bank.withdrawn == set()


async def test_late_and_repeated_words_are_recorded_and_not_applied() -> None:
    house = House()
    await house.make()

    async with house.book.transaction() as tx:
        again = await tx.move(NUMBER, DONE)
        late = await tx.move(NUMBER, rejected(Refusal.BANK_REFUSED))

    assert (again, late) == (False, False)
    assert house.outcome == DONE
    assert [move.applied for move in house.book.moves] == [True, True, False, False]


async def test_what_another_daemon_wrote_first_stands() -> None:
    class Overtaken(FakeBank):
        async def request(self, transfer: Transfer, password: Secret | None) -> TransferOutcome:
            async with house.book.transaction() as tx:
                await tx.move(NUMBER, DONE)
            raise OutcomeUnknown(transfer.request_id)

    house = House(bank=Overtaken())

    assert await house.make() == DONE
    assert house.outcome == DONE


async def test_one_failure_of_the_book_does_not_end_reconciliation() -> None:
    house = House(bank=FakeBank(loses_answers=True))
    await house.make()
    house.book.gone = True

    await house.reconcile()

    house.book.gone = False
    await house.reconcile()
    assert house.outcome == DONE


async def test_reconciliation_looks_again_and_again() -> None:
    looked = asyncio.Event()

    class Watched(FakeBank):
        async def find(self, request_id: RequestId) -> TransferOutcome | None:
            house.looks += 1
            if house.looks == 3:
                looked.set()
            return await super().find(request_id)

    @dataclass(slots=True, kw_only=True)
    class Counting(House):
        looks: int = 0

    house = Counting(bank=Watched(answers=ACCEPTED))
    await house.make()

    loop = RequestReconciliation(TRANSFER, house.book, house.daemon(), every_s=0.0)
    task = asyncio.create_task(loop.run())
    await looked.wait()
    task.cancel()
    await asyncio.wait([task])
