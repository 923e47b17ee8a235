"""The paper counter behind our two ports: a broker to practise with."""

import asyncio
from collections.abc import Sequence

import structlog

from callcenter.customers.ports import PasswordCheck
from callcenter.domain.accounts import AccountId, Customer, Money, Position
from callcenter.domain.clock import Clock
from callcenter.domain.errors import CounterUnavailable, OutcomeUnknown, Refused
from callcenter.domain.orders import ClientOrderId, Order, Station
from callcenter.domain.refusals import Refusal
from callcenter.domain.secret import Secret
from callcenter.domain.securities import Quote, Security, SecurityCode
from callcenter.gateways.paper import books, passwords, queries
from callcenter.gateways.paper.database import Database
from callcenter.gateways.paper.faults import NO_FAULTS, Faults, read_faults
from callcenter.trading.ports import CounterOrder, TradingGateway

log = structlog.get_logger()


class PaperCounter(TradingGateway, PasswordCheck):
    """
    A counter that keeps its books in the schema `paper` and reads nothing else.

    It accepts and freezes, and fills nothing yet. Like a real one it works on its own: an order
    that is on its way is booked even if whoever sent it gave up or was cancelled meanwhile.
    `faults` are what goes wrong; a row in `paper.faults` overrides them, for one account or all.
    """

    def __init__(
        self,
        dsn: str,
        clock: Clock,
        *,
        delay_s: float = 0.0,
        answer_within_s: float = 5.0,
        faults: Faults = NO_FAULTS,
        connections: int = 4,
    ) -> None:
        self._database = Database(dsn, connections=connections)
        self._clock = clock
        self._delay_s = delay_s
        self._answer_within_s = answer_within_s
        self._faults = faults
        self._on_their_way: set[asyncio.Task[CounterOrder]] = set()

    async def start(self) -> None:
        """Be ready to be asked. A counter that is down is found out by the first question."""
        await self._database.start()

    async def stop(self) -> None:
        """Drop what is on its way, whole orders only, and close the line."""
        for task in self._on_their_way:
            task.cancel()
        await asyncio.gather(*self._on_their_way, return_exceptions=True)
        await self._database.stop()

    @property
    def dedupes(self) -> bool:
        return True

    async def login(self, login: str, password: Secret, station: Station) -> Customer:
        async with self._database.connection() as c:
            row = await queries.find_login(c, login)
        kept = passwords.NOBODYS if row is None else row["trade_password"]
        right = await asyncio.to_thread(passwords.matches, password.reveal(), kept)
        if row is None or not right:
            raise Refused(Refusal.LOGIN_FAILED)
        return queries.customer_of(row)

    async def account_of(self, login: str) -> AccountId | None:
        async with self._database.connection() as c:
            row = await queries.find_login(c, login)
        return None if row is None else AccountId(row["account"])

    async def customer(self, account: AccountId) -> Customer:
        async with self._database.connection() as c:
            return await queries.customer(c, account)

    async def place(self, order: Order) -> CounterOrder:
        task = asyncio.create_task(self._deliver(order), name=order.client_id)
        self._on_their_way.add(task)
        task.add_done_callback(self._arrived)
        # Not a time-out around the task: nobody can call back what a counter has received.
        done, _ = await asyncio.wait({task}, timeout=self._answer_within_s)
        if not done:
            raise OutcomeUnknown(order.client_id)
        return task.result()

    async def find(self, client_id: ClientOrderId) -> CounterOrder | None:
        async with self._database.connection() as c:
            return await books.find(c, client_id)

    async def withdraw(self, client_id: ClientOrderId) -> CounterOrder | None:
        async with self._database.connection() as c, c.transaction():
            return await books.withdraw(c, client_id, self._clock.now())

    async def money(self, account: AccountId) -> Money:
        async with self._database.connection() as c:
            return await queries.money(c, account)

    async def positions(self, account: AccountId) -> Sequence[Position]:
        async with self._database.connection() as c:
            return await queries.positions(c, account)

    async def securities(self, code: SecurityCode) -> Sequence[Security]:
        async with self._database.connection() as c:
            return await queries.securities(c, code)

    async def quote(self, security: Security) -> Quote:
        async with self._database.connection() as c:
            return await queries.quote(c, security, self._clock.now())

    async def ping(self) -> None:
        async with self._database.connection() as c:
            await c.execute("SELECT FROM paper.customers LIMIT 1")

    async def _deliver(self, order: Order) -> CounterOrder:
        async with self._database.connection() as c:
            faults = await read_faults(c, order.draft.account) or self._faults
        await asyncio.sleep(self._delay_s + faults.before_s)
        if faults.silent:
            await asyncio.sleep(self._answer_within_s)
            raise OutcomeUnknown(order.client_id)
        answer = await self._book(order, faults.rejects)
        await asyncio.sleep(faults.after_s)
        return answer

    async def _book(self, order: Order, rejects: Refusal | None) -> CounterOrder:
        answer = None
        try:
            async with self._database.connection() as c, c.transaction():
                answer = await books.book(c, order, self._clock.now(), rejects)
        except CounterUnavailable as e:
            if answer is None:
                raise
            # The line broke in the commit: it may have been kept.
            raise OutcomeUnknown(order.client_id) from e
        return answer

    def _arrived(self, task: asyncio.Task[CounterOrder]) -> None:
        """Forget the task, and take note of an error that nobody may be waiting for any more."""
        self._on_their_way.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.warning("paper_counter.order_failed", order=task.get_name(), error=repr(error))
