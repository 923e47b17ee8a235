"""What `customers` needs of the world. `gateways` and `storage` provide it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from callcenter.domain.accounts import AccountId, Customer
from callcenter.domain.audit import AuditEntry
from callcenter.domain.calls import CallerNumber
from callcenter.domain.orders import Station
from callcenter.domain.secret import Secret


class PasswordCheck(Protocol):
    """The counter knows the passwords; we never keep one."""

    async def login(self, login: str, password: Secret, station: Station) -> Customer:
        """
        Return the customer whose account or shareholder code and trade password these are.

        Raise `Refused` with LOGIN_FAILED for an unknown account and for a wrong password alike,
        `CounterUnavailable` if the counter does not answer. Asking twice does no harm.
        """
        ...

    async def account_of(self, login: str) -> AccountId | None:
        """Return the account that a login means, itself or by a shareholder code, if any."""
        ...

    async def customer(self, account: AccountId) -> Customer:
        """Return a customer who logged in earlier in this call; raise `CounterUnavailable`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """Failed logins so far: of this account since its last success, and from this number."""

    by_account: int
    by_caller: int


class LoginLog(Protocol):
    """The log of login attempts, successful or not, with the audit trail."""

    async def failures(self, login: str, caller: CallerNumber, since: datetime) -> Failures:
        """Count for a `login` as `write` was given it: the account, however it was keyed."""
        ...

    async def write(self, login: str, succeeded: bool, entry: AuditEntry) -> None:
        """Add an attempt and its audit row in one transaction; raise `StoreUnavailable`."""
        ...

    async def write_unheard(self, entry: AuditEntry) -> None:
        """Add the audit row of an attempt that a lock turned away: it fails nothing further."""
        ...


class NumberDesk(Protocol):
    """
    The part of a counter that keeps from which numbers an account may trade (主叫绑定).

    A counter may have none. Both methods raise `CounterUnavailable` if it does not answer; each
    may be repeated without harm.
    """

    async def bind(self, account: AccountId, number: CallerNumber) -> None:
        """Let the account trade from this number; if it is the first, from no other."""
        ...

    async def unbind(self, account: AccountId, number: CallerNumber) -> None:
        """Take the number back; without any the account may trade from everywhere."""
        ...


class AuditLog(Protocol):
    """The audit trail, for what is kept elsewhere than in our own tables."""

    async def write(self, entry: AuditEntry) -> None:
        """Add a row; raise `StoreUnavailable` if it cannot be written."""
        ...
