"""The vocabulary of subscriptions (业务定制): what a customer wants to be told, and how."""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import NewType, TypeAlias

from callcenter.domain.accounts import AccountId
from callcenter.domain.calls import CallerNumber
from callcenter.domain.securities import Security

SubscriptionNumber = NewType("SubscriptionNumber", str)


class SubscriptionKind(StrEnum):
    PRICE_ALERT = "price-alert"  # 到价提醒
    DAILY_QUOTE = "daily-quote"  # 定时行情
    EXECUTIONS = "executions"  # 成交回报
    MONTHLY_STATEMENT = "monthly-statement"  # 月度对账单


class Crossing(StrEnum):
    """From which side a price comes to the one that was named."""

    ABOVE = "above"  # 涨到
    BELOW = "below"  # 跌到


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceAlert:
    """Tell me once when the price is there; yuan, or points of an index."""

    security: Security
    crossing: Crossing
    price: Decimal

    def __post_init__(self) -> None:
        if self.price <= 0:
            raise ValueError(f"price must be positive, was {self.price}")

    @property
    def kind(self) -> SubscriptionKind:
        return SubscriptionKind.PRICE_ALERT


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyQuote:
    """Tell me the quote at this time of every trading day."""

    security: Security
    at: time  # Beijing

    @property
    def kind(self) -> SubscriptionKind:
        return SubscriptionKind.DAILY_QUOTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Executions:
    """Tell me of every fill."""

    @property
    def kind(self) -> SubscriptionKind:
        return SubscriptionKind.EXECUTIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyStatement:
    """Send me the statement of every month."""

    @property
    def kind(self) -> SubscriptionKind:
        return SubscriptionKind.MONTHLY_STATEMENT


Wish: TypeAlias = PriceAlert | DailyQuote | Executions | MonthlyStatement


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A wish of a customer, from when on and until when; None: until it is taken back."""

    number: SubscriptionNumber  # exists before it is written down, so that asking twice adds one
    account: AccountId
    wish: Wish
    created_at: datetime
    until: date | None = None  # the last day


class Channel(StrEnum):
    SMS = "sms"
    EMAIL = "email"
    PAGER = "pager"
    VOICE = "voice"
    FAX = "fax"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How a message reaches a customer; an e-mail goes to the address that the broker has."""

    channel: Channel
    number: CallerNumber | None = None  # E.164 where it can be derived; None for an e-mail

    def __post_init__(self) -> None:
        if (self.number is None) != (self.channel is Channel.EMAIL):
            raise ValueError(f"{self.channel} to {self.number!r}: only an e-mail has no number")
