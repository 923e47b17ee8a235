"""What the engine of requests needs of the world. `gateways` and `storage` provide it."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from callcenter.domain.accounts import AccountId
from callcenter.domain.audit import Action, AuditEntry
from callcenter.domain.events import RequestMoved
from callcenter.domain.orders import Station
from callcenter.domain.requests import RequestId, RequestNumber


class Request(Protocol):
    """What the engine reads of a request, whatever it is about."""

    @property
    def number(self) -> RequestNumber: ...
    @property
    def request_id(self) -> RequestId: ...
    @property
    def account(self) -> AccountId: ...
    @property
    def station(self) -> Station: ...
    @property
    def created_at(self) -> datetime: ...


class Outcome(Protocol):
    """A state, and what goes with it."""

    @property
    def state(self) -> str: ...
    @property
    def message(self) -> int | None: ...


RequestT = TypeVar("RequestT", bound=Request)
OutcomeT = TypeVar("OutcomeT", bound=Outcome)
NewRequest = TypeVar("NewRequest", bound=Request, contravariant=True)
NewOutcome = TypeVar("NewOutcome", bound=Outcome, contravariant=True)
KnownOutcome = TypeVar("KnownOutcome", bound=Outcome, covariant=True)


class Desk(Protocol[KnownOutcome]):
    """
    The far side, as far as looking requests up goes.

    Both methods may be called again at will, and raise `CounterUnavailable` if there is no answer.
    """

    async def find(self, request_id: RequestId) -> KnownOutcome | None:
        """Return what became of a request, or None if it was never seen."""
        ...

    async def withdraw(self, request_id: RequestId) -> KnownOutcome | None:
        """
        Make sure that a request which was not seen is never carried out later.

        Return what became of it if it was seen after all, else None. Raise `OutcomeUnknown` if
        that cannot be promised.
        """
        ...


class RequestTransaction(Protocol[NewRequest, NewOutcome]):
    """One transaction: all of it is kept, or none."""

    async def add(self, request: NewRequest) -> bool:
        """
        Write a new request down; False, and nothing written, if its number exists.

        Raise `Refused` if the account has a request that excludes it.
        """
        ...

    async def move(self, number: RequestNumber, outcome: NewOutcome) -> bool:
        """
        Bring the request into a state, one way by its table.

        A move that the table does not know is recorded as an event and not applied: False.
        """
        ...

    async def publish(self, event: RequestMoved) -> None:
        """Put the event in the outbox; it leaves if and when the transaction is kept."""
        ...

    async def audit(self, entry: AuditEntry) -> None: ...


class RequestBook(Protocol[RequestT, NewOutcome]):
    """Our own record of requests. Every method raises `StoreUnavailable` if it cannot answer."""

    async def next_number(self) -> RequestNumber:
        """Return a number that no request has had. Numbers that are not used are not missed."""
        ...

    def transaction(
        self,
    ) -> AbstractAsyncContextManager[RequestTransaction[RequestT, NewOutcome]]: ...

    async def find(self, number: RequestNumber) -> RequestT | None: ...

    async def unsettled(self) -> Sequence[RequestT]:
        """Return the requests that wait for somebody's word, the oldest first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter(Generic[RequestT, OutcomeT]):
    """What sets one kind of request apart from another."""

    name: str  # as the log calls it
    asked: Action
    answered: Action
    resolved: Action  # by a person
    pending: OutcomeT
    unknown: OutcomeT
    withdrawn: OutcomeT  # it has not come in time
    unreachable: OutcomeT  # it could not be sent
    manual: OutcomeT  # nobody knew for too long
    waits_long: frozenset[str]  # the states in which nothing is wrong for a long time
    outcome: Callable[[RequestT], OutcomeT]
    may_become: Callable[[OutcomeT, OutcomeT], bool]
    event: Callable[[RequestT, OutcomeT], RequestMoved]
    details: Callable[[RequestT], Mapping[str, str]]  # for the audit trail
    same: Callable[[RequestT, RequestT], bool]  # whether the same was asked
