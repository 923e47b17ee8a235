"""Two counters as one: orders go to the first, and the second is asked for everything else."""

from collections.abc import AsyncIterator, Sequence
from datetime import date

from callcenter.domain.accounts import AccountId, Money, Position
from callcenter.domain.fills import Fill
from callcenter.domain.orders import ClientOrderId, Order
from callcenter.domain.securities import Quote, Security, SecurityCode
from callcenter.trading.ports import (
    CounterEvent,
    CounterOrder,
    OrderEntry,
    StreamPosition,
    TradingGateway,
)


class CombinedCounter(TradingGateway):
    """Order entry of one system, and money, holdings and securities of another."""

    def __init__(self, orders: OrderEntry, accounts: TradingGateway) -> None:
        self._orders = orders
        self._accounts = accounts

    @property
    def dedupes(self) -> bool:
        return self._orders.dedupes

    async def place(self, order: Order) -> CounterOrder:
        return await self._orders.place(order)

    async def cancel(self, order: Order) -> None:
        await self._orders.cancel(order)

    async def find(self, client_id: ClientOrderId) -> CounterOrder | None:
        return await self._orders.find(client_id)

    async def withdraw(self, client_id: ClientOrderId) -> CounterOrder | None:
        return await self._orders.withdraw(client_id)

    def orders(self, day: date) -> AsyncIterator[CounterOrder]:
        return self._orders.orders(day)

    def fills(self, day: date) -> AsyncIterator[Fill]:
        return self._orders.fills(day)

    def events(self, after: StreamPosition | None) -> AsyncIterator[CounterEvent]:
        return self._orders.events(after)

    async def money(self, account: AccountId) -> Money:
        return await self._accounts.money(account)

    async def positions(self, account: AccountId) -> Sequence[Position]:
        return await self._accounts.positions(account)

    async def securities(self, code: SecurityCode) -> Sequence[Security]:
        return await self._accounts.securities(code)

    async def quote(self, security: Security) -> Quote:
        return await self._accounts.quote(security)

    async def ping(self) -> None:
        """Return if both answer: a customer needs both to order."""
        await self._orders.ping()
        await self._accounts.ping()
