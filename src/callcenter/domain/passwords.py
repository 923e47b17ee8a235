"""The vocabulary of password changes: which password, and what became of the change."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import pairwise
from typing import Final

from callcenter.domain.accounts import AccountId
from callcenter.domain.errors import Refused
from callcenter.domain.orders import Station
from callcenter.domain.refusals import Refusal
from callcenter.domain.requests import RequestId, RequestNumber
from callcenter.domain.secret import Secret

LENGTH: Final = 6
_KINDS_OF_DIGITS: Final = 3  # fewer than these are easy to look over a shoulder


class OwnPassword(StrEnum):
    """The passwords that the counter keeps for a customer; the bank keeps its own."""

    TRADE = "trade"
    FUND = "fund"


class PasswordState(StrEnum):
    PENDING = "pending"  # written down; the counter has not answered yet
    UNKNOWN = "unknown"  # no answer: looked up, never sent again
    CHANGED = "changed"
    REFUSED = "refused"  # the old one is still right
    WITHDRAWN = "withdrawn"  # never reached the counter and never will: the old one is right


OPEN: Final = frozenset({PasswordState.PENDING, PasswordState.UNKNOWN})


def may_become(now: PasswordState, then: PasswordState) -> bool:
    """Tell whether a change moves that way: from an open state to any later one."""
    return now in OPEN and then is not PasswordState.PENDING and then is not now


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordOutcome:
    """What became of a change so far, and the message number (消息号) if it was refused."""

    state: PasswordState
    message: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChange:
    """A change that was written down. Neither password is part of it, nor of any record."""

    number: RequestNumber  # exists from the read-back on, so that asking twice changes once
    account: AccountId
    which: OwnPassword
    request_id: RequestId
    trade_date: date
    station: Station
    outcome: PasswordOutcome
    created_at: datetime
    updated_at: datetime

    @property
    def state(self) -> PasswordState:
        return self.outcome.state


def check_new(new: Secret, account: AccountId) -> None:
    """
    Raise `Refused` unless the new password has six digits that are not too easy to guess.

    WRONG_PASSWORD_LENGTH; PASSWORD_TOO_SIMPLE: two kinds of digits or fewer, runs up or down, a
    pattern that repeats; PASSWORD_TOO_OBVIOUS: digits of the account in a row.
    """
    digits = new.reveal()
    if len(digits) != LENGTH or not (digits.isascii() and digits.isdigit()):
        raise Refused(Refusal.WRONG_PASSWORD_LENGTH)
    if len(set(digits)) < _KINDS_OF_DIGITS or _is_run(digits) or _repeats(digits):
        raise Refused(Refusal.PASSWORD_TOO_SIMPLE)
    if digits in account or digits[::-1] in account:
        raise Refused(Refusal.PASSWORD_TOO_OBVIOUS)


def _is_run(digits: str) -> bool:
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(digits)}
    return len(steps) == 1


def _repeats(digits: str) -> bool:
    return any(digits == digits[:size] * (LENGTH // size) for size in (1, 2, 3))
