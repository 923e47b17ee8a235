"""Facts that happened, in the past tense. Written with the fact, read by `notify`."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias

from callcenter.domain.accounts import AccountId
from callcenter.domain.applications import ApplicationState
from callcenter.domain.calls import CallerNumber
from callcenter.domain.fills import FillKey
from callcenter.domain.orders import OrderNumber, OrderState
from callcenter.domain.passwords import OwnPassword, PasswordState
from callcenter.domain.requests import RequestNumber
from callcenter.domain.statements import StatementNumber
from callcenter.domain.subscriptions import Channel
from callcenter.domain.transfers import TransferState


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderMoved:
    """An order came into a state; the first one is PENDING."""

    number: OrderNumber
    account: AccountId
    state: OrderState
    message: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferMoved:
    """A bank transfer came into a state; the first one is PENDING."""

    number: RequestNumber
    account: AccountId
    state: TransferState
    message: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationMoved:
    """An application came into a state; the first one is PENDING."""

    number: RequestNumber
    account: AccountId
    state: ApplicationState
    message: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordMoved:
    """A change of a password came into a state; the first one is PENDING."""

    number: RequestNumber
    account: AccountId
    which: OwnPassword
    state: PasswordState
    message: int | None = None


RequestMoved: TypeAlias = TransferMoved | ApplicationMoved | PasswordMoved


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementMade:
    """The document of a statement exists, and is to be delivered so; a number only for a fax."""

    number: StatementNumber
    account: AccountId
    channel: Channel
    fax_number: CallerNumber | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FillHappened:
    """A part of an order was filled: so many shares at this price, of those so many in all."""

    number: OrderNumber
    account: AccountId
    fill: FillKey
    quantity: int
    price: Decimal
    filled: int  # shares of the order so far, this fill included
    at: datetime


OrderEvent: TypeAlias = OrderMoved | FillHappened
