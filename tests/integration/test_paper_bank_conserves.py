"""Whatever is asked of the bank, in any order: money is conserved to the fen."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final, TypeVar

import asyncpg
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    rule,
    run_state_machine_as_test,
)

from callcenter.domain.accounts import AccountId
from callcenter.domain.errors import OutcomeUnknown
from callcenter.domain.requests import RequestId, RequestNumber
from callcenter.domain.secret import Secret
from callcenter.domain.transfers import (
    Direction,
    Transfer,
    TransferOutcome,
    TransferState,
    may_become,
)
from callcenter.gateways.paper import seed_demo
from callcenter.gateways.paper.audit import Finding, audit
from callcenter.gateways.paper.bank import PaperBank
from callcenter.gateways.paper.database import plain
from tests import make
from tests.fakes.clock import FakeClock

S = TransferState
Answer = TypeVar("Answer")

BANK_OF: Final = {AccountId("10000001"): "ICBC", AccountId("10000002"): "CMB"}
CASH: Final = {AccountId("10000001"): Decimal(1_000_000), AccountId("10000002"): Decimal(5_000)}
AT_BANK: Final = Decimal(500_000)

_RESET: Final = """
    DELETE FROM paper.entries WHERE what = 'transfer';
    DELETE FROM paper.bank_transfers;
    DELETE FROM paper.bank_faults;
    UPDATE paper.bank_accounts SET balance = 500000.00, wrong_bank = 0, wrong_fund = 0;
    UPDATE paper.money SET usable = CASE account WHEN '10000002' THEN 5000.00 ELSE 1000000.00 END,
        frozen = 0, unsettled = 0 WHERE account IN ('10000001', '10000002');
"""
_BOOKS: Final = """
    SELECT m.account, m.usable, m.frozen, a.balance,
        (SELECT COALESCE(sum(in_transit), 0) FROM paper.bank_transfers t
         WHERE t.account = m.account) AS in_transit
    FROM paper.money m JOIN paper.bank_accounts a USING (account)
"""


class Bank(RuleBasedStateMachine):
    """Customers, callers that repeat themselves, operators and a bank that misbehaves."""

    dsn: str
    asked = Bundle("asked")
    settled = Bundle("settled")

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.clock = FakeClock()
        self.bank = PaperBank(self.dsn, self.clock, answer_within_s=5.0)
        self.seen: dict[RequestId, TransferState] = {}
        self.last = 0
        self.run(self.bank.start())
        self.sql(_RESET)

    def teardown(self) -> None:
        self.run(self.bank.stop())
        self.runner.close()

    def run(self, question: Coroutine[Any, Any, Answer]) -> Answer:
        return self.runner.run(question)

    def sql(self, statement: str, *values: object) -> list[asyncpg.Record]:
        async def ask() -> list[asyncpg.Record]:
            connection = await asyncpg.connect(plain(self.dsn))
            try:
                if not values and ";" in statement:
                    await connection.execute(statement)
                    return []
                return await connection.fetch(statement, *values)
            finally:
                await connection.close()

        return self.run(ask())

    def note(self, transfer: Transfer, outcome: TransferOutcome | None) -> None:
        """What is said of a request goes one way, and what was seen stays seen."""
        before = self.seen.get(transfer.request_id)
        if outcome is None:
            assert before is None
            return
        mended = (before, outcome.state) == (S.MANUAL, S.ACCEPTED)  # by an operator of the bank
        assert before in (None, outcome.state) or mended or may_become(before, outcome.state)
        self.seen[transfer.request_id] = outcome.state

    @rule(
        target=asked,
        account=st.sampled_from(sorted(BANK_OF)),
        direction=st.sampled_from(Direction),
        amount=st.decimals("0.01", "600000.00", places=2)
        | st.sampled_from([Decimal("5000.00"), Decimal("500000.00"), Decimal("0.01")]),
        right=st.integers(0, 9).map(bool),
    )
    def ask(
        self, account: AccountId, direction: Direction, amount: Decimal, right: bool
    ) -> Transfer:
        self.last += 1
        number = RequestNumber(f"7000{self.last:04}")
        transfer = make.transfer(
            number=number,
            request_id=RequestId(f"20261120{number}"),
            account=account,
            bank=BANK_OF[account],
            direction=direction,
            amount=amount,
        )
        self.send(transfer, right=right)
        return transfer

    @rule(transfer=asked)
    def repeat(self, transfer: Transfer) -> None:
        self.send(transfer, right=True)

    def send(self, transfer: Transfer, *, right: bool) -> None:
        kind = {Direction.IN: "112358", Direction.OUT: "135790"}[transfer.draft.direction]
        password = Secret(kind if right else "000000")
        try:
            outcome = self.run(self.bank.request(transfer, password))
        except OutcomeUnknown:
            return
        if transfer.request_id not in self.seen and outcome.message == 7020:
            return  # it was withdrawn before
        self.note(transfer, outcome)

    @rule(transfer=asked)
    def look_up(self, transfer: Transfer) -> None:
        self.note(transfer, self.run(self.bank.find(transfer.request_id)))

    @rule(transfer=consumes(asked), target=settled)
    def withdraw(self, transfer: Transfer) -> Transfer:
        self.note(transfer, self.run(self.bank.withdraw(transfer.request_id)))
        return transfer

    @rule(seconds=st.sampled_from([1, 60]))
    def wait(self, seconds: int) -> None:
        self.clock.forward(timedelta(seconds=seconds))

    @rule(transfer=asked)
    def take_back(self, transfer: Transfer) -> None:
        if self.run(self.bank.take_back(transfer.request_id)):
            self.note(transfer, TransferOutcome(state=S.REVERSED))

    @rule(done=st.booleans())
    def mend(self, done: bool) -> None:
        """An operator of the bank finishes, or takes back, what had stuck."""
        statement = (
            "UPDATE paper.bank_transfers SET state = 'working', then_reversed = $1"
            " WHERE state = 'stuck'"
        )
        self.sql(statement, not done)

    @rule(works=st.sampled_from([0, 30]), sticks=st.booleans(), reverses=st.booleans())
    def misbehave(self, works: int, sticks: bool, reverses: bool) -> None:
        self.sql("DELETE FROM paper.bank_faults;")
        self.sql(
            "INSERT INTO paper.bank_faults (works_s, sticks, reverses) VALUES ($1, $2, $3)",
            float(works),
            sticks,
            reverses,
        )

    @rule()
    def behave(self) -> None:
        self.sql("DELETE FROM paper.bank_faults;")

    @rule(account=st.sampled_from(sorted(BANK_OF)), part=st.integers(0, 4))
    def sell(self, account: AccountId, part: int) -> None:
        """A part of the cash are proceeds of today."""
        statement = (
            "UPDATE paper.money SET unsettled = round(usable * $2 / 4, 2) WHERE account = $1"
        )
        self.sql(statement, account, part)

    @invariant()
    def every_fen_is_somewhere(self) -> None:
        rows = {row["account"]: row for row in self.sql(_BOOKS)}
        for account, cash in CASH.items():
            row = rows[account]
            held = row["usable"] + row["frozen"] + row["balance"] + row["in_transit"]
            assert held == cash + AT_BANK

    @invariant()
    def each_side_has_what_its_transfers_say(self) -> None:
        rows = {row["account"]: row for row in self.sql(_BOOKS)}
        posted = self.sql("SELECT * FROM paper.bank_transfers WHERE account IS NOT NULL")
        for account, cash in CASH.items():
            of = [row for row in posted if row["account"] == account]
            came = sum(r["amount"] for r in of if r["direction"] == "in" and r["state"] == "done")
            left = sum(
                r["amount"]
                for r in of
                if r["direction"] == "out" and r["state"] in ("done", "working", "stuck")
            )
            assert rows[account]["usable"] == cash + came - left

    @invariant()
    def the_counter_s_own_audit_finds_its_cash(self) -> None:
        async def proof() -> list[Finding]:
            connection = await asyncpg.connect(plain(self.dsn))
            try:
                return await audit(connection)
            finally:
                await connection.close()

        # What `sell` says of unsettled money is made up.
        assert [one for one in self.run(proof()) if one.what == "cash"] == []


def test_money_is_conserved_under_any_sequence(dsn: str) -> None:
    asyncio.run(seed_demo(dsn, production=False, load_accounts=False))
    machine = type("Machine", (Bank,), {"dsn": dsn})

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
