"""The vocabulary of statements (对账单): what was asked for, and what is on the paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from callcenter.domain.accounts import AccountId, Money, Position
from callcenter.domain.fills import Fill
from callcenter.domain.orders import Order, Station
from callcenter.domain.periods import Period
from callcenter.domain.subscriptions import Channel, Delivery
from callcenter.domain.transfers import Transfer

StatementNumber = NewType("StatementNumber", str)


class StatementState(StrEnum):
    QUEUED = "queued"  # asked for; the document does not exist yet
    MADE = "made"  # the document waits for its delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A statement that a customer asked for, to be made once and delivered as wished."""

    number: StatementNumber  # exists from the read-back on, so that asking twice makes one
    account: AccountId
    period: Period
    delivery: Delivery
    station: Station
    state: StatementState
    created_at: datetime
    made_at: datetime | None = None
    size: int | None = None  # bytes of the document

    def __post_init__(self) -> None:
        if self.delivery.channel not in (Channel.EMAIL, Channel.FAX):
            raise ValueError(f"a statement cannot go by {self.delivery.channel}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Executed:
    """A fill with the order that it belongs to."""

    order: Order
    fill: Fill


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """What an account did in a period, the oldest first."""

    orders: Sequence[Order]
    executed: Sequence[Executed]
    transfers: Sequence[Transfer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """All that is on a statement: the past of the period, money and holdings as they are now."""

    account: AccountId
    period: Period
    at: datetime  # when money and holdings were asked for
    records: Records
    money: Money
    positions: Sequence[Position]
