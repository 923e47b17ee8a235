"""The staff line: who may record there, and how they prove it."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Final, Protocol

from callcenter.customers.ports import LoginLog
from callcenter.domain.audit import Action, AuditEntry
from callcenter.domain.calls import CallerNumber, CallId, Did
from callcenter.domain.clock import Clock
from callcenter.domain.errors import Refused
from callcenter.domain.kept_secret import NOBODYS, keep, matches
from callcenter.domain.news import StaffMember
from callcenter.domain.orders import Station
from callcenter.domain.refusals import Refusal
from callcenter.domain.secret import Secret

FEWEST_DIGITS: Final = 6
MOST_DIGITS: Final = 12

_NOBODY: Final = Station(call=CallId(""), caller=CallerNumber(""), did=Did(""), branch=None)


class StaffBook(Protocol):
    """Who may use the staff line. Every method raises `StoreUnavailable`."""

    async def find(self, number: str) -> StaffMember | None: ...

    async def all(self) -> Sequence[StaffMember]: ...

    async def put(self, member: StaffMember, entry: AuditEntry) -> None:
        """Add somebody, or give them another name and PIN."""
        ...

    async def remove(self, number: str, entry: AuditEntry) -> bool:
        """Return whether there was somebody to remove."""
        ...


class Staff:
    """Failed logins lock a staff number and a caller number, as those of customers do."""

    def __init__(
        self,
        book: StaffBook,
        log: LoginLog,
        clock: Clock,
        *,
        most_failures: int = 5,
        within: timedelta = timedelta(hours=24),
    ) -> None:
        self._book = book
        self._log = log
        self._clock = clock
        self._most_failures = most_failures
        self._within = within

    async def login(self, number: str, pin: Secret, station: Station) -> StaffMember:
        """Return who it is. Raise `Refused`: LOGIN_FAILED, ACCOUNT_LOCKED, CALLER_LOCKED."""
        await self._check_locks(number, station)
        member = await self._book.find(number)
        kept = NOBODYS if member is None else member.pin
        fits = await asyncio.to_thread(matches, pin, kept)
        if member is None or not fits:
            refused = self._entry(number, f"refused:{Refusal.LOGIN_FAILED.value}", station)
            await self._log.write(_name(number), False, refused)
            raise Refused(Refusal.LOGIN_FAILED)
        await self._log.write(_name(number), True, self._entry(number, "accepted", station))
        return member

    async def put(self, number: str, name: str, pin: Secret, *, by: str) -> None:
        """Add somebody, or give them another name and PIN. Raise ValueError if it is no PIN."""
        digits = pin.reveal()
        if not digits.isdecimal() or not FEWEST_DIGITS <= len(digits) <= MOST_DIGITS:
            raise ValueError(f"a PIN has {FEWEST_DIGITS} to {MOST_DIGITS} digits")
        if not number.isdecimal() or len(number) > MOST_DIGITS:
            raise ValueError("a staff number has digits only, as it is keyed")
        member = StaffMember(number=number, name=name, pin=await asyncio.to_thread(keep, pin))
        await self._book.put(member, self._change(number, "added", by))

    async def remove(self, number: str, *, by: str) -> bool:
        return await self._book.remove(number, self._change(number, "removed", by))

    async def all(self) -> Sequence[StaffMember]:
        return await self._book.all()

    async def _check_locks(self, number: str, station: Station) -> None:
        since = self._clock.now() - self._within
        failures = await self._log.failures(_name(number), station.caller, since)
        if failures.by_account >= self._most_failures:
            await self._turn_away(number, Refusal.ACCOUNT_LOCKED, station)
        if station.caller and failures.by_caller >= 2 * self._most_failures:
            await self._turn_away(number, Refusal.CALLER_LOCKED, station)

    async def _turn_away(self, number: str, why: Refusal, station: Station) -> None:
        await self._log.write_unheard(self._entry(number, f"refused:{why.value}", station))
        raise Refused(why)

    def _entry(self, number: str, outcome: str, station: Station) -> AuditEntry:
        return AuditEntry(
            at=self._clock.now(),
            station=station,
            account=None,
            action=Action.STAFF_LOGIN,
            outcome=outcome,
            details={"staff": number},
        )

    def _change(self, number: str, outcome: str, by: str) -> AuditEntry:
        return AuditEntry(
            at=self._clock.now(),
            station=_NOBODY,
            account=None,
            action=Action.STAFF_CHANGED,
            outcome=outcome,
            details={"staff": number, "by": by},
        )


def _name(number: str) -> str:
    # Not to be taken for an account.
    return f"staff {number}"
