"""What a customer can subscribe to, whoever asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from callcenter.customers.subscriptions.ports import SubscriptionBook
from callcenter.domain.accounts import AccountId
from callcenter.domain.audit import Action, AuditEntry
from callcenter.domain.clock import Clock, trade_date
from callcenter.domain.orders import Station
from callcenter.domain.subscriptions import (
    DailyQuote,
    Delivery,
    PriceAlert,
    Subscription,
    SubscriptionKind,
    SubscriptionNumber,
    Wish,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionLimits:
    """How many subscriptions of a kind an account may have, and how long a price alert counts."""

    per_kind: int = 20
    alert_days: int = 30


class Subscriptions:
    """Keeps wishes; whoever delivers reads them from the book."""

    def __init__(self, book: SubscriptionBook, clock: Clock, limits: SubscriptionLimits) -> None:
        self._book = book
        self._clock = clock
        self._limits = limits

    async def new_number(self) -> SubscriptionNumber:
        """Return the number of the subscription that is about to be made."""
        return await self._book.next_number()

    async def of_kind(self, account: AccountId, kind: SubscriptionKind) -> Sequence[Subscription]:
        """Return the subscriptions of a kind that count, the newest first."""
        found = await self._book.of_account(account, trade_date(self._clock.now()))
        return [one for one in found if one.wish.kind is kind]

    async def subscribe(
        self, number: SubscriptionNumber, account: AccountId, wish: Wish, station: Station
    ) -> Subscription:
        """
        Keep the wish and return it with its last day; the same number again adds nothing.

        Raise `Refused`: ALREADY_SUBSCRIBED, TOO_MANY_SUBSCRIPTIONS.
        """
        if (known := await self._book.find(number)) is not None:
            return known
        now = self._clock.now()
        days = timedelta(days=self._limits.alert_days)
        until = trade_date(now) + days if isinstance(wish, PriceAlert) else None
        new = Subscription(number=number, account=account, wish=wish, created_at=now, until=until)
        entry = self._entry(account, station, "added", _details(new))
        most, today = self._limits.per_kind, trade_date(now)
        await self._book.add(new, entry, most=most, today=today)
        return new

    async def unsubscribe(self, subscription: Subscription, station: Station) -> bool:
        """End a subscription; False if it has ended already."""
        entry = self._entry(subscription.account, station, "ended", _details(subscription))
        return await self._book.end(subscription.number, subscription.account, entry)

    async def delivery(self, account: AccountId) -> Delivery | None:
        """Return how the account wants to be told, if it ever said."""
        return await self._book.delivery(account)

    async def deliver_by(self, account: AccountId, delivery: Delivery, station: Station) -> None:
        """Tell the account so from now on."""
        details = {"channel": delivery.channel.value, "number": delivery.number or ""}
        entry = self._entry(account, station, "delivery", details)
        await self._book.deliver_by(account, delivery, entry)

    def _entry(
        self, account: AccountId, station: Station, outcome: str, details: Mapping[str, str]
    ) -> AuditEntry:
        return AuditEntry(
            at=self._clock.now(),
            station=station,
            account=account,
            action=Action.SUBSCRIPTION,
            outcome=outcome,
            details=details,
        )


def _details(subscription: Subscription) -> Mapping[str, str]:
    wish = subscription.wish
    common = {"number": subscription.number, "kind": wish.kind.value}
    if isinstance(wish, PriceAlert):
        what = {"crossing": wish.crossing.value, "price": str(wish.price)}
        return {**common, "security": wish.security.id, **what}
    if isinstance(wish, DailyQuote):
        return {**common, "security": wish.security.id, "at": f"{wish.at:%H:%M}"}
    return common
