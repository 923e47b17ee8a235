"""The paper counter behind our ports: a broker to practise with."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Final, TypeVar

import asyncpg
import structlog

from callcenter.customers.ports import PasswordCheck
from callcenter.domain.accounts import AccountId, Customer, Money, Position
from callcenter.domain.clock import Clock
from callcenter.domain.errors import CounterUnavailable, OutcomeUnknown, Refused
from callcenter.domain.fills import Fill
from callcenter.domain.orders import ClientOrderId, Order, Station
from callcenter.domain.refusals import Refusal
from callcenter.domain.secret import Secret
from callcenter.domain.securities import Quote, Security, SecurityCode
from callcenter.gateways.paper import booking, books, passwords, queries, streams
from callcenter.gateways.paper.booking import Booking
from callcenter.gateways.paper.database import Connection, Database, may_have_happened
from callcenter.gateways.paper.faults import NO_FAULTS, Faults, all_faults
from callcenter.gateways.paper.on_their_way import OnTheirWay
from callcenter.gateways.paper.sessions import (
    ClockMode,
    Hours,
    IsTradingDay,
    weekdays,
)
from callcenter.gateways.paper.terms import takes_cancels
from callcenter.together import Together
from callcenter.trading.ports import (
    CounterEvent,
    CounterOrder,
    OrderEntry,
    StreamPosition,
    TradingGateway,
)

log = structlog.get_logger()
Asked = TypeVar("Asked")
Answer = TypeVar("Answer")

_LOOKS: Final = 20  # at shares that change under an order's eyes, before it is given up
_NOT_CANCELLED: Final = {
    "filled": Refusal.ALREADY_FILLED,
    "refused": Refusal.ORDER_VOID,
    "unknown": Refusal.NO_SUCH_ORDER,
}


class PaperCounter(TradingGateway, OrderEntry, PasswordCheck):
    """
    A counter that keeps its books in the schema `paper` and reads nothing else.

    It accepts, freezes, cancels and tells; a `Clerk` beside it fills and settles. Like a real one
    it works on its own: an order that is on its way is booked even if whoever sent it gave up or
    was cancelled meanwhile. `faults` are what goes wrong; a row in `paper.faults` overrides them,
    for one account or all. `events` tells within `poll_s` what this process has kept, and within
    `look_s` what others have.
    """

    def __init__(
        self,
        dsn: str,
        clock: Clock,
        *,
        delay_s: float = 0.0,
        answer_within_s: float = 5.0,
        faults: Faults = NO_FAULTS,
        connections: int = 16,
        mode: ClockMode = ClockMode.ALWAYS_OPEN,
        is_trading_day: IsTradingDay = weekdays,
        poll_s: float = 0.2,
        look_s: float = 1.0,
    ) -> None:
        self.database = Database(dsn, connections=connections)
        self.hours = Hours(clock=clock, mode=mode, is_trading_day=is_trading_day)
        self._logins = self._together(queries.logins)
        self._customers = self._together(queries.customers)
        self._moneys = self._together(queries.moneys)
        self._securities = self._together(queries.securities)
        self._quotes = self._together(partial(queries.quotes, clock=clock))
        self._looks = self._together(partial(books.look, hours=self.hours))
        self._books = Together(self._book_all, outage=CounterUnavailable, apart=_account_of)
        self._delay_s = delay_s
        self._faults = faults
        self._poll_s = poll_s
        self._look_s = look_s
        self._on_their_way = OnTheirWay(answer_within_s, _order_failed)

    async def start(self) -> None:
        """Be ready to be asked. A counter that is down is found out by the first question."""
        await self.database.start()

    async def stop(self) -> None:
        """Drop what is on its way, whole orders only, and close the line."""
        await self._on_their_way.drop()
        await self._books.stop()
        await self.database.stop()

    @property
    def dedupes(self) -> bool:
        return True

    async def login(self, login: str, password: Secret, station: Station) -> Customer:
        row = await self._logins.ask(login)
        kept = passwords.NOBODYS if row is None else row["trade_password"]
        right = await asyncio.to_thread(passwords.matches, password.reveal(), kept)
        if row is None or not right:
            raise Refused(Refusal.LOGIN_FAILED)
        return queries.customer_of(row)

    async def account_of(self, login: str) -> AccountId | None:
        row = await self._logins.ask(login)
        return None if row is None else AccountId(row["account"])

    async def customer(self, account: AccountId) -> Customer:
        found = await self._customers.ask(account)
        if found is None:
            raise Refused(Refusal.LOGIN_FAILED)
        return found

    async def place(self, order: Order) -> CounterOrder:
        return await self._on_their_way.answer(self._deliver(order), order.client_id)

    async def cancel(self, order: Order) -> None:
        await self._on_their_way.answer(self._deliver_wish(order), order.client_id)

    async def find(self, client_id: ClientOrderId) -> CounterOrder | None:
        async with self.database.connection() as c:
            return await books.find(c, client_id)

    async def withdraw(self, client_id: ClientOrderId) -> CounterOrder | None:
        async with self.database.connection() as c:
            withdrawn = await books.withdraw(c, client_id, self.hours.clock.now())
        self.database.bell.ring()
        return withdrawn

    def orders(self, day: date) -> AsyncIterator[CounterOrder]:
        return streams.orders(self.database, day)

    def fills(self, day: date) -> AsyncIterator[Fill]:
        return streams.fills(self.database, day)

    async def events(self, after: StreamPosition | None) -> AsyncIterator[CounterEvent]:
        async with self.database.connection() as c:
            last = await self._today(c) if after is None else int(after)
        telling = streams.Telling()
        with self.database.bell.heard(least_s=self._poll_s, most_s=self._look_s) as listener:
            while True:
                page, faults = await self._told(last, telling)
                for event in telling.tell(page, faults):
                    yield event
                last = page[-1]["position"] if page else last
                if len(page) < streams.PAGE:
                    await listener.until_due(soon=bool(telling.held))

    async def money(self, account: AccountId) -> Money:
        found = await self._moneys.ask(account)
        if found is None:
            raise Refused(Refusal.LOGIN_FAILED)
        return found

    async def positions(self, account: AccountId) -> Sequence[Position]:
        async with self.database.connection() as c:
            return await queries.positions(c, account)

    async def securities(self, code: SecurityCode) -> Sequence[Security]:
        return await self._securities.ask(code)

    async def quote(self, security: Security) -> Quote:
        found = await self._quotes.ask(security)
        if found is None:
            raise Refused(Refusal.UNKNOWN_SECURITY, code=security.code)
        return found

    async def ping(self) -> None:
        async with self.database.connection() as c:
            await c.execute("SELECT FROM paper.customers LIMIT 1")

    async def _today(self, c: Connection) -> int:
        return await streams.before_day(c, (await books.moment(c, self.hours)).day)

    async def _told(
        self, last: int, telling: streams.Telling
    ) -> tuple[Sequence[asyncpg.Record], Mapping[AccountId, Faults]]:
        async with self.database.connection() as c:
            if not telling.held and not await streams.has_events(c, last):
                return [], {}
            return await streams.read_events(c, last), await all_faults(c)

    async def _deliver(self, order: Order) -> CounterOrder:
        seen = await self._look(order)
        faults = seen.faults or self._faults
        if self._delay_s + faults.before_s:
            await asyncio.sleep(self._delay_s + faults.before_s)
            seen = await self._look(order)
        if faults.silent:
            await self._on_their_way.stay_silent(order.client_id)
        answer = await self._book(order, seen, faults.rejects)
        if faults.after_s:
            await asyncio.sleep(faults.after_s)
        return answer

    async def _look(self, order: Order) -> books.Seen:
        return await self._looks.ask(order)

    def _together(
        self, read: Callable[[Connection, Sequence[Asked]], Awaitable[Sequence[Answer]]]
    ) -> Together[Asked, Answer]:
        """Ask once for all who ask at the same moment."""

        async def read_all(asked: Sequence[Asked]) -> Sequence[Answer]:
            async with self.database.connection() as c:
                return await read(c, asked)

        return Together(read_all, outage=CounterUnavailable)

    async def _book(self, order: Order, seen: books.Seen, rejects: Refusal | None) -> CounterOrder:
        """Book an order in company; alone if something moved meanwhile, or its account is taken."""
        answer = await self._books.ask(Booking(order, seen, rejects))
        for _ in range(_LOOKS):
            if isinstance(answer, OutcomeUnknown):
                raise answer
            if answer is not None:
                return answer
            seen = await self._look(order)
            [answer] = await self._book_all([Booking(order, seen, rejects)], waits=True)
        raise CounterUnavailable(f"the shares of {order.draft.account} do not stand still")

    async def _book_all(
        self, bookings: Sequence[Booking], *, waits: bool = False
    ) -> Sequence[CounterOrder | OutcomeUnknown | None]:
        """Book orders; each is told if nobody knows whether it was booked."""
        booked: Sequence[CounterOrder | OutcomeUnknown | None]
        try:
            async with self.database.connection() as c:
                booked = await booking.book(c, bookings, waits=waits)
        except CounterUnavailable as e:
            if not may_have_happened(e):
                raise
            booked = [OutcomeUnknown(order.client_id) for order, _, _ in bookings]
        # Whoever placed an order has its answer, and is just writing it down.
        self.database.bell.ring_in(self._poll_s / 2)
        return booked

    async def _deliver_wish(self, order: Order) -> None:
        seen = await self._look(order)
        faults = seen.faults or self._faults
        if faults.cancel_silent:
            await self._on_their_way.stay_silent(order.client_id)
        if faults.cancel_rejects is not None:
            raise Refused(faults.cancel_rejects)
        draft = order.draft
        if not takes_cancels(draft.kind, draft.security.market, seen.moment.phase):
            raise Refused(Refusal.CANCEL_NOT_ALLOWED_NOW)
        due = seen.moment.at + timedelta(seconds=faults.cancel_s) if faults.cancel_s else None
        try:
            async with self.database.connection() as c:
                outcome = await books.cancel(c, order.client_id, seen.moment.at, due)
            self.database.bell.ring()
        except CounterUnavailable as e:
            if may_have_happened(e):
                raise OutcomeUnknown(order.client_id) from e
            raise
        if outcome in _NOT_CANCELLED:
            raise Refused(_NOT_CANCELLED[outcome])


def _account_of(booking: Booking) -> AccountId:
    return booking.order.draft.account


def _order_failed(order: str, error: BaseException) -> None:
    if not isinstance(error, Refused):
        log.warning("paper_counter.order_failed", order=order, error=repr(error))
