"""A counter's desk for applications, in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from callcenter.domain.accounts import AccountId
from callcenter.domain.applications import (
    Application,
    ApplicationOutcome,
    ApplicationState,
    FundHolding,
    NewIssue,
    OpenFund,
    RightsIssue,
)
from callcenter.domain.errors import OutcomeUnknown, Refused
from callcenter.domain.refusals import Refusal
from callcenter.domain.requests import RequestId
from callcenter.domain.securities import Market, SecurityCode
from callcenter.trading.applications.ports import ApplicationDesk
from tests import make

S = ApplicationState
ACCEPTED: Final = ApplicationOutcome(state=S.ACCEPTED)

ISSUE: Final = NewIssue(
    market=Market.SH,
    code=SecurityCode("730001"),
    name="华夏新材",
    name_en="Huaxia New Materials",
    board="sh-main",
    price=Decimal("10.05"),
    most=9_500,
)
RIGHTS: Final = RightsIssue(
    market=Market.SZ,
    code=SecurityCode("080001"),
    name="平安A1配",
    name_en="Ping An Rights",
    price=Decimal("8.00"),
    entitled=90,
    day=2,
)
FUND: Final = OpenFund(
    code=SecurityCode("110011"),
    name="易方达优质",
    name_en="E Fund Quality",
    net_value=Decimal("1.2345"),
    of=make.NOON.date(),
    least=Decimal("10.00"),
    most=Decimal("100000.00"),
)
HOLDING: Final = FundHolding(fund=FUND, shares=Decimal("1000.00"), redeemable=Decimal("800.00"))


@dataclass(slots=True, kw_only=True)
class FakeDesk(ApplicationDesk):
    """
    Accepts whatever it is handed, once per request id, and remembers it in `known`.

    It fails on demand: `fails_with` is raised by every method before anything happens;
    `loses_answers` takes the application and then raises `OutcomeUnknown`; `loses_requests` raises
    it and the application is gone; `answers` is what is said instead of ACCEPTED.
    """

    fails_with: Exception | None = None
    loses_answers: bool = False
    loses_requests: bool = False
    answers: ApplicationOutcome = ACCEPTED
    on_sale: Sequence[NewIssue] = (ISSUE,)
    values: Mapping[Market, Decimal] = field(
        default_factory=lambda: {Market.SH: Decimal("50000.00")}
    )
    missed: Sequence[date] = ()
    entitled: Sequence[RightsIssue] = (RIGHTS,)
    funds: Sequence[OpenFund] = (FUND,)
    held: Sequence[FundHolding] = (HOLDING,)
    applied: list[Application] = field(default_factory=list)  # each time
    known: dict[RequestId, ApplicationOutcome] = field(default_factory=dict)
    withdrawn: set[RequestId] = field(default_factory=set)
    wishes: list[RequestId] = field(default_factory=list)  # to cancel

    async def issues(self, day: date) -> Sequence[NewIssue]:
        self._fail()
        return self.on_sale

    async def market_value(self, account: AccountId, market: Market) -> Decimal:
        self._fail()
        return self.values.get(market, Decimal(0))

    async def misses(self, account: AccountId) -> Sequence[date]:
        self._fail()
        return self.missed

    async def rights(self, account: AccountId, day: date) -> Sequence[RightsIssue]:
        self._fail()
        return self.entitled

    async def fund(self, code: SecurityCode) -> OpenFund | None:
        self._fail()
        return next((fund for fund in self.funds if fund.code == code), None)

    async def holdings(self, account: AccountId) -> Sequence[FundHolding]:
        self._fail()
        return self.held

    async def apply(self, application: Application) -> ApplicationOutcome:
        self._fail()
        self.applied.append(application)
        if self.loses_requests:
            raise OutcomeUnknown(application.request_id)
        if application.request_id in self.withdrawn:
            return ApplicationOutcome(
                state=S.REJECTED, message=Refusal.DUPLICATE_SUBSCRIPTION.value
            )
        self.known.setdefault(application.request_id, self.answers)
        if self.loses_answers:
            raise OutcomeUnknown(application.request_id)
        return self.known[application.request_id]

    async def cancel(self, application: Application) -> None:
        self._fail()
        self.wishes.append(application.request_id)
        if self.known[application.request_id].state not in (S.ACCEPTED, S.CANCELLED):
            raise Refused(Refusal.NOT_CANCELLABLE)
        self.known[application.request_id] = ApplicationOutcome(state=S.CANCELLED)

    async def find(self, request_id: RequestId) -> ApplicationOutcome | None:
        self._fail()
        return self.known.get(request_id)

    async def withdraw(self, request_id: RequestId) -> ApplicationOutcome | None:
        self._fail()
        if request_id not in self.known:
            self.withdrawn.add(request_id)
        return self.known.get(request_id)

    async def ping(self) -> None:
        self._fail()

    def _fail(self) -> None:
        if self.fails_with is not None:
            raise self.fails_with
