"""What a customer can apply for: new shares, rights, open-end funds; whoever asks."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from callcenter.domain.accounts import AccountId, Customer, Money
from callcenter.domain.applications import (
    NOT_COUNTED,
    OPEN,
    Application,
    ApplicationDraft,
    ApplicationKind,
    ApplicationOutcome,
    ApplicationState,
    FundHolding,
    NewIssue,
    OpenFund,
    RightsIssue,
)
from callcenter.domain.audit import Action, AuditEntry
from callcenter.domain.clock import Clock, trade_date
from callcenter.domain.errors import Refused
from callcenter.domain.orders import Station
from callcenter.domain.refusals import Refusal
from callcenter.domain.requests import RequestNumber, request_id
from callcenter.domain.securities import SecurityCode
from callcenter.trading.applications.matter import APPLICATION, PENDING
from callcenter.trading.applications.ports import ApplicationBook, ApplicationDesk
from callcenter.trading.applications.rules import ApplicationRules, Subscriber
from callcenter.trading.requests.engine import Requests


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationHouse:
    """What applications ask of the rest of the house."""

    admit: Callable[[Customer, Station], None]  # raises `Refused`
    money: Callable[[AccountId], Awaitable[Money]]
    rules: ApplicationRules


class Applications:
    """Every application is sent once; what a registrar says of it comes days later."""

    def __init__(
        self,
        desk: ApplicationDesk,
        book: ApplicationBook,
        clock: Clock,
        requests: Requests[Application, ApplicationOutcome],
        house: ApplicationHouse,
    ) -> None:
        self._desk = desk
        self._book = book
        self._clock = clock
        self._requests = requests
        self._house = house

    async def issues_today(self) -> Sequence[NewIssue]:
        return await self.issues_on(self._today)

    async def issues_on(self, day: date) -> Sequence[NewIssue]:
        """Return what could be subscribed on a trade date, as far as the counter remembers."""
        return await self._desk.issues(day)

    async def quota(self, account: AccountId, issue: NewIssue) -> int:
        """Return the shares of an issue that the account may subscribe; 0 if none."""
        value = await self._desk.market_value(account, issue.market)
        return self._house.rules.quota(issue, value, self._today)

    async def rights(self, account: AccountId) -> Sequence[RightsIssue]:
        return await self._desk.rights(account, self._today)

    async def fund(self, code: SecurityCode) -> OpenFund:
        """Return a fund; raise `Refused` with UNKNOWN_FUND if there is none."""
        fund = await self._desk.fund(code)
        if fund is None:
            raise Refused(Refusal.UNKNOWN_FUND)
        return fund

    async def holdings(self, account: AccountId) -> Sequence[FundHolding]:
        return await self._desk.holdings(account)

    async def new_number(self) -> RequestNumber:
        """Return the number of the application that is about to be read back."""
        return await self._book.next_number()

    async def find(self, number: RequestNumber) -> Application | None:
        return await self._book.find(number)

    async def since(self, account: AccountId, day: date) -> Sequence[Application]:
        """Return the account's applications from a trade date on, the newest first."""
        return await self._book.of_account(account, day)

    async def of_today(self, account: AccountId) -> Sequence[Application]:
        """Return the account's applications of today, the newest first."""
        return await self._book.of_account(account, self._today)

    async def cancellable(
        self, account: AccountId, kinds: Collection[ApplicationKind]
    ) -> Sequence[Application]:
        """Return today's applications of these kinds that may be cancelled now, newest first."""
        made = await self._book.of_account(account, self._today)
        return [one for one in made if one.draft.kind in kinds and self._may_cancel(one)]

    async def check(self, draft: ApplicationDraft) -> None:
        """Raise `Refused` if this may not be applied for; the counter has the last word."""
        match draft.kind:
            case ApplicationKind.IPO:
                await self._check_issue(draft)
            case ApplicationKind.RIGHTS:
                await self._check_rights(draft)
            case ApplicationKind.FUND_SUBSCRIBE:
                fund = await self.fund(draft.code)
                self._house.rules.check_subscribe(fund, draft.quantity, self._today)
                await self._check_money(draft.account, draft.quantity)
            case ApplicationKind.FUND_REDEEM:
                await self._check_redeem(draft)

    async def apply(
        self, draft: ApplicationDraft, customer: Customer, station: Station
    ) -> ApplicationOutcome:
        """
        Make the application that was confirmed; its outcome may be UNKNOWN.

        The same draft again never applies twice; it only tells what became of the first. Raise
        `Refused` or `StoreUnavailable` if it was not even written down: then nothing was sent.
        """
        if await self._book.find(draft.number) is None:
            await self._check_new(draft, customer, station)
        now = self._clock.now()
        day = trade_date(now)
        application = Application(
            draft=draft,
            request_id=request_id(day, draft.number),
            trade_date=day,
            station=station,
            outcome=PENDING,
            created_at=now,
            updated_at=now,
        )
        return await self._requests.make(application, self._desk.apply)

    async def cancel(
        self, number: RequestNumber, customer: Customer, station: Station
    ) -> ApplicationOutcome:
        """
        Ask the counter to cancel an application, and return how it stands then.

        Raise `Refused` if it cannot be cancelled, `OutcomeUnknown` if nobody answered.
        """
        self._house.admit(customer, station)
        application = await self._book.find(number)
        if application is None or application.account != customer.account:
            raise Refused(Refusal.NO_SUCH_ORDER)
        if application.state not in OPEN:
            raise Refused(Refusal.NOT_CANCELLABLE)
        self._check_cancel(application)
        await self._audit_cancel(application, station)
        await self._desk.cancel(application)
        return await self._requests.settle(application)

    @property
    def _today(self) -> date:
        return trade_date(self._clock.now())

    def _may_cancel(self, application: Application) -> bool:
        if application.state is not ApplicationState.ACCEPTED:
            return False
        try:
            self._check_cancel(application)
        except Refused:
            return False
        return True

    def _check_cancel(self, application: Application) -> None:
        draft, now = application.draft, self._clock.now()
        self._house.rules.check_cancel(draft.kind, draft.market, application.created_at, now)

    async def _check_new(
        self, draft: ApplicationDraft, customer: Customer, station: Station
    ) -> None:
        try:
            self._house.admit(customer, station)
            await self.check(draft)
        except Refused:
            # Another daemon may have written it down meanwhile: it stands in its own way then.
            if await self._book.find(draft.number) is None:
                raise

    async def _check_issue(self, draft: ApplicationDraft) -> None:
        wanted = (draft.market, draft.code)
        issues = await self._desk.issues(self._today)
        issue = next((one for one in issues if (one.market, one.code) == wanted), None)
        if issue is None:
            raise Refused(Refusal.NOT_SUBSCRIPTION_DAY)
        earlier = await self._book.of_account(draft.account, self._today)
        counted = [one for one in earlier if one.state not in NOT_COUNTED]
        subscriber = Subscriber(
            market_value=await self._desk.market_value(draft.account, issue.market),
            earlier=sum((one.draft.market, one.draft.code) == wanted for one in counted),
            misses=await self._desk.misses(draft.account),
        )
        quantity = int(draft.quantity)
        self._house.rules.check_issue(issue, subscriber, quantity, self._today)

    async def _check_rights(self, draft: ApplicationDraft) -> None:
        wanted = (draft.market, draft.code)
        issues = await self._desk.rights(draft.account, self._today)
        issue = next((one for one in issues if (one.market, one.code) == wanted), None)
        if issue is None:
            raise Refused(Refusal.NO_RIGHTS)
        self._house.rules.check_rights(issue, int(draft.quantity), self._today)
        await self._check_money(draft.account, issue.price * draft.quantity)

    async def _check_redeem(self, draft: ApplicationDraft) -> None:
        fund = await self.fund(draft.code)
        held = await self._desk.holdings(draft.account)
        redeemable = (one.redeemable for one in held if one.fund.code == draft.code)
        most = sum(redeemable, Decimal(0))
        self._house.rules.check_redeem(fund, draft.quantity, most, self._today)

    async def _check_money(self, account: AccountId, needed: Decimal) -> None:
        if needed > (await self._house.money(account)).usable:
            raise Refused(Refusal.NOT_ENOUGH_MONEY)

    async def _audit_cancel(self, application: Application, station: Station) -> None:
        entry = AuditEntry(
            at=self._clock.now(),
            station=station,
            account=application.account,
            action=Action.APPLICATION_CANCEL,
            outcome=application.state.value,
            details=APPLICATION.details(application),
        )
        async with self._book.transaction() as tx:
            await tx.audit(entry)
