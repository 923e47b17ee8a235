"""Books of requests in memory. They keep nothing of a transaction that fails, and can be gone."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Generic

from callcenter.domain import applications, passwords
from callcenter.domain.accounts import AccountId
from callcenter.domain.applications import Application, ApplicationKind, ApplicationOutcome
from callcenter.domain.audit import AuditEntry
from callcenter.domain.clock import Clock
from callcenter.domain.errors import Refused
from callcenter.domain.events import RequestMoved
from callcenter.domain.passwords import PasswordChange, PasswordOutcome
from callcenter.domain.periods import Period
from callcenter.domain.refusals import Refusal
from callcenter.domain.requests import RequestNumber
from callcenter.domain.transfers import (
    OPEN,
    Difference,
    Transfer,
    TransferOutcome,
    may_become,
)
from callcenter.trading.applications.ports import ApplicationBook
from callcenter.trading.passwords.ports import PasswordBook
from callcenter.trading.requests.ports import (
    OutcomeT,
    RequestBook,
    RequestT,
    RequestTransaction,
)
from callcenter.trading.transfers.ports import TransferBook
from tests.fakes.store import AlwaysNoon, Gone


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestMove:
    """An event of a request: every wish to move it, granted or not."""

    number: RequestNumber
    to: str
    message: int | None
    applied: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Law(Generic[RequestT, OutcomeT]):
    """What a book must know of the requests that it keeps."""

    outcome: Callable[[RequestT], OutcomeT]
    moved: Callable[[RequestT, OutcomeT], RequestT]
    may_become: Callable[[RequestT, OutcomeT], bool]
    excludes: Callable[[RequestT, RequestT], bool]
    excluded: Refusal
    open: Callable[[RequestT], bool]


class FakeRequestBook(
    Gone, RequestBook[RequestT, OutcomeT], RequestTransaction[RequestT, OutcomeT]
):
    """
    Remembers requests (`kept`), their `moves`, the `outbox` and the audit `trail`.

    `breaks_after=1` keeps one transaction and is gone from then on. Transactions take turns, so
    one that fails takes nothing of another with it.
    """

    def __init__(
        self,
        law: Law[RequestT, OutcomeT],
        clock: Clock | None = None,
        *,
        breaks_after: int | None = None,
    ) -> None:
        self.kept: dict[RequestNumber, RequestT] = {}
        self.moves: list[RequestMove] = []
        self.outbox: list[RequestMoved] = []
        self.trail: list[AuditEntry] = []
        self._law = law
        self._clock = clock or AlwaysNoon()
        self._left = breaks_after
        self.gone = breaks_after == 0
        self._last_number = 70000000
        self._turn = asyncio.Lock()

    async def next_number(self) -> RequestNumber:
        self._answer()
        self._last_number += 1
        return RequestNumber(str(self._last_number))

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[RequestTransaction[RequestT, OutcomeT]]:
        async with self._turn:
            self._answer()
            before = (dict(self.kept), list(self.moves), list(self.outbox), list(self.trail))
            try:
                yield self
                self._commit()
            except BaseException:
                self.kept, self.moves, self.outbox, self.trail = before
                raise

    async def find(self, number: RequestNumber) -> RequestT | None:
        self._answer()
        return self.kept.get(number)

    async def unsettled(self) -> Sequence[RequestT]:
        self._answer()
        found = [one for one in self.kept.values() if self._law.open(one)]
        return sorted(found, key=lambda one: (one.created_at, one.number))

    async def add(self, request: RequestT) -> bool:
        self._answer()
        if request.number in self.kept:
            return False
        if any(self._law.excludes(one, request) for one in self.kept.values()):
            raise Refused(self._law.excluded)
        self.kept[request.number] = request
        self._record(request.number, self._law.outcome(request), applied=True)
        return True

    async def move(self, number: RequestNumber, outcome: OutcomeT) -> bool:
        self._answer()
        if number not in self.kept:
            raise LookupError(f"there is no request {number}")
        applied = self._law.may_become(self.kept[number], outcome)
        self._record(number, outcome, applied=applied)
        if applied:
            self.kept[number] = self._law.moved(self.kept[number], outcome)
        return applied

    async def publish(self, event: RequestMoved) -> None:
        self._answer()
        self.outbox.append(event)

    async def audit(self, entry: AuditEntry) -> None:
        self._answer()
        self.trail.append(entry)

    def _record(self, number: RequestNumber, outcome: OutcomeT, *, applied: bool) -> None:
        self.moves.append(
            RequestMove(
                number=number, to=str(outcome.state), message=outcome.message, applied=applied
            )
        )

    def _commit(self) -> None:
        self._answer()
        if self._left is not None:
            self._left -= 1
            self.gone = self._left <= 0


class FakeTransferBook(FakeRequestBook[Transfer, TransferOutcome], TransferBook):
    """Transfers, and the `differences` that were noted."""

    def __init__(self, clock: Clock | None = None, *, breaks_after: int | None = None) -> None:
        now = (clock or AlwaysNoon()).now
        law: Law[Transfer, TransferOutcome] = Law(
            outcome=lambda transfer: transfer.outcome,
            moved=lambda transfer, to: replace(transfer, outcome=to, updated_at=now()),
            may_become=lambda transfer, to: may_become(transfer.state, to.state),
            excludes=lambda one, other: one.account == other.account and one.state in OPEN,
            excluded=Refusal.TRANSFER_IN_PROGRESS,
            open=lambda transfer: transfer.state in OPEN,
        )
        super().__init__(law, clock, breaks_after=breaks_after)
        self.differences: list[Difference] = []
        self.noted = asyncio.Event()  # somebody has compared

    async def open(self, account: AccountId) -> Transfer | None:
        self._answer()
        found = (one for one in self.kept.values() if one.account == account)
        return next((one for one in found if one.state in OPEN), None)

    async def of_account(self, account: AccountId, day: date) -> Sequence[Transfer]:
        return [one for one in await self.of_day(day) if one.account == account][::-1]

    async def between(self, account: AccountId, period: Period) -> Sequence[Transfer]:
        self._answer()
        found = [
            one
            for one in self.kept.values()
            if one.account == account and period.first <= one.trade_date <= period.last
        ]
        return sorted(found, key=lambda one: (one.created_at, one.number))[::-1]

    async def of_day(self, day: date) -> Sequence[Transfer]:
        self._answer()
        found = [one for one in self.kept.values() if one.trade_date == day]
        return sorted(found, key=lambda one: (one.created_at, one.number))

    async def note(self, differences: Sequence[Difference]) -> Sequence[Difference]:
        self._answer()
        known = {(one.day, one.request_id, one.kind) for one in self.differences}
        new = [one for one in differences if (one.day, one.request_id, one.kind) not in known]
        self.differences += new
        self.noted.set()
        return new


class FakeApplicationBook(FakeRequestBook[Application, ApplicationOutcome], ApplicationBook):
    """Applications, one per issue of new shares."""

    def __init__(self, clock: Clock | None = None, *, breaks_after: int | None = None) -> None:
        now = (clock or AlwaysNoon()).now
        law: Law[Application, ApplicationOutcome] = Law(
            outcome=lambda application: application.outcome,
            moved=lambda application, to: replace(application, outcome=to, updated_at=now()),
            may_become=lambda application, to: applications.may_become(application.state, to.state),
            excludes=_same_issue,
            excluded=Refusal.DUPLICATE_SUBSCRIPTION,
            open=lambda application: application.state in applications.OPEN,
        )
        super().__init__(law, clock, breaks_after=breaks_after)

    async def of_account(self, account: AccountId, since: date) -> Sequence[Application]:
        self._answer()
        found = [
            one for one in self.kept.values() if one.account == account and one.trade_date >= since
        ]
        return sorted(found, key=lambda one: (one.created_at, one.number))[::-1]


class FakePasswordBook(FakeRequestBook[PasswordChange, PasswordOutcome], PasswordBook):
    """Password changes, one open one per account."""

    def __init__(self, clock: Clock | None = None, *, breaks_after: int | None = None) -> None:
        now = (clock or AlwaysNoon()).now
        law: Law[PasswordChange, PasswordOutcome] = Law(
            outcome=lambda change: change.outcome,
            moved=lambda change, to: replace(change, outcome=to, updated_at=now()),
            may_become=lambda change, to: passwords.may_become(change.state, to.state),
            excludes=lambda one, other: (
                one.account == other.account and one.state in passwords.OPEN
            ),
            excluded=Refusal.BUSY,
            open=lambda change: change.state in passwords.OPEN,
        )
        super().__init__(law, clock, breaks_after=breaks_after)


def _same_issue(one: Application, other: Application) -> bool:
    if {one.draft.kind, other.draft.kind} != {ApplicationKind.IPO}:
        return False
    keys = [(each.account, each.draft.market, each.draft.code) for each in (one, other)]
    return keys[0] == keys[1] and one.state not in applications.NOT_COUNTED
