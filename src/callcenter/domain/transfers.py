"""The vocabulary of bank–securities transfers (银证转账): between a bank account and ours."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Final, NewType

from callcenter.domain.accounts import AccountId
from callcenter.domain.orders import Station
from callcenter.domain.requests import RequestId, RequestNumber

BankCode = NewType("BankCode", str)

FEN: Final = Decimal("0.01")


class Direction(StrEnum):
    IN = "in"  # 银行转证券
    OUT = "out"  # 证券转银行


class BankService(StrEnum):
    """What a bank does for a customer over the telephone."""

    IN = "in"
    OUT = "out"
    BALANCE = "balance"


class PasswordKind(StrEnum):
    """The passwords besides the trade password, which every customer has logged in with."""

    FUND = "fund"  # 资金密码, of the account
    BANK = "bank"  # 银行密码, of the bank account


@dataclass(frozen=True, slots=True, kw_only=True)
class BankTerms:
    """
    What one bank allows (amounts in yuan) and asks for; banks differ, and change it.

    Times are Beijing's, `closes` is not included any more; both None is any hour of any day. A
    service without an entry in `passwords` needs none.
    """

    code: BankCode
    name: str
    name_en: str
    single: Decimal  # the most in one transfer
    day: Decimal  # the most in a trade date, in each direction
    opens: time | None = None
    closes: time | None = None
    passwords: Mapping[BankService, PasswordKind] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 < self.single <= self.day:
            raise ValueError(f"{self.code}: 0 < {self.single} <= {self.day} must hold")
        if (self.opens is None) != (self.closes is None):
            raise ValueError(f"{self.code}: opens and closes are both said or neither")


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferDraft:
    """A transfer that the caller has dictated and nobody has asked for yet."""

    number: RequestNumber  # exists from the read-back on, so that asking twice moves money once
    account: AccountId
    bank: BankCode
    direction: Direction
    amount: Decimal  # yuan, two places

    def __post_init__(self) -> None:
        if self.amount <= 0:
            raise ValueError(f"amount must be positive, was {self.amount}")
        if self.amount.as_tuple().exponent != FEN.as_tuple().exponent:
            raise ValueError(f"amount must have two places, was {self.amount}")


class TransferState(StrEnum):
    PENDING = "pending"  # written down; the counter has not answered yet
    UNKNOWN = "unknown"  # no answer: looked up, never sent again, never called failed
    ACCEPTED = "accepted"  # the bank works on it
    DONE = "done"
    REJECTED = "rejected"  # the counter or the bank said no; no money moved
    WITHDRAWN = "withdrawn"  # never reached the counter within its promise; it never will
    REVERSED = "reversed"  # 冲正: it was done, or half done, and taken back
    MANUAL = "manual"  # nobody knew for too long: a task for a person


_NEXT: Final[dict[TransferState, frozenset[TransferState]]] = {
    TransferState.PENDING: frozenset(TransferState) - {TransferState.PENDING},
    TransferState.UNKNOWN: frozenset(TransferState)
    - {TransferState.PENDING, TransferState.UNKNOWN},
    # The bank has it, so it can no longer be withdrawn.
    TransferState.ACCEPTED: frozenset(
        {
            TransferState.DONE,
            TransferState.REJECTED,
            TransferState.REVERSED,
            TransferState.MANUAL,
        }
    ),
    # The bank's last word may still overtake the person; ACCEPTED would take the task away and
    # settle nothing.
    TransferState.MANUAL: frozenset(
        {TransferState.DONE, TransferState.REJECTED, TransferState.REVERSED}
    ),
    # A bank takes back what it has booked when its day does not balance (冲正).
    TransferState.DONE: frozenset({TransferState.REVERSED}),
    TransferState.REJECTED: frozenset(),
    TransferState.WITHDRAWN: frozenset(),
    TransferState.REVERSED: frozenset(),
}

OPEN: Final = frozenset(
    {
        TransferState.PENDING,
        TransferState.UNKNOWN,
        TransferState.ACCEPTED,
        TransferState.MANUAL,
    }
)
"""Money may still be on its way. An account has at most one such transfer (OES error 1243)."""

UNMOVED: Final = frozenset(
    {TransferState.REJECTED, TransferState.WITHDRAWN, TransferState.REVERSED}
)
"""No money has moved in the end. All others count towards the limit of the day."""


def may_become(now: TransferState, then: TransferState) -> bool:
    """Tell whether a transfer moves that way. Whatever may not is recorded and not applied."""
    return then in _NEXT[now]


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferOutcome:
    """What became of a transfer so far, and the message number (消息号) if it was refused."""

    state: TransferState
    message: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """A transfer that was written down, with where it came from and what became of it."""

    draft: TransferDraft
    request_id: RequestId
    trade_date: date
    station: Station
    outcome: TransferOutcome
    created_at: datetime
    updated_at: datetime

    @property
    def number(self) -> RequestNumber:
        return self.draft.number

    @property
    def account(self) -> AccountId:
        return self.draft.account

    @property
    def state(self) -> TransferState:
        return self.outcome.state


class DifferenceKind(StrEnum):
    """How our record of a transfer and the bank's disagree (单边账)."""

    ONLY_BANK = "only-bank"  # the bank moved money that we know nothing of
    ONLY_OURS = "only-ours"  # we told the customer that it was done
    STATE = "state"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A task for a person: what the bank's list of a day and our books say of one request."""

    day: date
    request_id: RequestId
    account: AccountId
    kind: DifferenceKind
    ours: str
    theirs: str
