"""A broker's counter in memory, with the demo's accounts and securities."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from callcenter.customers.ports import NumberDesk, PasswordCheck
from callcenter.domain.accounts import AccountId, AccountStatus, Customer, Money, Position
from callcenter.domain.calls import CallerNumber, e164
from callcenter.domain.errors import OutcomeUnknown, Refused
from callcenter.domain.fills import Fill
from callcenter.domain.orders import ClientOrderId, Draft, Order, Side, Station
from callcenter.domain.refusals import Refusal
from callcenter.domain.secret import Secret
from callcenter.domain.securities import Quote, Security, SecurityCode
from callcenter.gateways.paper import demo
from callcenter.trading.ports import CounterEvent, CounterOrder, StreamPosition, TradingGateway
from tests import make, rules


class FakeCounter(TradingGateway, PasswordCheck, NumberDesk):
    """
    Books orders, freezes money and shares, and never fills.

    It fails on demand, and each demand may be changed while a test runs:
    `fails_with` is raised by every method before anything happens, except an `OutcomeUnknown`,
    which only `place` raises: the order is lost on its way;
    `loses_answers` books the order and then raises `OutcomeUnknown`;
    `rejects_with` refuses every new order;
    `answers_after` holds every answer back until it is set, booked as it is;
    `refuses_cancels` refuses every wish to cancel, `ignores_cancels` takes and forgets it.
    `tell` says something on the stream of events.
    """

    def __init__(
        self,
        *,
        fails_with: Exception | None = None,
        loses_answers: bool = False,
        rejects_with: Refusal | None = None,
        answers_after: asyncio.Event | None = None,
        dedupes: bool = True,
    ) -> None:
        self.fails_with = fails_with
        self.loses_answers = loses_answers
        self.rejects_with = rejects_with
        self.answers_after = answers_after
        self.refuses_cancels: Refusal | None = None
        self.ignores_cancels = False
        self.logins: list[str] = []
        self.placed: list[Order] = []  # as handed over, each time
        self.withdrawn: list[ClientOrderId] = []  # before they arrived
        self.booked: dict[ClientOrderId, CounterOrder] = {}
        self.wishes: list[ClientOrderId] = []  # to cancel
        self.filled: list[Fill] = []
        self.bound: dict[AccountId, frozenset[str]] = {}  # where it was changed
        self.told: list[CounterEvent] = []
        self.more = asyncio.Event()
        self._dedupes = dedupes
        self._listings = {listing.security.id: listing for listing in demo.LISTINGS}
        self._accounts = {opened.account: opened for opened in demo.ACCOUNTS}
        self._money = {opened.account: _balances(opened.cash) for opened in demo.ACCOUNTS}
        self._shares = {
            (opened.account, security_id): Position(
                security=self._listings[security_id].security,
                total=holding.total,
                sellable=holding.sellable,
                frozen=0,
            )
            for opened in demo.ACCOUNTS
            for security_id, holding in opened.holdings.items()
        }

    @property
    def dedupes(self) -> bool:
        return self._dedupes

    async def login(self, login: str, password: Secret, station: Station) -> Customer:
        account = await self.account_of(login)
        self.logins.append(login)
        if account is None or password != Secret(demo.TRADE_PASSWORD):
            raise Refused(Refusal.LOGIN_FAILED)
        return self._customer(account)

    async def account_of(self, login: str) -> AccountId | None:
        self._fail()
        for opened in self._accounts.values():
            keyed = {code.lstrip("A") for code in opened.shareholder_codes.values()}
            if login in keyed | {opened.account}:
                return opened.account
        return None

    async def customer(self, account: AccountId) -> Customer:
        self._fail()
        return self._customer(account)

    async def bind(self, account: AccountId, number: CallerNumber) -> None:
        self._fail()
        self.bound[account] = self._customer(account).bound_numbers | {number}

    async def unbind(self, account: AccountId, number: CallerNumber) -> None:
        self._fail()
        self.bound[account] = self._customer(account).bound_numbers - {number}

    async def place(self, order: Order) -> CounterOrder:
        self._fail(placing=True)
        self.placed.append(order)
        if not (self.dedupes and order.client_id in self.booked):
            self._book(order)
        if self.loses_answers:
            raise OutcomeUnknown(order.client_id)
        if self.answers_after is not None:
            await self.answers_after.wait()
        return self.booked[order.client_id]

    async def cancel(self, order: Order) -> None:
        self._fail()
        self.wishes.append(order.client_id)
        if self.refuses_cancels is not None:
            raise Refused(self.refuses_cancels)
        found = self.booked.get(order.client_id)
        if found is None:
            raise Refused(Refusal.NO_SUCH_ORDER)
        if found.accepted and found.cancelled is None and not self.ignores_cancels:
            self.tell(replace(found, cancelled=order.draft.quantity - found.filled))

    async def orders(self, day: date) -> AsyncIterator[CounterOrder]:
        self._fail()
        for found in list(self.booked.values()):
            if found.client_id not in self.withdrawn and found.client_id.startswith(
                f"{day:%Y%m%d}"
            ):
                yield found

    async def fills(self, day: date) -> AsyncIterator[Fill]:
        self._fail()
        for fill in list(self.filled):
            if fill.key.trade_date == day:
                yield fill

    async def events(self, after: StreamPosition | None) -> AsyncIterator[CounterEvent]:
        last = 0 if after is None else int(after)
        while True:
            self._fail()
            for event in self.told[last:]:
                last += 1
                yield event
            self.more.clear()
            await self.more.wait()

    def tell(self, *what: CounterOrder | Fill) -> None:
        """Say how an order stands, or of a fill, on the stream; and remember it."""
        for one in what:
            if isinstance(one, Fill):
                self.filled.append(one)
            else:
                self.booked[one.client_id] = one
            position = StreamPosition(str(len(self.told) + 1))
            self.told.append(CounterEvent(position=position, of=one))
        self.more.set()

    async def find(self, client_id: ClientOrderId) -> CounterOrder | None:
        self._fail()
        return None if client_id in self.withdrawn else self.booked.get(client_id)

    async def withdraw(self, client_id: ClientOrderId) -> CounterOrder | None:
        self._fail()
        if client_id in self.withdrawn:
            return None
        if client_id not in self.booked:
            self.withdrawn.append(client_id)
            self.booked[client_id] = CounterOrder(
                client_id=client_id, accepted=False, reason=Refusal.DUPLICATE_ORDER
            )
            return None
        return self.booked[client_id]

    async def money(self, account: AccountId) -> Money:
        self._fail()
        self._opened(account)
        money, held = self._money[account], await self.positions(account)
        value = sum(
            (self._listings[position.security.id].last * position.total for position in held),
            Decimal(0),
        )
        return replace(money, total=money.usable + money.frozen + value)

    async def positions(self, account: AccountId) -> Sequence[Position]:
        self._fail()
        self._opened(account)
        return [position for (owner, _), position in self._shares.items() if owner == account]

    async def securities(self, code: SecurityCode) -> Sequence[Security]:
        self._fail()
        listed = (listing.security for listing in self._listings.values())
        return [security for security in listed if security.code == code]

    async def quote(self, security: Security) -> Quote:
        self._fail()
        if security.id not in self._listings:
            raise Refused(Refusal.UNKNOWN_SECURITY, code=security.code)
        return self._listings[security.id].quote(make.NOON)

    async def ping(self) -> None:
        self._fail()

    def _customer(self, account: AccountId) -> Customer:
        customer = _customer(self._opened(account))
        return replace(customer, bound_numbers=self.bound.get(account, customer.bound_numbers))

    def _fail(self, *, placing: bool = False) -> None:
        if isinstance(self.fails_with, OutcomeUnknown) and not placing:
            return
        if self.fails_with is not None:
            raise self.fails_with

    def _opened(self, account: AccountId) -> demo.DemoAccount:
        if account not in self._accounts:
            raise Refused(Refusal.LOGIN_FAILED)
        return self._accounts[account]

    def _book(self, order: Order) -> None:
        reason = self.rejects_with
        if reason is None:
            try:
                self._check(order)
                self._freeze(order.draft)
            except Refused as e:
                reason = e.reason
        self.booked[order.client_id] = CounterOrder(
            client_id=order.client_id, accepted=reason is None, reason=reason
        )

    def _check(self, order: Order) -> None:
        draft, customer = order.draft, self._customer(order.draft.account)
        if draft.security.id not in self._listings:
            raise Refused(Refusal.UNKNOWN_SECURITY)
        listing = self._listings[draft.security.id]
        if customer.status is AccountStatus.FROZEN:
            raise Refused(Refusal.ACCOUNT_FROZEN)
        if customer.bound_numbers and order.station.caller not in customer.bound_numbers:
            raise Refused(Refusal.CALLER_NOT_BOUND)
        rules.check_tradable(listing.security)
        rules.check_permission(customer, listing.security)
        rules.check_price(listing.security, listing.quote(make.NOON), draft.price)
        held = self._shares.get((draft.account, draft.security.id))
        rules.check_quantity(
            listing.security, draft.side, draft.quantity, held.sellable if held else 0
        )

    def _freeze(self, draft: Draft) -> None:
        if draft.side is Side.SELL:
            key = (draft.account, draft.security.id)
            held = self._shares[key]
            self._shares[key] = replace(
                held,
                sellable=held.sellable - draft.quantity,
                frozen=held.frozen + draft.quantity,
            )
            return
        money = self._money[draft.account]
        needed = rules.cost(draft.side, draft.price, draft.quantity, board=draft.security.board)
        if needed > money.usable:
            raise Refused(Refusal.NOT_ENOUGH_MONEY, needed=needed, usable=money.usable)
        self._money[draft.account] = replace(
            money,
            usable=money.usable - needed,
            withdrawable=money.withdrawable - needed,
            frozen=money.frozen + needed,
        )


def _balances(cash: Decimal) -> Money:
    return Money(usable=cash, withdrawable=cash, frozen=Decimal(0), total=cash)


def _customer(opened: demo.DemoAccount) -> Customer:
    return Customer(
        account=opened.account,
        branch=opened.branch,
        status=opened.status,
        permissions=opened.permissions,
        bound_numbers=frozenset(e164(number) for number in opened.bound_numbers),
    )
