"""What `trading` needs of the world. `gateways` and `storage` provide it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NewType, Protocol

from callcenter.domain.accounts import AccountId, Money, Position
from callcenter.domain.fills import Fill
from callcenter.domain.orders import ClientOrderId, Order
from callcenter.domain.refusals import Refusal
from callcenter.domain.securities import Quote, Security, SecurityCode


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterOrder:
    """What the counter says of one of our orders: it stands, or it was rejected and why."""

    client_id: ClientOrderId
    accepted: bool
    reason: Refusal | None = None
    filled: int = 0  # shares; the fills themselves may come later
    # Shares that will never be filled any more, once the counter is done with the order: it was
    # cancelled, or its day is over. 0 when all were filled; None while the rest may still be.
    cancelled: int | None = None
    expired: bool = False  # those were cancelled by nobody: the day was over
    number: str | None = None  # 合同号, the counter's own


StreamPosition = NewType("StreamPosition", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterEvent:
    """
    What the counter tells by itself: how an order stands now, or one of its fills.

    Events may come late, twice, and fills before or after the word on their order.
    """

    position: StreamPosition  # ask for the events after this one to go on here
    of: CounterOrder | Fill


class OrderEntry(Protocol):
    """
    The part of a counter that takes orders (委托).

    Every method raises `CounterUnavailable` when the counter cannot be reached and nothing has
    happened. Questions may be asked again at will; `place` and `cancel` may not, see there.
    """

    @property
    def dedupes(self) -> bool:
        """Whether placing one client order id twice books one order, whoever sends it."""
        ...

    async def place(self, order: Order) -> CounterOrder:
        """
        Hand the order to the counter and return its answer, a yes or a no.

        Raise `OutcomeUnknown` when it was sent and no answer came: it may stand.
        Idempotent by client order id where `dedupes`: the first answer is given again.
        An order is never delivered after this has returned or raised something else than
        `OutcomeUnknown`, however long the line was down.
        """
        ...

    async def cancel(self, order: Order) -> None:
        """
        Ask the counter to cancel what is not filled yet, and return once it has the wish.

        Whether it was in time is told by the order's state alone, never by this. Raise `Refused`
        if the counter says at once that it cannot be, `OutcomeUnknown` without an answer.
        Idempotent: a wish that is repeated changes nothing.
        """
        ...

    async def find(self, client_id: ClientOrderId) -> CounterOrder | None:
        """
        Return what the counter has under this id, or None if it never saw it.

        Raise `OutcomeUnknown` if the counter has it and has said neither yes nor no yet.
        """
        ...

    async def withdraw(self, client_id: ClientOrderId) -> CounterOrder | None:
        """
        Make sure that an order which the counter has not seen is never accepted later.

        Return the order if the counter has it after all (it then stands as it is), else None.
        Raise `OutcomeUnknown` as `find` does.
        """
        ...

    def orders(self, day: date) -> AsyncIterator[CounterOrder]:
        """Tell how each of our orders of a trade date stands."""
        ...

    def fills(self, day: date) -> AsyncIterator[Fill]:
        """Tell every fill of a trade date."""
        ...

    def events(self, after: StreamPosition | None) -> AsyncIterator[CounterEvent]:
        """
        Tell what happens from now on, and first what has happened since `after`.

        None begins with this trade date. Does not end by itself; raise `CounterUnavailable` when
        the line breaks, to be called again with the position of the last event.
        """
        ...

    async def ping(self) -> None:
        """Return if the counter answers."""
        ...


class Listing(Protocol):
    """The list of securities, as a caller looks for one without knowing its code."""

    async def search(self, keys: str, *, most: int = 20) -> Sequence[Security]:
        """
        Return what has a name whose pinyin initials begin with these keys; the best fit first.

        `keys` are those of a telephone: 浦发银行 is PFYH, so 7394, and 73 finds it too. Fewer than
        two keys, or others than digits, find nothing.
        """
        ...


class MarketFeed(Protocol):
    """Quotes of the market (行情), wherever they come from."""

    async def quotes(self, securities: Sequence[Security]) -> Mapping[str, Quote]:
        """
        Return the latest quotes by `Security.id`; what has none is left out.

        `Quote.at` is when the market said it. Raise `QuotesUnavailable` if there is no source.
        """
        ...


class AccountQueries(Protocol):
    """
    What can be asked about customers and what is listed.

    Every method raises `CounterUnavailable` when there is no answer; all may be asked again at
    will. They may be answered by another system than the one that takes orders.
    """

    async def money(self, account: AccountId) -> Money: ...

    async def positions(self, account: AccountId) -> Sequence[Position]: ...

    async def securities(self, code: SecurityCode) -> Sequence[Security]:
        """Return what is listed under a code of six digits, at most one per market."""
        ...

    async def quote(self, security: Security) -> Quote: ...


class TradingGateway(OrderEntry, AccountQueries, Protocol):
    """A broker's counter (柜台)."""


class TradingCalendar(Protocol):
    """
    The trading days of the exchanges.

    Every method raises `CalendarEnds` for a day that the calendar does not know: its data end
    when the exchanges have not announced the next year's holidays yet.
    """

    @property
    def knows_until(self) -> date:
        """The last day of which the calendar says anything."""
        ...

    def is_session(self, day: date) -> bool:
        """Tell whether the exchanges trade on a day."""
        ...

    def next_session(self, day: date) -> date:
        """Return the first trading day after a day."""
        ...

    def sessions(self, first: date, last: date) -> int:
        """Count the trading days from one day to another, both included."""
        ...


class MarketHours(Protocol):
    """When the market of a security takes orders."""

    def reserved_for(self, security: Security, at: datetime) -> date | None:
        """
        Return the trade date whose opening an order placed then would wait for; None if none must.

        Raise `Refused` if the market is closed then and no reservation is taken either.
        """
        ...
