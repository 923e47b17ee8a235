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
        tried = _Tried(login, await self._counter.account_of(login), station)
        await self._check_locks(tried)
        try:
            customer = await self._counter.login(login, password, station)
        except Refused as refused:
            entry = self._entry(tried, f"refused:{refused.reason.value}")
            await self._log.write(tried.name, False, entry)
            raise
        await self._log.write(tried.name, True, self._entry(tried, "accepted", customer))
        return customer

    async def known(self, account: AccountId) -> Customer:
        """Return a customer who logged in earlier in the same call."""
        return await self._counter.customer(account)

    async def _check_locks(self, tried: "_Tried") -> None:
        since, caller = self._clock.now() - self._lock_out.within, tried.station.caller
        failures = await self._log.failures(tried.name, caller, since)
        if failures.by_account >= self._lock_out.per_account:
            await self._turn_away(tried, Refusal.ACCOUNT_LOCKED)
        if caller and failures.by_caller >= self._lock_out.per_caller:
            await self._turn_away(tried, Refusal.CALLER_LOCKED)

    async def _turn_away(self, tried: "_Tried", why: Refusal) -> None:
        await self._log.write_unheard(self._entry(tried, f"refused:{why.value}"))
        raise Refused(why)

    def _entry(self, tried: "_Tried", outcome: str, customer: Customer | None = None) -> AuditEntry:
        details = {"login": tried.login}
        if customer is not None:
            details["branch"] = customer.branch
        return AuditEntry(
            at=self._clock.now(),
            station=tried.station,
            account=tried.account,
            action=Action.LOGIN,
            outcome=outcome,
            details=details,
        )


@dataclass(frozen=True, slots=True)
class _Tried:
    """Who somebody says they are. Failures count for the account, however it was keyed."""

    login: str
    account: AccountId | None
    station: Station

    @property
    def name(self) -> str:
        return self.account or self.login
