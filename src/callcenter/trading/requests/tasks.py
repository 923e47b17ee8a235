"""Requests that nobody knew the outcome of for too long: tasks for a person."""

from typing import Generic

from callcenter.domain.audit import AuditEntry
from callcenter.domain.clock import Clock
from callcenter.domain.requests import RequestNumber
from callcenter.trading.requests.ports import Matter, OutcomeT, RequestBook, RequestT


class RequestTasks(Generic[RequestT, OutcomeT]):
    """Where a person writes down what the bank or the counter said on the telephone."""

    def __init__(
        self,
        matter: Matter[RequestT, OutcomeT],
        book: RequestBook[RequestT, OutcomeT],
        clock: Clock,
    ) -> None:
        self._matter = matter
        self._book = book
        self._clock = clock

    async def resolve(self, number: RequestNumber, outcome: OutcomeT, *, by: str, why: str) -> bool:
        """
        Bring a request that is MANUAL out of it, once, and keep who said so and why.

        Return False, and write nothing, if it is not MANUAL (any more).
        """
        request = await self._book.find(number)
        if request is None or self._state(request) != self._matter.manual.state:
            return False
        async with self._book.transaction() as tx:
            # Nothing leads back to MANUAL: it is applied to a task, or not at all.
            applied = await tx.move(number, outcome)
            if applied:
                await tx.audit(self._entry(request, outcome, by, why))
                await tx.publish(self._matter.event(request, outcome))
        return applied

    def _state(self, request: RequestT) -> str:
        return self._matter.outcome(request).state

    def _entry(self, request: RequestT, outcome: OutcomeT, by: str, why: str) -> AuditEntry:
        return AuditEntry(
            at=self._clock.now(),
            station=request.station,
            account=request.account,
            action=self._matter.resolved,
            outcome=str(outcome.state),
            details={**self._matter.details(request), "by": by, "why": why},
        )
