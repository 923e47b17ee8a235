"""Who is calling: login with lock-outs per account and per caller number."""

from dataclasses import dataclass
from datetime import timedelta

from callcenter.customers.ports import LoginLog, PasswordCheck
from callcenter.domain.accounts import AccountId, Customer
from callcenter.domain.audit import Action, AuditEntry
from callcenter.domain.clock import Clock
from callcenter.domain.errors import Refused
from callcenter.domain.orders import Station
from callcenter.domain.refusals import Refusal
from callcenter.domain.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class LockOut:
    """How many failed logins are borne, and for how long they are remembered."""

    per_account: int = 5
    per_caller: int = 10
    within: timedelta = timedelta(hours=24)


class Customers:
    def __init__(
        self, counter: PasswordCheck, log: LoginLog, clock: Clock, lock_out: LockOut
    ) -> None:
        self._counter = counter
        self._log = log
        self._clock = clock
        self._lock_out = lock_out

    async def login(self, login: str, password: Secret, station: Station) -> Customer:
        """
        Return the customer. Every attempt is written down, with the number it came from.

        Raise `Refused`: LOGIN_FAILED, ACCOUNT_LOCKED, CALLER_LOCKED.
        """
        try:
            await self._check_locks(login, station)
            customer = await self._counter.login(login, password, station)
        except Refused as refused:
            await self._write(login, station, None, refused.reason)
            raise
        await self._write(login, station, customer.account, None)
        return customer

    async def known(self, account: AccountId) -> Customer:
        """Return a customer who logged in earlier in the same call."""
        return await self._counter.customer(account)

    async def _check_locks(self, login: str, station: Station) -> None:
        since = self._clock.now() - self._lock_out.within
        failures = await self._log.failures(login, station.caller, since)
        if failures.by_account >= self._lock_out.per_account:
            raise Refused(Refusal.ACCOUNT_LOCKED)
        if station.caller and failures.by_caller >= self._lock_out.per_caller:
            raise Refused(Refusal.CALLER_LOCKED)

    async def _write(
        self, login: str, station: Station, account: AccountId | None, reason: Refusal | None
    ) -> None:
        entry = AuditEntry(
            at=self._clock.now(),
            station=station,
            account=account,
            action=Action.LOGIN,
            outcome="accepted" if reason is None else f"refused:{reason.value}",
            details={"login": login},
        )
        await self._log.write(login, reason is None, entry)
