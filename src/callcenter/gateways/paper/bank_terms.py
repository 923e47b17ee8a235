"""How the counter and the bank judge a transfer: by their own figures, not by ours."""

from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal

from callcenter.domain.accounts import AccountStatus
from callcenter.domain.refusals import Refusal
from callcenter.domain.transfers import Direction, PasswordKind


@dataclass(frozen=True, slots=True, kw_only=True)
class BankCase:
    """What the books know, under lock, when a transfer is judged."""

    status: AccountStatus
    bound_numbers: frozenset[str]  # as dialled
    number: str  # that it came from, as dialled
    direction: Direction
    amount: Decimal
    single: Decimal
    day: Decimal
    moved_today: Decimal  # this way
    is_open: bool
    others: int  # transfers of the account that are under way
    tries_left: int
    password: PasswordKind | None  # that was to be given
    right: bool  # it was


def is_open(opens: time | None, closes: time | None, at: datetime, *, trading_day: bool) -> bool:
    """Tell whether a bank works at `at`; one without hours always does."""
    if opens is None or closes is None:
        return True
    return trading_day and opens <= at.time() < closes


def judge_transfer(case: BankCase) -> Refusal | None:
    """Return why the money must not move, or None; whether there is enough shows when it moves."""
    if case.status is not AccountStatus.NORMAL:
        return Refusal.ACCOUNT_FROZEN
    if case.bound_numbers and case.number not in case.bound_numbers:
        return Refusal.CALLER_NOT_BOUND
    if not case.is_open:
        return Refusal.TRANSFERS_CLOSED
    return judge_password(case.password, case.tries_left, right=case.right) or _amount(case)


def judge_password(
    password: PasswordKind | None, tries_left: int, *, right: bool
) -> Refusal | None:
    """Return why the password that was given does not do, or None."""
    if password is None:
        return None
    if tries_left <= 0:
        locked = {
            PasswordKind.BANK: Refusal.BANK_ACCOUNT_ABNORMAL,
            PasswordKind.FUND: Refusal.ACCOUNT_STATE_ABNORMAL,
        }
        return locked[password]
    wrong = {
        PasswordKind.BANK: Refusal.WRONG_BANK_PASSWORD,
        PasswordKind.FUND: Refusal.WRONG_FUND_PASSWORD,
    }
    return None if right else wrong[password]


def _amount(case: BankCase) -> Refusal | None:
    if case.others:
        return Refusal.TRANSFER_IN_PROGRESS
    if case.amount > case.single:
        return Refusal.TRANSFER_TOO_LARGE
    if case.moved_today + case.amount > case.day:
        return Refusal.TRANSFER_DAY_LIMIT
    return None
