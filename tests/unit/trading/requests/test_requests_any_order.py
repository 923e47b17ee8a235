"""Whatever happens to requests, in whatever order: one is sent once, and both sides agree."""

import asyncio
import itertools
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from callcenter.domain.errors import CounterUnavailable, Refused, StoreUnavailable
from callcenter.domain.refusals import Refusal
from callcenter.domain.requests import RequestId, RequestNumber
from callcenter.domain.secret import Secret
from callcenter.domain.transfers import (
    OPEN,
    PasswordKind,
    Transfer,
    TransferOutcome,
    TransferState,
    may_become,
)
from callcenter.trading.requests.engine import Requests
from callcenter.trading.requests.reconciliation import RequestReconciliation
from callcenter.trading.requests.tasks import RequestTasks
from callcenter.trading.transfers.matter import TRANSFER
from tests import make
from tests.fakes.bank import DONE, PASSWORDS, FakeBank, rejected
from tests.fakes.clock import FakeClock
from tests.fakes.requests import FakeTransferBook

S = TransferState
Answer = TypeVar("Answer")

PROMISE, PATIENCE = timedelta(seconds=20), timedelta(minutes=10)
PASSWORD = PASSWORDS[PasswordKind.BANK]
ANSWERS = st.sampled_from(
    [
        None,
        rejected(Refusal.BANK_REFUSED),
        TransferOutcome(state=S.ACCEPTED),
        TransferOutcome(state=S.MANUAL),
    ]
)


class DyingBank(FakeBank):
    """A bank whose clients are killed before they send, or before they hear."""

    dies: str = ""

    async def request(self, transfer: Transfer, password: Secret | None) -> TransferOutcome:
        if self.dies == "before sending":
            raise asyncio.CancelledError
        outcome = await super().request(transfer, password)
        if self.dies == "before the answer":
            raise asyncio.CancelledError
        return outcome


class Life(RuleBasedStateMachine):
    """Callers, daemons that die, a bank and a database that come and go, time and a person."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.clock = FakeClock()
        self.bank = DyingBank()
        self.book = FakeTransferBook(self.clock)
        self.made: list[Transfer] = []
        self.resolved: set[RequestId] = set()

    def teardown(self) -> None:
        self.runner.close()

    def run(self, doing: Coroutine[Any, Any, Answer]) -> Answer | None:
        async def shielded() -> Answer | None:
            task = asyncio.ensure_future(doing)
            await asyncio.wait([task])
            if task.cancelled() or isinstance(task.exception(), Refused | StoreUnavailable):
                return None
            return task.result()

        return self.runner.run(shielded())

    def daemon(self) -> Requests[Transfer, TransferOutcome]:
        return Requests(
            TRANSFER, self.bank, self.book, self.clock, promise=PROMISE, patience=PATIENCE
        )

    def send(self, transfer: Transfer) -> None:
        async def send(transfer: Transfer) -> TransferOutcome:
            return await self.bank.request(transfer, PASSWORD)

        self.run(self.daemon().make(transfer, send))

    @rule(dies=st.sampled_from(["", "", "before sending", "before the answer"]), answers=ANSWERS)
    def ask(self, dies: str, answers: TransferOutcome | None) -> None:
        number = RequestNumber(f"7000{len(self.made):04}")
        now = self.clock.now()
        transfer = make.transfer(
            number=number, request_id=RequestId(number), created_at=now, updated_at=now
        )
        self.made.append(transfer)
        self.bank.dies, self.bank.answers = dies, answers
        self.send(transfer)
        self.bank.dies = ""

    @precondition(lambda self: self.made)
    @rule(data=st.data())
    def ask_again(self, data: st.DataObject) -> None:
        self.send(data.draw(st.sampled_from(self.made)))

    @rule(
        gone=st.booleans(),
        loses_answers=st.booleans(),
        loses_requests=st.booleans(),
        cannot_withdraw=st.booleans(),
    )
    def change_the_bank(
        self, gone: bool, loses_answers: bool, loses_requests: bool, cannot_withdraw: bool
    ) -> None:
        self.bank.fails_with = CounterUnavailable() if gone else None
        self.bank.loses_answers = loses_answers
        self.bank.loses_requests = loses_requests
        self.bank.cannot_withdraw = cannot_withdraw

    @rule(gone=st.booleans())
    def change_the_database(self, gone: bool) -> None:
        self.book.gone = gone

    @rule(seconds=st.sampled_from([1, 21, 601]))
    def wait(self, seconds: int) -> None:
        self.clock.forward(timedelta(seconds=seconds))

    @rule()
    def reconcile(self) -> None:
        self.run(RequestReconciliation(TRANSFER, self.book, self.daemon(), every_s=1).once())

    @precondition(lambda self: self.bank.known)
    @rule(data=st.data(), state=st.sampled_from([S.DONE, S.REJECTED, S.REVERSED, S.MANUAL]))
    def bank_comes_to_an_end(self, data: st.DataObject, state: TransferState) -> None:
        request_id = data.draw(st.sampled_from(sorted(self.bank.known)))
        _, outcome = self.bank.known[request_id]
        if may_become(outcome.state, state):
            self.bank.say(request_id, TransferOutcome(state=state))

    @precondition(lambda self: self.made)
    @rule(data=st.data(), done=st.booleans())
    def person_finds_out(self, data: st.DataObject, done: bool) -> None:
        transfer = data.draw(st.sampled_from(self.made))
        outcome = DONE if done else rejected(Refusal.BANK_REFUSED)
        tasks = RequestTasks(TRANSFER, self.book, self.clock)
        if self.run(tasks.resolve(transfer.number, outcome, by="x", why="y")):
            self.resolved.add(transfer.request_id)

    @invariant()
    def each_is_sent_at_most_once(self) -> None:
        sent = [transfer.request_id for transfer in self.bank.asked]
        assert len(sent) == len(set(sent))

    @invariant()
    def nothing_is_sent_that_is_not_written_down(self) -> None:
        assert all(transfer.number in self.book.kept for transfer in self.bank.asked)

    @invariant()
    def an_account_has_one_open_transfer(self) -> None:
        assert sum(one.state in OPEN for one in self.book.kept.values()) <= 1

    @invariant()
    def every_move_is_by_the_table_and_published(self) -> None:
        for number in self.book.kept:
            applied = [m.to for m in self.book.moves if m.number == number and m.applied]
            states = [S(each) for each in applied]
            assert all(may_become(a, b) for a, b in itertools.pairwise(states))
            told = [event.state for event in self.book.outbox if event.number == number]
            assert told == states

    @invariant()
    def void_is_void_for_ever(self) -> None:
        for transfer in self.book.kept.values():
            if transfer.state is S.WITHDRAWN:
                assert transfer.request_id not in self.bank.known

    def settle_everything(self) -> None:
        """The bank and the database are back, and everybody has time."""
        self.bank.fails_with = None
        self.bank.cannot_withdraw = False
        self.book.gone = False
        self.clock.forward(PROMISE + timedelta(seconds=1))
        self.reconcile()

    @rule()
    def in_the_end_both_sides_agree(self) -> None:
        self.settle_everything()
        for transfer in self.book.kept.values():
            if transfer.request_id in self.resolved:
                continue
            known = self.bank.known.get(transfer.request_id)
            if known is None:
                assert transfer.state in (S.WITHDRAWN, S.MANUAL)
            elif known[1].state is not S.ACCEPTED and transfer.state is not S.DONE:
                assert transfer.state is known[1].state


Life.TestCase.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
TestLife = Life.TestCase
