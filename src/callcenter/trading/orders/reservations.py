"""
Reservations (预约委托): orders given outside the hours, kept for the next trading day.

Before the opening each is judged again by what holds on that day; what cannot be placed any more
is rejected and its customer told, the others are sent like any order. A daemon that comes late does
so until the close of that day; then what is left is rejected.
"""

import asyncio
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final

import structlog

from callcenter.domain.audit import Action
from callcenter.domain.clock import BEIJING, Clock, trade_date
from callcenter.domain.errors import CallcenterError, QuotesUnavailable, Refused
from callcenter.domain.orders import Order, OrderState, Side
from callcenter.domain.progress import Word, send_reserved
from callcenter.domain.refusals import Refusal
from callcenter.domain.securities import Security
from callcenter.trading.orders.hearing import Hearing
from callcenter.trading.orders.placing import Placing
from callcenter.trading.orders.ports import OrderBook
from callcenter.trading.orders.reconciliation import Reconciliation
from callcenter.trading.ports import AccountQueries
from callcenter.trading.quotes import Age, Quotes
from callcenter.trading.rulebook.book import RuleBook
from callcenter.trading.rulebook.case import OrderFacts

log = structlog.get_logger()

_WHY: Final[Mapping[Refusal, Refusal]] = {
    Refusal.PRICE_OUTSIDE_LIMITS: Refusal.RESERVATION_OUTSIDE_LIMITS,
    Refusal.SUSPENDED: Refusal.RESERVATION_SUSPENDED,
    Refusal.NOT_ENOUGH_MONEY: Refusal.RESERVATION_MONEY_SHORT,
    Refusal.NOT_ENOUGH_SHARES: Refusal.RESERVATION_SHARES_SHORT,
    Refusal.NOTHING_TO_SELL: Refusal.RESERVATION_SHARES_SHORT,
}


class Reservations:
    """Sends what was kept for today. Of many daemons, one sends each order: who claims it first."""

    def __init__(
        self,
        book: OrderBook,
        accounts: AccountQueries,
        placing: Placing,
        reconciliation: Reconciliation,
        quotes: Quotes,
        rules: RuleBook,
        clock: Clock,
        *,
        every_s: float,
    ) -> None:
        self._book = book
        self._accounts = accounts
        self._placing = placing
        self._reconciliation = reconciliation
        self._quotes = quotes
        self._rules = rules
        self._clock = clock
        self._every_s = every_s

    async def run(self) -> None:
        """Look again and again whether something is due, until cancelled."""
        while True:
            await self.once()
            await asyncio.sleep(self._every_s)

    async def once(self) -> None:
        """Judge and send what is due; what fails is tried again the next time."""
        if not self._reconciliation.done:
            return
        try:
            for order in await self._book.reserved(trade_date(self._clock.now())):
                await self._look_at(order)
        except CallcenterError as error:
            log.warning("reservations.failed", reason=str(error))

    async def _look_at(self, order: Order) -> None:
        now = self._clock.now()
        day = trade_date(now)
        rule = self._rules.tables.reservations.find(day, order.draft.security.market)
        minute = now.astimezone(BEIJING).time()
        if rule is None or self._is_overdue(order, now):
            return await self._reject(order, Refusal.RESERVATION_OVERDUE)
        if minute < rule.values.checked_at:
            return None
        try:
            reason = await self._why_not(order, now)
        except Refused:  # the counter knows nothing of the account, say
            reason = Refusal.RESERVATION_NOT_VALID
        if self._is_overdue(order, self._clock.now()):  # the market closed while it was judged
            reason = Refusal.RESERVATION_OVERDUE
        if reason is not None:
            return await self._reject(order, reason)
        if minute >= rule.values.sent_at:
            await self._send(order, day)
        return None

    def _is_overdue(self, order: Order, at: datetime) -> bool:
        """Tell whether the day that the order was kept for has passed or its market has closed."""
        draft = order.draft
        return order.reserved_for != trade_date(at) or self._rules.has_closed(
            draft.security, at, draft.kind
        )

    async def _why_not(self, order: Order, now: datetime) -> Refusal | None:
        """Judge the order by today's security, base price, money and shares."""
        draft = order.draft
        found = await self._accounts.securities(draft.security.code)
        security = next((one for one in found if one.id == draft.security.id), None)
        if security is None:
            return Refusal.RESERVATION_NOT_VALID
        usable, sellable = await self._means(order)
        facts = OrderFacts(
            security=security,
            side=draft.side,
            price=draft.price,
            quantity=draft.quantity,
            kind=draft.kind,
            reference=await self._reference(security),
            usable=usable,
            sellable=sellable,
        )
        try:
            self._rules.check(facts, now, by_the_clock=False).require()
        except Refused as refused:
            return _WHY.get(refused.reason, Refusal.RESERVATION_NOT_VALID)
        return None

    async def _means(self, order: Order) -> tuple[Decimal | None, int | None]:
        account, security = order.draft.account, order.draft.security
        if order.draft.side is Side.BUY:
            return (await self._accounts.money(account)).usable, None
        held = await self._accounts.positions(account)
        return None, sum(one.sellable for one in held if one.security.id == security.id)

    async def _reference(self, security: Security) -> Decimal | None:
        """Return today's base price; None before somebody tells it, and then limits wait."""
        try:
            quote = await self._quotes.if_any(security)
        except QuotesUnavailable:
            return None
        if quote is None or self._quotes.age(quote) is Age.OF_ANOTHER_DAY:
            return None
        return quote.previous_close

    async def _reject(self, order: Order, reason: Refusal) -> None:
        hearing = Hearing(order, self._clock)
        hearing.word(Word(answer=OrderState.REJECTED, message=reason.value))
        if await self._write(hearing):
            log.info("reservation.rejected", number=order.draft.number, message=reason.value)

    async def _send(self, order: Order, day: date) -> None:
        """Claim the order and send it; whoever comes second finds it claimed."""
        hearing = Hearing(order, self._clock)
        # Its promise begins now, however long it took to judge it.
        claimed = send_reserved(order, day, self._clock.now())
        hearing.become(claimed, {"reserved_for": str(order.reserved_for)})
        hearing.audit(Action.ORDER, claimed.state.value)
        if await self._write(hearing):
            outcome = await self._placing.send(hearing.written)
            log.info("reservation.sent", number=order.draft.number, state=outcome.state.value)

    async def _write(self, hearing: Hearing) -> bool:
        change = hearing.change()
        return change is not None and not await self._book.write([change])
