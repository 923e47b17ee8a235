"""A book of subscriptions in memory."""

from collections.abc import Sequence
from datetime import date

from callcenter.customers.subscriptions.ports import SubscriptionBook
from callcenter.domain.accounts import AccountId
from callcenter.domain.audit import AuditEntry
from callcenter.domain.errors import Refused
from callcenter.domain.refusals import Refusal
from callcenter.domain.subscriptions import Delivery, Subscription, SubscriptionNumber
from tests.fakes.store import Gone


class FakeSubscriptionBook(Gone, SubscriptionBook):
    """Remembers subscriptions (`kept`), what has `ended`, wishes of delivery and the `trail`."""

    def __init__(self) -> None:
        self.kept: dict[SubscriptionNumber, Subscription] = {}
        self.ended: set[SubscriptionNumber] = set()
        self.deliveries: dict[AccountId, Delivery] = {}
        self.trail: list[AuditEntry] = []
        self._last_number = 0

    async def next_number(self) -> SubscriptionNumber:
        self._answer()
        self._last_number += 1
        return SubscriptionNumber(str(self._last_number))

    async def add(self, new: Subscription, entry: AuditEntry, *, most: int, today: date) -> bool:
        if new.number in self.kept:
            return False
        counting = await self.of_account(new.account, today)
        if any(one.wish == new.wish for one in counting):
            raise Refused(Refusal.ALREADY_SUBSCRIBED)
        if sum(one.wish.kind is new.wish.kind for one in counting) >= most:
            raise Refused(Refusal.TOO_MANY_SUBSCRIPTIONS)
        self.kept[new.number] = new
        self.trail.append(entry)
        return True

    async def end(self, number: SubscriptionNumber, account: AccountId, entry: AuditEntry) -> bool:
        found = await self.find(number)
        if found is None or found.account != account or number in self.ended:
            return False
        self.ended.add(number)
        self.trail.append(entry)
        return True

    async def find(self, number: SubscriptionNumber) -> Subscription | None:
        self._answer()
        return self.kept.get(number)

    async def of_account(self, account: AccountId, today: date) -> Sequence[Subscription]:
        self._answer()
        counting = [
            one
            for one in self.kept.values()
            if one.account == account
            and one.number not in self.ended
            and (one.until is None or one.until >= today)
        ]
        return sorted(counting, key=lambda one: (one.created_at, int(one.number)))[::-1]

    async def delivery(self, account: AccountId) -> Delivery | None:
        self._answer()
        return self.deliveries.get(account)

    async def deliver_by(self, account: AccountId, delivery: Delivery, entry: AuditEntry) -> None:
        self._answer()
        self.deliveries[account] = delivery
        self.trail.append(entry)
