"""The vocabulary of applications (申请): what is applied for and not traded: issues and funds."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from callcenter.domain.accounts import AccountId
from callcenter.domain.orders import Station
from callcenter.domain.requests import RequestId, RequestNumber
from callcenter.domain.securities import Market, SecurityCode


class ApplicationKind(StrEnum):
    IPO = "ipo"  # 新股申购, by shares; nothing is paid before lots are drawn
    RIGHTS = "rights"  # 配股缴款, by shares
    FUND_SUBSCRIBE = "fund-subscribe"  # 基金申购, by amount, at a price that nobody knows yet
    FUND_REDEEM = "fund-redeem"  # 基金赎回, by shares, as above


FUNDS: Final = frozenset({ApplicationKind.FUND_SUBSCRIBE, ApplicationKind.FUND_REDEEM})


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationDraft:
    """An application that the caller has dictated and nobody has made yet."""

    number: RequestNumber  # exists from the read-back on, so that applying twice applies once
    account: AccountId
    kind: ApplicationKind
    market: Market | None  # None for open-end funds, which have no market
    code: SecurityCode
    quantity: Decimal  # yuan for a subscription of a fund, else shares; a fund's have two places

    def __post_init__(self) -> None:
        if self.quantity <= 0:
            raise ValueError(f"quantity must be positive, was {self.quantity}")
        if (self.market is None) != (self.kind in FUNDS):
            raise ValueError(f"market must be told unless it is a fund, was {self.market}")
        places = 2 if self.kind in FUNDS else 0
        if self.quantity.as_tuple().exponent != -places:
            raise ValueError(f"quantity must have {places} places, was {self.quantity}")


class ApplicationState(StrEnum):
    PENDING = "pending"  # written down; the counter has not answered yet
    UNKNOWN = "unknown"  # no answer: looked up, never sent again, never called failed
    MANUAL = "manual"  # nobody knew for too long: a task for a person
    ACCEPTED = "accepted"  # the counter took it; the registrar has not spoken
    REJECTED = "rejected"  # the counter said no
    WITHDRAWN = "withdrawn"  # never reached the counter within its promise; it never will
    CANCELLED = "cancelled"  # 已撤, by the customer, where that is allowed
    VOID = "void"  # 无效: the registrar did not count it, as a second one for one issue
    CONFIRMED = "confirmed"  # 确认: the registrar has booked the shares, or the money
    NOT_CONFIRMED = "not-confirmed"  # 确认失败: the registrar said no; what was held is free
    NOT_ALLOTTED = "not-allotted"  # 未中签
    ALLOTTED = "allotted"  # 中签: to be paid by 16:00 of the second trading day
    PAYMENT_DUE = "payment-due"  # 待缴款: there was not enough money to take it
    PAID = "paid"  # 已缴款
    FORFEITED = "forfeited"  # 弃购: it was not paid in time


_S = ApplicationState
_WITHOUT_WORD: Final = frozenset({_S.PENDING, _S.UNKNOWN, _S.MANUAL})
_ALLOTTED: Final = frozenset({_S.ALLOTTED, _S.PAYMENT_DUE, _S.PAID, _S.FORFEITED})
_ENDS: Final = frozenset(
    {_S.CANCELLED, _S.VOID, _S.CONFIRMED, _S.NOT_CONFIRMED, _S.NOT_ALLOTTED} | _ALLOTTED
)
# We may have been away for days, and hear of what has become of it in one word.
_FOUND: Final = frozenset({_S.ACCEPTED, _S.REJECTED}) | _ENDS

_NEXT: Final[dict[ApplicationState, frozenset[ApplicationState]]] = {
    _S.PENDING: _FOUND | {_S.UNKNOWN, _S.WITHDRAWN, _S.MANUAL},
    _S.UNKNOWN: _FOUND | {_S.WITHDRAWN, _S.MANUAL},
    # Other than a transfer: that the counter has it is all that was to be found out.
    _S.MANUAL: _FOUND,
    _S.ACCEPTED: _ENDS,
    _S.ALLOTTED: frozenset({_S.PAYMENT_DUE, _S.PAID, _S.FORFEITED}),
    _S.PAYMENT_DUE: frozenset({_S.PAID, _S.FORFEITED}),
    _S.REJECTED: frozenset(),
    _S.WITHDRAWN: frozenset(),
    _S.CANCELLED: frozenset(),
    _S.VOID: frozenset(),
    _S.CONFIRMED: frozenset(),
    _S.NOT_CONFIRMED: frozenset(),
    _S.NOT_ALLOTTED: frozenset(),
    _S.PAID: frozenset(),
    _S.FORFEITED: frozenset(),
}

OPEN: Final = frozenset(state for state in ApplicationState if _NEXT[state])
"""Somebody still has a word to say."""

NOT_COUNTED: Final = frozenset({_S.REJECTED, _S.WITHDRAWN, _S.VOID, _S.CANCELLED})
"""These leave room for another application for the same issue; all others exclude it."""

WAITS_LONG: Final = OPEN - _WITHOUT_WORD
"""It takes days until lots are drawn or a registrar speaks, and nothing is wrong meanwhile."""


def may_become(now: ApplicationState, then: ApplicationState) -> bool:
    """Tell whether an application moves that way. Whatever may not is recorded and not applied."""
    return then in _NEXT[now]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationOutcome:
    """What became of an application so far, and the message number (消息号) if it was refused."""

    state: ApplicationState
    message: int | None = None
    shares: Decimal | None = None  # allotted or confirmed
    amount: Decimal | None = None  # yuan: paid, to be paid, or paid out
    price: Decimal | None = None  # of the issue; of a fund, the net value that counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """An application that was written down, with where it came from and what became of it."""

    draft: ApplicationDraft
    request_id: RequestId
    trade_date: date
    station: Station
    outcome: ApplicationOutcome
    created_at: datetime
    updated_at: datetime

    @property
    def number(self) -> RequestNumber:
        return self.draft.number

    @property
    def account(self) -> AccountId:
        return self.draft.account

    @property
    def state(self) -> ApplicationState:
        return self.outcome.state


@dataclass(frozen=True, slots=True, kw_only=True)
class NewIssue:
    """New shares that may be subscribed today (新股)."""

    market: Market
    code: SecurityCode  # 申购代码
    name: str
    name_en: str
    board: str
    price: Decimal
    most: int | None = None  # the most of one order that the issuer allows


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsIssue:
    """Shares that a holder may buy for what was held on the record date (配股)."""

    market: Market
    code: SecurityCode  # 配股代码
    name: str
    name_en: str
    price: Decimal
    entitled: int  # shares that this customer may buy, less what was paid
    day: int  # of the payment period, from 1


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFund:
    """A fund outside the exchanges; nobody knows today's net value before the evening."""

    code: SecurityCode
    name: str
    name_en: str
    net_value: Decimal  # the last one
    of: date  # its day
    least: Decimal  # yuan of one subscription
    most: Decimal | None = None
    may_subscribe: bool = True
    may_redeem: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FundHolding:
    """Shares of a fund; those that are being redeemed are not among the redeemable ones."""

    fund: OpenFund
    shares: Decimal
    redeemable: Decimal
