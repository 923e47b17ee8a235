"""A counter's line to the banks, in memory."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from callcenter.domain.accounts import AccountId
from callcenter.domain.errors import OutcomeUnknown, Refused
from callcenter.domain.refusals import Refusal
from callcenter.domain.requests import RequestId
from callcenter.domain.secret import Secret
from callcenter.domain.transfers import (
    UNMOVED,
    BankCode,
    BankService,
    BankTerms,
    Direction,
    PasswordKind,
    Transfer,
    TransferOutcome,
    TransferState,
)
from callcenter.trading.transfers.ports import BankLink, BankRecord

ICBC: Final = BankCode("ICBC")
OPEN_ONE: Final = BankCode("open")

PASSWORDS: Final = {PasswordKind.BANK: Secret("112358"), PasswordKind.FUND: Secret("135790")}
ASKS: Final = {
    BankService.IN: PasswordKind.BANK,
    BankService.OUT: PasswordKind.FUND,
    BankService.BALANCE: PasswordKind.BANK,
}
TERMS: Final = {
    ICBC: BankTerms(
        code=ICBC,
        name="工商银行",
        name_en="ICBC",
        single=Decimal("50000.00"),
        day=Decimal("80000.00"),
        passwords=ASKS,
    ),
    OPEN_ONE: BankTerms(
        code=OPEN_ONE,
        name="开放银行",
        name_en="Open Bank",
        single=Decimal("50000.00"),
        day=Decimal("80000.00"),
    ),
}
DONE: Final = TransferOutcome(state=TransferState.DONE)


def rejected(reason: Refusal) -> TransferOutcome:
    return TransferOutcome(state=TransferState.REJECTED, message=reason.value)


@dataclass(slots=True, kw_only=True)
class FakeBank(BankLink):
    """
    Moves money between `balances` and `money`, which together stay what they were.

    It fails on demand, and each demand may be changed while a test runs:
    `fails_with` is raised by every method before anything happens;
    `loses_requests` raises `OutcomeUnknown` and the request is gone;
    `loses_answers` carries the request out and then raises `OutcomeUnknown`;
    `answers` is what is said instead of DONE, and no money moves;
    `cannot_withdraw` cannot promise that a request never comes late.
    """

    fails_with: Exception | None = None
    loses_requests: bool = False
    loses_answers: bool = False
    answers: TransferOutcome | None = None
    cannot_withdraw: bool = False
    keepers: Sequence[BankCode] = (ICBC,)  # the banks of every account
    money: dict[AccountId, Decimal] = field(default_factory=dict)
    balances: dict[AccountId, Decimal] = field(default_factory=dict)
    asked: list[Transfer] = field(default_factory=list)  # each time
    passwords: list[Secret | None] = field(default_factory=list)  # each time
    known: dict[RequestId, tuple[Transfer, TransferOutcome]] = field(default_factory=dict)
    withdrawn: set[RequestId] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.money.setdefault(AccountId("10000001"), Decimal("1000000.00"))
        self.balances.setdefault(AccountId("10000001"), Decimal("500000.00"))

    async def banks(self, account: AccountId) -> Sequence[BankCode]:
        self._fail()
        return self.keepers if account in self.balances else []

    async def request(self, transfer: Transfer, password: Secret | None) -> TransferOutcome:
        self._fail()
        self.asked.append(transfer)
        self.passwords.append(password)
        if self.loses_requests:
            raise OutcomeUnknown(transfer.request_id)
        await asyncio.sleep(0)
        if transfer.request_id in self.withdrawn:
            return rejected(Refusal.DUPLICATE_TRANSFER)
        if transfer.request_id not in self.known:
            outcome = self.answers or self._carry_out(transfer, password)
            self.known[transfer.request_id] = (transfer, outcome)
        if self.loses_answers:
            raise OutcomeUnknown(transfer.request_id)
        return self.known[transfer.request_id][1]

    async def find(self, request_id: RequestId) -> TransferOutcome | None:
        self._fail()
        return self.known[request_id][1] if request_id in self.known else None

    async def withdraw(self, request_id: RequestId) -> TransferOutcome | None:
        self._fail()
        if request_id in self.known:
            return self.known[request_id][1]
        if self.cannot_withdraw:
            raise OutcomeUnknown(request_id)
        self.withdrawn.add(request_id)
        return None

    async def balance(self, account: AccountId, bank: BankCode, password: Secret | None) -> Decimal:
        self._fail()
        if password != PASSWORDS[PasswordKind.BANK]:
            raise Refused(Refusal.WRONG_BANK_PASSWORD)
        return self.balances[account]

    async def records(self, day: date) -> AsyncIterator[BankRecord]:
        self._fail()
        for transfer, outcome in self.known.values():
            if transfer.trade_date == day:
                yield record(transfer, outcome)

    async def ping(self) -> None:
        self._fail()

    def say(self, request_id: RequestId, outcome: TransferOutcome) -> None:
        """Change the mind of the bank, or let it come to an end."""
        self.known[request_id] = (self.known[request_id][0], outcome)

    def _carry_out(self, transfer: Transfer, password: Secret | None) -> TransferOutcome:
        draft = transfer.draft
        wanted = TERMS[draft.bank].passwords.get(BankService(draft.direction))
        if wanted is not None and password != PASSWORDS[wanted]:
            return rejected(_WRONG[wanted])
        payer, payee = self.balances, self.money
        if draft.direction is Direction.OUT:
            payer, payee = self.money, self.balances
        if payer[draft.account] < draft.amount:
            return rejected(Refusal.BANK_MONEY_SHORT)
        payer[draft.account] -= draft.amount
        payee[draft.account] += draft.amount
        return DONE

    def _fail(self) -> None:
        if self.fails_with is not None:
            raise self.fails_with


_WRONG: Final = {
    PasswordKind.BANK: Refusal.WRONG_BANK_PASSWORD,
    PasswordKind.FUND: Refusal.WRONG_FUND_PASSWORD,
}


def record(transfer: Transfer, outcome: TransferOutcome) -> BankRecord:
    draft = transfer.draft
    return BankRecord(
        request_id=transfer.request_id,
        account=draft.account,
        bank=draft.bank,
        direction=draft.direction,
        amount=draft.amount,
        outcome=outcome,
    )


def moved(transfers: Sequence[Transfer]) -> Decimal:
    """Return the yuan that went in, less those that went out."""
    signs = {Direction.IN: 1, Direction.OUT: -1}
    counted = (one for one in transfers if one.state not in UNMOVED)
    return sum((signs[one.draft.direction] * one.draft.amount for one in counted), Decimal(0))
