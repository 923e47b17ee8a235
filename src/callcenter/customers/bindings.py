"""From which numbers an account may trade (主叫绑定): hear them, add one, remove one."""

from collections.abc import Sequence

from callcenter.customers.ports import AuditLog, NumberDesk, PasswordCheck
from callcenter.domain.accounts import Customer
from callcenter.domain.audit import Action, AuditEntry
from callcenter.domain.calls import WITHHELD, CallerNumber
from callcenter.domain.clock import Clock
from callcenter.domain.errors import CallcenterError, Refused
from callcenter.domain.orders import Station
from callcenter.domain.refusals import Refusal


class Bindings:
    """
    Keeps the list at the counter, which checks it too. Without a desk changes are refused.

    Each change is audited before it is asked for and after it was answered.
    """

    def __init__(
        self,
        desk: NumberDesk | None,
        counter: PasswordCheck,
        log: AuditLog,
        clock: Clock,
        *,
        most: int = 10,
    ) -> None:
        self._desk = desk
        self._counter = counter
        self._log = log
        self._clock = clock
        self._most = most

    async def current(self, customer: Customer) -> Customer:
        """Return the customer with the numbers that are bound now."""
        return await self._counter.customer(customer.account)

    def numbers(self, customer: Customer) -> Sequence[CallerNumber]:
        return [CallerNumber(number) for number in sorted(customer.bound_numbers)]

    def check_bind(self, customer: Customer, station: Station) -> None:
        """Raise `Refused` if the number that calls cannot be bound."""
        self._check(customer, station)
        if station.caller == WITHHELD:
            raise Refused(Refusal.CALLER_WITHHELD)
        if station.caller in customer.bound_numbers:
            raise Refused(Refusal.NUMBER_BOUND_ALREADY)
        if len(customer.bound_numbers) >= self._most:
            raise Refused(Refusal.TOO_MANY_BOUND_NUMBERS)

    def check_unbind(self, customer: Customer, station: Station) -> None:
        """Raise `Refused` if this caller may not take numbers back."""
        self._check(customer, station)

    async def bind(self, customer: Customer, station: Station) -> Customer:
        """Bind the number that calls, and return the customer as they are then."""
        desk = self._check(customer, station)
        await self._write(customer, station, station.caller, "bind:asked")
        try:
            await desk.bind(customer.account, station.caller)
        except CallcenterError:
            await self._write(customer, station, station.caller, "bind:failed")
            raise
        await self._write(customer, station, station.caller, "bound")
        return await self.current(customer)

    async def unbind(self, customer: Customer, number: CallerNumber, station: Station) -> Customer:
        """Take a number back, and return the customer as they are then."""
        desk = self._check(customer, station)
        await self._write(customer, station, number, "unbind:asked")
        try:
            await desk.unbind(customer.account, number)
        except CallcenterError:
            await self._write(customer, station, number, "unbind:failed")
            raise
        await self._write(customer, station, number, "unbound")
        return await self.current(customer)

    def _check(self, customer: Customer, station: Station) -> NumberDesk:
        """From a number that is not bound nobody may change what binding is there to protect."""
        if self._desk is None:
            raise Refused(Refusal.NOT_BY_TELEPHONE)
        if customer.bound_numbers and station.caller not in customer.bound_numbers:
            raise Refused(Refusal.CALLER_NOT_BOUND)
        return self._desk

    async def _write(
        self, customer: Customer, station: Station, number: CallerNumber, outcome: str
    ) -> None:
        await self._log.write(
            AuditEntry(
                at=self._clock.now(),
                station=station,
                account=customer.account,
                action=Action.CALLER_BINDING,
                outcome=outcome,
                details={"number": number},
            )
        )
