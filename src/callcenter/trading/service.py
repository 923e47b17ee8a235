"""What a customer can do with an account, whoever asks: a call or, later, a browser."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from callcenter.domain.accounts import AccountId, AccountStatus, Customer, Money, Position
from callcenter.domain.clock import Clock, trade_date
from callcenter.domain.errors import Refused
from callcenter.domain.orders import (
    Draft,
    Order,
    OrderNumber,
    OrderState,
    Side,
    Station,
    client_order_id,
)
from callcenter.domain.refusals import Refusal
from callcenter.domain.securities import Quote, Security, SecurityCode
from callcenter.trading.offers import Offer
from callcenter.trading.orders.cancelling import Cancelling
from callcenter.trading.orders.placing import Outcome, Placing
from callcenter.trading.orders.ports import OrderBook, OrderFill
from callcenter.trading.orders.reconciliation import Reconciliation
from callcenter.trading.orders.told import Told
from callcenter.trading.ports import MarketHours, TradingGateway
from callcenter.trading.quotes import Age, CounterQuotes, Quotes
from callcenter.trading.rulebook.book import RuleBook
from callcenter.trading.rulebook.case import OrderFacts


class Trading:
    """Queries may be asked at any time; orders only once reconciliation has been done."""

    def __init__(
        self,
        counter: TradingGateway,
        book: OrderBook,
        clock: Clock,
        placing: Placing,
        reconciliation: Reconciliation,
        quotes: Quotes | None = None,  # by default the counter's own
        *,
        rules: RuleBook,
        hours: MarketHours | None = None,  # by default the market never closes
        redial_guard: timedelta = timedelta(seconds=60),
    ) -> None:
        self._counter = counter
        self._book = book
        self._clock = clock
        self._placing = placing
        self._reconciliation = reconciliation
        self._hours = hours
        self._cancelling = Cancelling(counter, book, Told(book, clock), clock)
        self._redial_guard = redial_guard
        self._quotes = quotes or Quotes(CounterQuotes(counter), clock)
        self._rules = rules
        # the reference that each security was last offered with, and its day
        self._references: dict[str, tuple[date, Decimal]] = {}

    @property
    def today(self) -> date:
        """The trade date that it is now."""
        return trade_date(self._clock.now())

    def admit(self, customer: Customer, station: Station) -> None:
        """Raise `Refused` if this account may not trade at all, or not from this number."""
        if customer.status is AccountStatus.FROZEN:
            raise Refused(Refusal.ACCOUNT_FROZEN)
        if customer.bound_numbers and station.caller not in customer.bound_numbers:
            raise Refused(Refusal.CALLER_NOT_BOUND)

    async def find(self, code: str) -> Sequence[Security]:
        """
        Return what is listed under a code; leading zeros may be left out.

        Raise `Refused` with UNKNOWN_SECURITY if nothing is.
        """
        found = await self._counter.securities(SecurityCode(code.zfill(6)))
        if not found:
            raise Refused(Refusal.UNKNOWN_SECURITY)
        return found

    async def quote(self, security: Security) -> Quote:
        """Return the latest quote; raise `QuotesUnavailable` if there is none."""
        return await self._quotes.of(security)

    async def quote_if_any(self, security: Security) -> Quote | None:
        """Return the latest quote; None if there is none, or nobody knows."""
        return await self._quotes.if_any(security)

    def age(self, quote: Quote) -> Age:
        """Tell whether a caller must hear how old the quote is."""
        return self._quotes.age(quote)

    async def offer(self, customer: Customer, side: Side, security: Security) -> Offer:
        """
        Return what the customer may order of this security; raise `Refused` if nothing.

        Without a quote there is an offer all the same, see there.
        """
        now = self._clock.now()
        self._rules.check_tradable(security, side, customer.permissions, now).require()
        usable, sellable = Decimal(0), 0
        if side is Side.BUY:
            usable = (await self._counter.money(customer.account)).usable
        else:
            sellable = await self._sellable(customer.account, security)
        quote = await self._quotes.if_any(security)
        of_today = quote is not None and self.age(quote) is not Age.OF_ANOTHER_DAY
        if quote is not None and of_today:
            self._references[security.id] = trade_date(now), quote.previous_close
        return Offer(
            side=side,
            security=security,
            quote=quote,
            quote_is_of_today=of_today,
            usable=usable,
            sellable=sellable,
            rules=self._rules,
            at=now,
        )

    def reserved_for(self, security: Security) -> date | None:
        """
        Return the trade date that an order placed now would wait for; None if none must wait.

        Raise `Refused` if the market is closed and not even a reservation (预约委托) is taken.
        """
        return self._hours.reserved_for(security, self._clock.now()) if self._hours else None

    async def recent_twin(self, draft: Draft) -> Order | None:
        """
        Return an order of the same terms that the account placed within the redial guard.

        Whoever redials after the line broke may not know that it stands. One that certainly came
        to nothing is none: it is dictated again for a reason.
        """
        return await self._book.twin(draft, self._clock.now() - self._redial_guard)

    async def new_number(self) -> OrderNumber:
        """Return the number of the order that is about to be read back."""
        return await self._book.next_number()

    async def find_order(self, number: OrderNumber) -> Order | None:
        return await self._book.find(number)

    async def place(self, draft: Draft, customer: Customer, station: Station) -> Outcome:
        """
        Place the order that was confirmed; its state may be UNKNOWN.

        Placing the same draft again never doubles it. Raise `Refused` or `StoreUnavailable` if
        it was not even written down.
        """
        self.admit(customer, station)
        reserved_for = self.reserved_for(draft.security)
        if reserved_for is None and not self._reconciliation.done:
            await self._book.find(draft.number)  # without a store that is what there is to say
            raise Refused(Refusal.RECONCILING)
        now = self._clock.now()
        self._check(draft, customer, now)
        day = reserved_for or trade_date(now)
        order = Order(
            draft=draft,
            client_id=client_order_id(day, draft.number),
            trade_date=day,
            station=station,
            state=OrderState.RESERVED if reserved_for else OrderState.PENDING,
            message=None,
            filled=0,
            created_at=now,
            updated_at=now,
            reserved_for=reserved_for,
            rules=self._rules.stamp(draft.security, self._reference(draft.security, now), now),
        )
        return await self._placing.place(order)

    async def cancel(self, number: OrderNumber, customer: Customer, station: Station) -> Order:
        """
        Ask for what is not filled of an order to be cancelled; return the order as it is then.

        It is CANCELLING until the counter has told what came of it; a reservation is CANCELLED at
        once. Cancelling again does no harm. Raise `Refused` if it cannot be cancelled.
        """
        self.admit(customer, station)
        order = await self._book.find(number)
        if order is None or order.draft.account != customer.account:
            raise Refused(Refusal.NO_SUCH_ORDER)
        if self._hours is not None and order.state is not OrderState.RESERVED:
            draft = order.draft
            self._rules.check_cancel(draft.security, self._clock.now(), draft.kind).require()
        return await self._cancelling.cancel(number, station)

    async def complete(self, order: Order) -> Outcome:
        """
        Bring to its end an order that was written down in a call which was cut short.

        It has been taken, so nothing can refuse it any more but the counter. An outage of ours
        leaves it as it is: PENDING is no less true then.
        """
        return await self._placing.complete(order)

    async def money(self, account: AccountId) -> Money:
        return await self._counter.money(account)

    async def positions(self, account: AccountId) -> Sequence[Position]:
        return await self._counter.positions(account)

    async def holdings(self, account: AccountId) -> Sequence[Position]:
        """Return what the account still holds, by its worth; last what nobody has a price of."""
        held = [one for one in await self._counter.positions(account) if one.total or one.frozen]
        if len(held) < 2:
            return held
        prices = await self._quotes.known([one.security for one in held])
        return sorted(held, key=lambda one: _worth(one, prices.get(one.security.id)), reverse=True)

    async def orders_today(self, account: AccountId) -> Sequence[Order]:
        """Return today's orders, the newest first."""
        return await self._book.orders(account, trade_date(self._clock.now()))

    async def open_orders(self, account: AccountId) -> Sequence[Order]:
        """Return what may be cancelled, reservations too, the newest first."""
        return await self._book.open_orders(account, trade_date(self._clock.now()))

    async def fills_today(self, account: AccountId) -> Sequence[OrderFill]:
        """Return today's fills, the newest first."""
        today = trade_date(self._clock.now())
        return await self._book.fills(account, today, today)

    async def fills(self, account: AccountId, first: date, last: date) -> Sequence[OrderFill]:
        """Return the fills of these trade dates, both included, the newest first."""
        return await self._book.fills(account, first, last)

    def _check(self, draft: Draft, customer: Customer, now: datetime) -> None:
        """
        Judge once more what the order will say that it passed.

        Another daemon, with an older book, may have made the offer. Money and shares are left to
        the counter, and hours to the session.
        """
        facts = OrderFacts(
            security=draft.security,
            side=draft.side,
            price=draft.price,
            quantity=draft.quantity,
            kind=draft.kind,
            reference=self._reference(draft.security, now),
            permissions=customer.permissions,
        )
        self._rules.check(facts, now, by_the_clock=False).require()

    def _reference(self, security: Security, now: datetime) -> Decimal | None:
        """Return today's reference that prices of this security were judged by, if one was."""
        day, reference = self._references.get(security.id, (None, None))
        return reference if day == trade_date(now) else None

    async def _sellable(self, account: AccountId, security: Security) -> int:
        held = await self._counter.positions(account)
        of_it = [one for one in held if one.security.id == security.id]
        sellable = sum(one.sellable for one in of_it)
        if sellable:
            return sellable
        total = sum(one.total for one in of_it)
        raise Refused(Refusal.NOTHING_TO_SELL, **({"held": total} if total else {}))


def _worth(held: Position, quote: Quote | None) -> tuple[Decimal, int]:
    return (quote.last * held.total if quote else Decimal(0)), held.total
