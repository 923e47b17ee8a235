"""What a customer can do about passwords, whoever asks."""

from callcenter.domain.accounts import Customer
from callcenter.domain.clock import Clock, trade_date
from callcenter.domain.errors import CounterUnavailable, Refused
from callcenter.domain.orders import Station
from callcenter.domain.passwords import (
    OPEN,
    OwnPassword,
    PasswordChange,
    PasswordOutcome,
    check_new,
)
from callcenter.domain.refusals import Refusal
from callcenter.domain.requests import RequestNumber, request_id
from callcenter.domain.secret import Secret
from callcenter.trading.passwords.matter import PENDING, UNKNOWN
from callcenter.trading.passwords.ports import PasswordBook, PasswordDesk
from callcenter.trading.requests.engine import Requests


class Passwords:
    """Changes passwords at the counter, each change once. Without a desk it refuses all."""

    def __init__(
        self,
        desk: PasswordDesk | None,
        book: PasswordBook,
        clock: Clock,
        requests: Requests[PasswordChange, PasswordOutcome],
    ) -> None:
        self._desk = desk
        self._book = book
        self._clock = clock
        self._requests = requests

    def admit(self, customer: Customer, station: Station) -> None:
        """Raise `Refused` if this counter changes no passwords, or not from this number."""
        if self._desk is None:
            raise Refused(Refusal.NOT_BY_TELEPHONE)
        if customer.bound_numbers and station.caller not in customer.bound_numbers:
            raise Refused(Refusal.CALLER_NOT_BOUND)

    def check_new(self, customer: Customer, old: Secret, new: Secret) -> None:
        """Raise `Refused` if the new password is no good; see `domain.passwords.check_new`."""
        check_new(new, customer.account)
        if old == new:
            raise Refused(Refusal.PASSWORD_UNCHANGED)

    async def new_number(self) -> RequestNumber:
        """Return the number of the change that is about to be confirmed."""
        return await self._book.next_number()

    async def find(self, number: RequestNumber) -> PasswordChange | None:
        return await self._book.find(number)

    async def change(
        self,
        number: RequestNumber,
        which: OwnPassword,
        customer: Customer,
        station: Station,
        passwords: tuple[Secret, Secret],
    ) -> PasswordOutcome:
        """
        Change a password, from the old to the new one; the outcome may be UNKNOWN.

        Raise `Refused` or `StoreUnavailable` if it was not even written down: then nothing was
        sent.
        """
        desk, (old, new) = self._desk, passwords
        self.admit(customer, station)
        self.check_new(customer, old, new)
        if desk is None:
            raise Refused(Refusal.NOT_BY_TELEPHONE)

        async def send(change: PasswordChange) -> PasswordOutcome:
            return await desk.change(change, old, new)

        return await self._requests.make(self._new(number, which, customer, station), send)

    async def look_up(self, change: PasswordChange) -> PasswordOutcome:
        """
        Tell what became of a change whose call was cut short; nothing is sent.

        One that has not reached the counter never will, so that the caller need not wait for a
        word. While the counter does not answer the outcome is UNKNOWN.
        """
        if change.state not in OPEN:
            return change.outcome
        try:
            return await self._requests.settle(change, at_once=True)
        except CounterUnavailable:
            return UNKNOWN

    def _new(
        self, number: RequestNumber, which: OwnPassword, customer: Customer, station: Station
    ) -> PasswordChange:
        now = self._clock.now()
        day = trade_date(now)
        return PasswordChange(
            number=number,
            account=customer.account,
            which=which,
            request_id=request_id(day, number),
            trade_date=day,
            station=station,
            outcome=PENDING,
            created_at=now,
            updated_at=now,
        )
