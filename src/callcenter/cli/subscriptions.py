"""The command about subscriptions (业务定制): what customers want to be told, and how."""

from typing import Final

from callcenter.app import Reports
from callcenter.cli.asking import Account, AsJson, Last, account_id, answer_to, show_records
from callcenter.cli.records import Record
from callcenter.domain.clock import trade_date
from callcenter.domain.subscriptions import DailyQuote, Delivery, PriceAlert, Subscription

_COLUMNS: Final = (
    "account",
    "kind",
    "security",
    "crossing",
    "price",
    "at",
    "until",
    "channel",
    "reached_at",
)


def subscriptions(
    account: Account = None,
    last: Last = 1000,
    as_json: AsJson = False,
) -> None:
    """List what customers want to be told, the newest first; not what is over."""

    async def ask(reports: Reports) -> list[Record]:
        today = trade_date(reports.clock.now())
        found = await reports.subscriptions.newest(
            last=last, account=account_id(account), today=today
        )
        return [subscription_record(one, delivery) for one, delivery in found]

    show_records(answer_to(ask), _COLUMNS, as_json)


def subscription_record(subscription: Subscription, delivery: Delivery | None) -> Record:
    wish = subscription.wish
    security = wish.security if isinstance(wish, PriceAlert | DailyQuote) else None
    return {
        "subscription_number": subscription.number,
        "account": subscription.account,
        "kind": wish.kind,
        "security": security.id if security else None,
        "name": security.name if security else None,
        "crossing": wish.crossing if isinstance(wish, PriceAlert) else None,
        "price": wish.price if isinstance(wish, PriceAlert) else None,
        "at": f"{wish.at:%H:%M}" if isinstance(wish, DailyQuote) else None,
        "until": subscription.until,
        "channel": delivery.channel if delivery else None,
        "reached_at": delivery.number if delivery else None,
        "created": subscription.created_at,
    }
