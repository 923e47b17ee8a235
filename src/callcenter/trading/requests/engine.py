"""
Life of a request that is no exchange order: write down, send, write the answer.

Bank transfers and applications (新股、配股、基金) live it. A request is sent once, by whoever wrote
it down: it may carry a password, which is kept nowhere, so nobody else could send it again. One
that was written down and perhaps never sent is looked up under its own id; if the far side has not
seen it within the promise it is withdrawn there, so that it can never be carried out late.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Generic

from callcenter.domain.audit import Action, AuditEntry
from callcenter.domain.clock import Clock
from callcenter.domain.errors import CounterUnavailable, OutcomeUnknown, StoreUnavailable
from callcenter.trading.requests.ports import Desk, Matter, OutcomeT, RequestBook, RequestT


class Requests(Generic[RequestT, OutcomeT]):
    """Brings requests of one kind to the counter, each at most once."""

    def __init__(
        self,
        matter: Matter[RequestT, OutcomeT],
        desk: Desk[OutcomeT],
        book: RequestBook[RequestT, OutcomeT],
        clock: Clock,
        *,
        promise: timedelta,
        patience: timedelta,
    ) -> None:
        self._matter = matter
        self._desk = desk
        self._book = book
        self._clock = clock
        self._promise = promise
        self._patience = patience

    async def make(
        self, request: RequestT, send: Callable[[RequestT], Awaitable[OutcomeT]]
    ) -> OutcomeT:
        """
        Write the request down, have it sent once, and return what was made of it.

        Making the same number again, also in another daemon, only looks up what became of it.
        Raise `Refused` if another request excludes it, and `StoreUnavailable` if it could not be
        written down: then nothing was sent.
        """
        if not await self._write_down(request):
            return await self._take_up(request)
        try:
            return await self._hand_over(request, send)
        except StoreUnavailable:
            # Written down and perhaps sent: reconciliation writes what became of it.
            return self._matter.pending

    async def settle(self, request: RequestT, *, at_once: bool = False) -> OutcomeT:
        """
        Ask what became of a request that has no last word yet, and write that down.

        One that the far side has not seen is withdrawn there once its promise is over, or
        `at_once`. Raise `CounterUnavailable` if nobody could be asked.
        """
        try:
            found = await self._look_up(request, at_once=at_once)
        except OutcomeUnknown:
            found = self._matter.unknown
        now = self._matter.outcome(request)
        # What is looked up again and again is written down only if it is news.
        if found is None or not self._matter.may_become(now, found):
            return now
        return await self._write(request, found)

    async def give_up(self, request: RequestT) -> OutcomeT | None:
        """Make the request a task for a person if it has waited for too long; else None."""
        now = self._matter.outcome(request)
        if not self._is_stuck(request) or now == self._matter.manual:
            return None
        return await self._write(request, self._matter.manual)

    def is_overdue(self, request: RequestT) -> bool:
        """Tell whether the counter should have had the request by now."""
        return self._clock.now() - request.created_at > self._promise

    def _is_stuck(self, request: RequestT) -> bool:
        if self._matter.outcome(request).state in self._matter.waits_long:
            return False
        return self._clock.now() - request.created_at > self._patience

    async def _write_down(self, request: RequestT) -> bool:
        pending = self._matter.pending
        async with self._book.transaction() as tx:
            is_new = await tx.add(request)
            if is_new:
                await tx.audit(self._entry(request, self._matter.asked, pending))
                await tx.publish(self._matter.event(request, pending))
        return is_new

    async def _take_up(self, request: RequestT) -> OutcomeT:
        written = await self._book.find(request.number)
        if written is None or not self._matter.same(written, request):
            raise ValueError(f"request number {request.number} is another request's")
        outcome = self._matter.outcome(written)
        if outcome not in (self._matter.pending, self._matter.unknown):
            return outcome
        try:
            return await self.settle(written)
        except (CounterUnavailable, StoreUnavailable):
            return outcome

    async def _hand_over(
        self, request: RequestT, send: Callable[[RequestT], Awaitable[OutcomeT]]
    ) -> OutcomeT:
        try:
            answer = await send(request)
        except CounterUnavailable:
            answer = self._matter.unreachable
        except OutcomeUnknown:
            answer = self._matter.unknown
        return await self._write(request, answer)

    async def _look_up(self, request: RequestT, *, at_once: bool) -> OutcomeT | None:
        found = await self._desk.find(request.request_id)
        if found is not None or not (at_once or self.is_overdue(request)):
            return found
        if self._matter.outcome(request) not in (self._matter.pending, self._matter.unknown):
            return None  # the counter had it: it cannot be taken back
        return await self._desk.withdraw(request.request_id) or self._matter.withdrawn

    async def _write(self, request: RequestT, outcome: OutcomeT) -> OutcomeT:
        """Write the answer once; whoever comes second reads what the first one wrote."""
        async with self._book.transaction() as tx:
            applied = await tx.move(request.number, outcome)
            if applied:
                await tx.audit(self._entry(request, self._matter.answered, outcome))
                await tx.publish(self._matter.event(request, outcome))
        if applied:
            return outcome
        return self._matter.outcome(await self._book.find(request.number) or request)

    def _entry(self, request: RequestT, action: Action, outcome: OutcomeT) -> AuditEntry:
        return AuditEntry(
            at=self._clock.now(),
            station=request.station,
            account=request.account,
            action=action,
            outcome=str(outcome.state),
            details=self._matter.details(request),
        )
