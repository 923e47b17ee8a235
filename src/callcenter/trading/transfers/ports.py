"""What bank transfers need of the world. `gateways` and `storage` provide it."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from callcenter.domain.accounts import AccountId
from callcenter.domain.periods import Period
from callcenter.domain.requests import RequestId
from callcenter.domain.secret import Secret
from callcenter.domain.transfers import (
    BankCode,
    Difference,
    Direction,
    Transfer,
    TransferOutcome,
)
from callcenter.trading.requests.ports import Desk, RequestBook


@dataclass(frozen=True, slots=True, kw_only=True)
class BankRecord:
    """A line of the list that a bank gives of its day."""

    request_id: RequestId
    account: AccountId
    bank: BankCode
    direction: Direction
    amount: Decimal
    outcome: TransferOutcome


class BankLink(Desk[TransferOutcome], Protocol):
    """
    The part of a counter that moves money between an account and its bank (三方存管).

    Every method raises `CounterUnavailable` when the counter cannot be reached and nothing has
    happened. Questions may be asked again at will; `request` may not, see there. What it says of a
    transfer is ACCEPTED while the bank works on it, DONE, REJECTED with a message, REVERSED, or
    MANUAL when the counter itself does not know and somebody has to look into it (OES: SUSPENDED).
    """

    async def banks(self, account: AccountId) -> Sequence[BankCode]:
        """Return the banks that an account has, mostly one."""
        ...

    async def request(self, transfer: Transfer, password: Secret | None) -> TransferOutcome:
        """
        Ask for the transfer, and return what the counter makes of it.

        `password` is the bank's or the fund password, whichever the bank asks for; the trade
        password was checked at the login. Raise `OutcomeUnknown` when it was sent and no answer
        came. Idempotent by request id: the first answer is given again, whatever the password.
        """
        ...

    async def balance(self, account: AccountId, bank: BankCode, password: Secret | None) -> Decimal:
        """Return the balance of the bank account in yuan; raise `Refused` if the bank says no."""
        ...

    def records(self, day: date) -> AsyncIterator[BankRecord]:
        """Tell every transfer of a trade date that the counter has seen."""
        ...

    async def ping(self) -> None:
        """Return if the counter answers."""
        ...


class TransferBook(RequestBook[Transfer, TransferOutcome], Protocol):
    """
    Our own record of transfers.

    Its transactions refuse a second open transfer of an account with TRANSFER_IN_PROGRESS, from
    whichever daemon it comes; see `domain.transfers.OPEN`.
    """

    async def open(self, account: AccountId) -> Transfer | None:
        """Return the one transfer of the account that has no last word yet."""
        ...

    async def of_account(self, account: AccountId, day: date) -> Sequence[Transfer]:
        """Return the account's transfers of a trade date, the newest first."""
        ...

    async def between(self, account: AccountId, period: Period) -> Sequence[Transfer]:
        """Return the account's transfers of these trade dates, the newest first."""
        ...

    async def of_day(self, day: date) -> Sequence[Transfer]:
        """Return all transfers of a trade date."""
        ...

    async def note(self, differences: Sequence[Difference]) -> Sequence[Difference]:
        """Keep what is not kept yet of these, and return that part."""
        ...
