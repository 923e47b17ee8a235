"""Looks up what became of requests without a last word, on start and ever after."""

import asyncio
from typing import Generic

import structlog

from callcenter.domain.errors import CallcenterError, CounterUnavailable
from callcenter.trading.requests.engine import Requests
from callcenter.trading.requests.ports import Matter, OutcomeT, RequestBook, RequestT

log = structlog.get_logger()


class RequestReconciliation(Generic[RequestT, OutcomeT]):
    """Asks the counter about every request that is not settled and whose promise is over."""

    def __init__(
        self,
        matter: Matter[RequestT, OutcomeT],
        book: RequestBook[RequestT, OutcomeT],
        requests: Requests[RequestT, OutcomeT],
        *,
        every_s: float,
    ) -> None:
        self._matter = matter
        self._book = book
        self._requests = requests
        self._every_s = every_s

    async def run(self) -> None:
        """Reconcile again and again, until cancelled."""
        while True:
            await self.once()
            await asyncio.sleep(self._every_s)

    async def once(self) -> None:
        """Settle what can be settled. What fails is tried again the next time."""
        try:
            for request in await self._book.unsettled():
                await self._settle(request)
        except CallcenterError as error:
            log.warning("requests.not_reconciled", kind=self._matter.name, error=str(error))

    async def _settle(self, request: RequestT) -> None:
        before = self._matter.outcome(request)
        # A fresh request belongs to the call that made it.
        if before == self._matter.pending and not self._requests.is_overdue(request):
            return
        try:
            outcome = await self._requests.settle(request)
        except CounterUnavailable as error:
            log.warning("requests.not_reconciled", kind=self._matter.name, error=str(error))
            outcome = before
        if outcome == before:
            outcome = await self._requests.give_up(request) or before
        if outcome != before:
            self._tell(request, outcome)

    def _tell(self, request: RequestT, outcome: OutcomeT) -> None:
        facts = {"kind": self._matter.name, "number": request.number, "state": str(outcome.state)}
        if outcome == self._matter.manual:
            log.error("request.manual", **facts)
        else:
            log.info("request.reconciled", **facts)
