"""What `trading` needs of our own record of orders. `storage` provides it."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from callcenter.domain.accounts import AccountId
from callcenter.domain.audit import AuditEntry
from callcenter.domain.events import OrderEvent, OrderMoved
from callcenter.domain.fills import Fill, FillKey
from callcenter.domain.orders import ClientOrderId, Draft, Order, OrderNumber, OrderState
from callcenter.trading.ports import StreamPosition


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Something in which the counter and we do not agree, for a person to look at."""

    key: str  # what is seen again under the same key is the same difference
    what: str
    client_id: ClientOrderId | None = None
    number: OrderNumber | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenDifference:
    """A difference as it was written down, and who resolved it, if somebody has."""

    id: int
    difference: Difference
    seen_at: datetime
    resolved_at: datetime | None = None
    resolved_by: str | None = None
    resolved_why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """An event of an order as it is recorded, whether it changed anything or not."""

    to: OrderState  # where the order is with it
    message: int | None
    applied: bool
    what: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What an order has become, and all that is written with that."""

    before: Order  # as it was read
    after: Order  # the same if nothing new was learned
    heard: Sequence[Heard]
    fills: Sequence[Fill] = ()
    events: Sequence[OrderEvent] = ()
    entries: Sequence[AuditEntry] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFill:
    """A fill with the order that it belongs to."""

    order: Order
    fill: Fill


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamMark:
    """How far the events of a counter have been written down."""

    gateway: str
    position: StreamPosition


class OrderBook(Protocol):
    """Our own record of orders. Every method raises `StoreUnavailable` when it cannot answer."""

    async def next_number(self) -> OrderNumber:
        """Return a number that no order has had. Numbers that are not used are not missed."""
        ...

    async def write_down(self, order: Order, entry: AuditEntry, event: OrderMoved) -> bool:
        """
        Keep a new order with its audit row and its event, all or none.

        False, and nothing written, if its number exists. Orders that come at the same moment may
        be kept in one transaction; what is wrong with one of them does not concern the others.
        """
        ...

    async def write_answer(self, entry: AuditEntry, event: OrderMoved) -> bool:
        """
        Keep the first answer to an order, the state of `event`, with its audit row, all or none.

        False, and nothing written, if the order is not as it was written down any more: then what
        it becomes has to be reckoned, and kept by `write`. Answers that come at the same moment
        may be kept in one transaction, as new orders are.
        """
        ...

    async def write(
        self,
        changes: Sequence[Change],
        *,
        differences: Sequence[Difference] = (),
        mark: StreamMark | None = None,
    ) -> Collection[OrderNumber]:
        """
        Keep what orders have become, each with all that belongs to it, in one transaction.

        Return the numbers of those that have changed since they were read; of these nothing is
        written, and the mark is not moved if there are any. At most one change for each order.
        """
        ...

    async def find(self, number: OrderNumber) -> Order | None: ...

    async def by_client_id(
        self, client_ids: Collection[ClientOrderId]
    ) -> Mapping[ClientOrderId, Order]:
        """Return those of these orders that are ours."""
        ...

    async def orders(self, account: AccountId, day: date) -> Sequence[Order]:
        """Return the account's orders of a trade date, the newest first."""
        ...

    async def unsettled(self) -> Sequence[Order]:
        """Return the orders that wait for the counter's word: PENDING and UNKNOWN."""
        ...

    async def open_orders(self, account: AccountId, since: date) -> Sequence[Order]:
        """Return what may be cancelled of a trade date and later ones, the newest first."""
        ...

    async def twin(self, draft: Draft, since: datetime) -> Order | None:
        """Return the newest order after a moment that `is_twin` of a draft, if there is one."""
        ...

    async def reserved(self, day: date) -> Sequence[Order]:
        """Return the reservations for a day or one before it, the oldest first."""
        ...

    def standing(self, day: date, before: datetime) -> AsyncIterator[Sequence[Order]]:
        """Yield, page by page, a day's orders that the counter took before a moment."""
        ...

    async def unfinished_days(self, before: date) -> Sequence[date]:
        """Return the days of the last two weeks before one of which an order is still open."""
        ...

    async def fills(self, account: AccountId, first: date, last: date) -> Sequence[OrderFill]:
        """Return the fills of these trade dates, the newest first."""
        ...

    async def known_fills(self, keys: Collection[FillKey]) -> Mapping[FillKey, Fill]:
        """Return those of these fills that have been written down."""
        ...

    async def position(self, gateway: str) -> StreamPosition | None: ...

    async def differences(self, *, resolved: bool = False) -> Sequence[SeenDifference]:
        """Return what nobody has resolved yet, or what has been, the oldest first."""
        ...

    async def resolve(self, difference: int, by: str, why: str, entry: AuditEntry) -> bool:
        """Write down who resolved a difference; False if it is resolved or does not exist."""
        ...
