"""What subscriptions need of the world. `storage` provides it."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from callcenter.domain.accounts import AccountId
from callcenter.domain.audit import AuditEntry
from callcenter.domain.subscriptions import Delivery, Subscription, SubscriptionNumber


class SubscriptionBook(Protocol):
    """
    Our own record of subscriptions. Every method raises `StoreUnavailable` if it cannot answer.

    A subscription counts until it is ended or its last day is over; the audit row of a change is
    kept with it, or neither is.
    """

    async def next_number(self) -> SubscriptionNumber:
        """Return a number that no subscription has had."""
        ...

    async def add(self, new: Subscription, entry: AuditEntry, *, most: int, today: date) -> bool:
        """
        Keep a new subscription; False, and nothing written, if its number exists.

        Raise `Refused`: ALREADY_SUBSCRIBED if the same wish counts, TOO_MANY_SUBSCRIPTIONS if the
        account has `most` of this kind, from whichever daemon they came.
        """
        ...

    async def end(self, number: SubscriptionNumber, account: AccountId, entry: AuditEntry) -> bool:
        """End a subscription of the account; False, and nothing written, if none is to end."""
        ...

    async def find(self, number: SubscriptionNumber) -> Subscription | None:
        """Return a subscription, whether it still counts or not."""
        ...

    async def of_account(self, account: AccountId, today: date) -> Sequence[Subscription]:
        """Return what counts, the newest first."""
        ...

    async def delivery(self, account: AccountId) -> Delivery | None:
        """Return how the account wants to be told, if it ever said."""
        ...

    async def deliver_by(self, account: AccountId, delivery: Delivery, entry: AuditEntry) -> None:
        """Keep how the account wants to be told from now on. Repeating it does no harm."""
        ...
