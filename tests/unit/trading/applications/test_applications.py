"""What a customer may apply for, how much, and what becomes of it."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from callcenter.domain.accounts import AccountId, Customer, Money
from callcenter.domain.applications import (
    Application,
    ApplicationDraft,
    ApplicationKind,
    ApplicationOutcome,
    ApplicationState,
)
from callcenter.domain.audit import Action
from callcenter.domain.errors import CounterUnavailable, OutcomeUnknown, Refused, StoreUnavailable
from callcenter.domain.events import ApplicationMoved
from callcenter.domain.orders import Station
from callcenter.domain.refusals import Refusal
from callcenter.domain.requests import RequestNumber
from callcenter.domain.securities import Market, SecurityCode
from callcenter.trading.applications.matter import APPLICATION
from callcenter.trading.applications.rules import ApplicationRules
from callcenter.trading.applications.service import ApplicationHouse, Applications
from callcenter.trading.requests.engine import Requests
from callcenter.trading.requests.reconciliation import RequestReconciliation
from tests import make, rules
from tests.fakes.clock import FakeClock
from tests.fakes.desk import ACCEPTED, FUND, HOLDING, ISSUE, RIGHTS, FakeDesk
from tests.fakes.requests import FakeApplicationBook

S = ApplicationState
K = ApplicationKind
CUSTOMER, STATION = make.customer(), make.station()
OWNER = CUSTOMER.account
PROMISE, PATIENCE = timedelta(seconds=20), timedelta(minutes=10)


@dataclass(slots=True, kw_only=True)
class Office:
    """The service over fakes and the shipped rule book."""

    desk: FakeDesk = field(default_factory=FakeDesk)
    clock: FakeClock = field(default_factory=FakeClock)
    usable: Decimal = Decimal("10000.00")
    admits: bool = True
    book: FakeApplicationBook = field(init=False)

    def __post_init__(self) -> None:
        self.book = FakeApplicationBook(self.clock)

    @property
    def service(self) -> Applications:
        house = ApplicationHouse(
            admit=self._admit,
            money=self._money,
            rules=ApplicationRules(rules.book().tables),
        )
        return Applications(self.desk, self.book, self.clock, self.requests(), house)

    def requests(self) -> Requests[Application, ApplicationOutcome]:
        return Requests(
            APPLICATION, self.desk, self.book, self.clock, promise=PROMISE, patience=PATIENCE
        )

    async def apply(self, draft: ApplicationDraft) -> ApplicationOutcome:
        return await self.service.apply(draft, CUSTOMER, STATION)

    async def fails(self, draft: ApplicationDraft) -> Refusal:
        with pytest.raises(Refused) as refused:
            await self.apply(draft)
        assert self.desk.applied == []
        return refused.value.reason

    async def cancel(self, number: int = 1) -> ApplicationOutcome:
        return await self.service.cancel(_number(number), CUSTOMER, STATION)

    async def reconcile(self, after: timedelta = timedelta()) -> None:
        self.clock.forward(after)
        await RequestReconciliation(APPLICATION, self.book, self.requests(), every_s=1).once()

    def say(self, outcome: ApplicationOutcome) -> None:
        """Let the registrar speak of the only application."""
        [request_id] = self.desk.known
        self.desk.known[request_id] = outcome

    @property
    def outcome(self) -> ApplicationOutcome:
        [application] = self.book.kept.values()
        return application.outcome

    def _admit(self, customer: Customer, station: Station) -> None:
        if not self.admits:
            raise Refused(Refusal.ACCOUNT_FROZEN)

    async def _money(self, account: AccountId) -> Money:
        return Money(
            usable=self.usable, withdrawable=Decimal(0), frozen=Decimal(0), total=Decimal(0)
        )


@pytest.fixture
def office() -> Office:
    return Office()


def _number(number: int) -> RequestNumber:
    return RequestNumber(f"7000{number:04}")


def shares(quantity: int = 500, number: int = 1, **changes: Any) -> ApplicationDraft:
    return make.application_draft(number=_number(number), quantity=Decimal(quantity), **changes)


def rights(quantity: int = 90, **changes: Any) -> ApplicationDraft:
    market, code = RIGHTS.market, RIGHTS.code
    return shares(quantity, **{"kind": K.RIGHTS, "market": market, "code": code} | changes)


def fund(kind: K, quantity: str, **changes: Any) -> ApplicationDraft:
    fields = {"kind": kind, "market": None, "code": FUND.code, "quantity": Decimal(quantity)}
    return make.application_draft(number=_number(1), **fields | changes)


def subscribe(amount: str = "1000.00", **changes: Any) -> ApplicationDraft:
    return fund(K.FUND_SUBSCRIBE, amount, **changes)


def redeem(quantity: str = "800.00", **changes: Any) -> ApplicationDraft:
    return fund(K.FUND_REDEEM, quantity, **changes)


@pytest.mark.parametrize("draft", [shares(), rights(), subscribe(), redeem()])
async def test_what_is_applied_for_is_written_down_sent_and_accepted(
    office: Office, draft: ApplicationDraft
) -> None:
    assert await office.apply(draft) == ACCEPTED

    assert [application.draft for application in office.desk.applied] == [draft]
    assert office.outcome == ACCEPTED
    assert office.book.outbox == [
        ApplicationMoved(number=draft.number, account=OWNER, state=S.PENDING),
        ApplicationMoved(number=draft.number, account=OWNER, state=S.ACCEPTED),
    ]
    assert [entry.action for entry in office.book.trail] == [
        Action.APPLICATION,
        Action.APPLICATION_ANSWER,
    ]


@pytest.mark.parametrize(
    ("changes", "draft", "reason"),
    [
        # 5,000 yuan of 50,000 are a unit of 500, so ten units; the issuer allows 9,500 shares
        ({}, shares(501), Refusal.WRONG_SUBSCRIPTION_UNIT),
        ({"values": {Market.SH: Decimal("24999.00")}}, shares(2_500), Refusal.OVER_QUOTA),
        ({"values": {Market.SH: Decimal(9_999)}}, shares(), Refusal.NO_QUOTA),
        ({"values": {Market.SH: Decimal(900_000)}}, shares(10_000), Refusal.OVER_QUOTA),
        ({"on_sale": ()}, shares(), Refusal.NOT_SUBSCRIPTION_DAY),
        ({}, shares(market=Market.SZ), Refusal.NOT_SUBSCRIPTION_DAY),
        (
            {"missed": [date(2026, 9, 1), date(2026, 9, 2), date(2026, 9, 3)]},
            shares(),
            Refusal.BARRED_FROM_ISSUES,
        ),
        ({}, rights(91), Refusal.OVER_RIGHTS),
        ({"entitled": ()}, rights(), Refusal.NO_RIGHTS),
        ({"entitled": (replace(RIGHTS, entitled=0),)}, rights(), Refusal.NO_RIGHTS),
        ({"entitled": (replace(RIGHTS, day=6),)}, rights(), Refusal.RIGHTS_PERIOD_OVER),
        ({"entitled": (replace(RIGHTS, price=Decimal(200)),)}, rights(), Refusal.NOT_ENOUGH_MONEY),
        ({}, subscribe("9.99"), Refusal.FUND_AMOUNT_TOO_SMALL),
        ({}, subscribe("100000.01"), Refusal.FUND_AMOUNT_TOO_LARGE),
        ({}, subscribe("10000.01"), Refusal.NOT_ENOUGH_MONEY),
        ({}, subscribe(code=SecurityCode("999999")), Refusal.UNKNOWN_FUND),
        (
            {"funds": (replace(FUND, may_subscribe=False),)},
            subscribe(),
            Refusal.FUND_SUBSCRIPTION_SUSPENDED,
        ),
        ({}, redeem("800.01"), Refusal.NOT_ENOUGH_FUND_SHARES),
        ({"held": ()}, redeem("0.01"), Refusal.NOT_ENOUGH_FUND_SHARES),
        (
            {"funds": (replace(FUND, may_redeem=False),)},
            redeem(),
            Refusal.FUND_REDEMPTION_SUSPENDED,
        ),
    ],
)
async def test_what_may_not_be_applied_for_is_refused_and_not_sent(
    changes: dict[str, Any], draft: ApplicationDraft, reason: Refusal
) -> None:
    office = Office(desk=FakeDesk(**changes))

    assert await office.fails(draft) is reason
    assert (office.book.kept, office.book.trail) == ({}, [])


async def test_an_account_that_may_not_trade_applies_for_nothing(office: Office) -> None:
    office.admits = False

    assert await office.fails(shares()) is Refusal.ACCOUNT_FROZEN


@pytest.mark.parametrize(
    ("value", "most"), [("9999.99", 0), ("10000.00", 1_000), ("24999.00", 2_000), ("900000", 9_500)]
)
async def test_the_quota_is_units_of_the_market_value(value: str, most: int) -> None:
    office = Office(desk=FakeDesk(values={Market.SH: Decimal(value)}))

    assert await office.service.quota(OWNER, ISSUE) == most


async def test_an_issue_is_applied_for_once(office: Office) -> None:
    await office.apply(shares(500, 1))

    with pytest.raises(Refused) as refused:
        await office.apply(shares(1_000, 2))

    assert refused.value.reason is Refusal.DUPLICATE_SUBSCRIPTION
    assert len(office.desk.applied) == 1


async def test_an_issue_is_applied_for_once_from_two_daemons_at_once(office: Office) -> None:
    outcomes = await asyncio.gather(
        *(office.apply(shares(500, number)) for number in range(1, 5)), return_exceptions=True
    )

    assert outcomes.count(ACCEPTED) == 1
    assert len(office.desk.applied) == len(office.book.kept) == 1


async def test_after_a_rejection_an_issue_may_be_applied_for_again(office: Office) -> None:
    office.desk.answers = ApplicationOutcome(state=S.REJECTED, message=8001)
    await office.apply(shares(500, 1))
    office.desk.answers = ACCEPTED

    assert await office.apply(shares(500, 2)) == ACCEPTED


async def test_the_same_draft_again_is_told_what_became_of_it(office: Office) -> None:
    first, second = await office.apply(shares()), await office.apply(shares())

    assert first == second == ACCEPTED
    assert len(office.desk.applied) == 1


async def test_without_the_book_nothing_is_sent(office: Office) -> None:
    office.book.gone = True

    with pytest.raises(StoreUnavailable):
        await office.apply(shares())

    assert office.desk.applied == []


@pytest.mark.parametrize(
    ("trouble", "then"), [("loses_answers", S.ACCEPTED), ("loses_requests", S.WITHDRAWN)]
)
async def test_an_unknown_outcome_is_looked_up_and_never_sent_again(trouble: str, then: S) -> None:
    office = Office(desk=FakeDesk(**{trouble: True}))  # type: ignore[arg-type]
    assert (await office.apply(shares())).state is S.UNKNOWN

    await office.reconcile(PROMISE + timedelta(seconds=1))

    assert office.outcome.state is then
    assert len(office.desk.applied) == 1


async def test_an_unknown_outcome_that_lasts_becomes_a_task(office: Office) -> None:
    office.desk.loses_answers = True
    await office.apply(shares())
    office.desk.fails_with = CounterUnavailable()

    await office.reconcile(PATIENCE + timedelta(seconds=1))
    assert office.outcome.state is S.MANUAL

    office.desk.fails_with = None
    await office.reconcile()
    assert office.outcome == ACCEPTED  # that the counter has it is all that was to be found out


async def test_a_registrar_may_take_days(office: Office) -> None:
    await office.apply(shares())

    await office.reconcile(timedelta(days=10))

    assert office.outcome == ACCEPTED


@pytest.mark.parametrize(
    "said",
    [
        [ApplicationOutcome(state=S.NOT_ALLOTTED)],
        [ApplicationOutcome(state=S.VOID)],
        [
            ApplicationOutcome(state=S.ALLOTTED, shares=Decimal(500), amount=Decimal("5025.00")),
            ApplicationOutcome(state=S.PAYMENT_DUE, shares=Decimal(500), amount=Decimal("5025.00")),
            ApplicationOutcome(state=S.FORFEITED, shares=Decimal(500)),
        ],
        [
            ApplicationOutcome(state=S.ALLOTTED, shares=Decimal(500), amount=Decimal("5025.00")),
            ApplicationOutcome(state=S.PAID, shares=Decimal(500), amount=Decimal("5025.00")),
        ],
        [ApplicationOutcome(state=S.CONFIRMED, shares=Decimal("810.05"), price=Decimal("1.2345"))],
    ],
)
async def test_what_the_registrar_says_is_followed_and_published(
    office: Office, said: list[ApplicationOutcome]
) -> None:
    await office.apply(shares())

    for outcome in said:
        office.say(outcome)
        await office.reconcile(timedelta(days=1))

    assert office.outcome == said[-1]
    states = [event.state for event in office.book.outbox]
    assert states == [S.PENDING, S.ACCEPTED, *(outcome.state for outcome in said)]


async def test_a_late_word_is_recorded_and_not_applied(office: Office) -> None:
    await office.apply(shares())
    office.say(ApplicationOutcome(state=S.NOT_ALLOTTED))
    await office.reconcile()

    async with office.book.transaction() as tx:
        assert not await tx.move(_number(1), ACCEPTED)

    assert office.outcome.state is S.NOT_ALLOTTED


async def test_new_shares_cannot_be_cancelled(office: Office) -> None:
    await office.apply(shares())

    with pytest.raises(Refused) as refused:
        await office.cancel()

    assert refused.value.reason is Refusal.NOT_CANCELLABLE
    assert office.desk.wishes == []


@pytest.mark.parametrize(
    ("market", "after", "cancelled"),
    [
        (Market.SZ, timedelta(hours=1), True),
        (Market.SZ, timedelta(days=1), False),
        (Market.SH, timedelta(hours=1), False),
    ],
)
async def test_rights_are_cancelled_where_the_market_allows_it(
    market: Market, after: timedelta, cancelled: bool
) -> None:
    office = Office(desk=FakeDesk(entitled=(replace(RIGHTS, market=market),)))
    await office.apply(rights(market=market))
    office.clock.forward(after)

    if cancelled:
        assert (await office.cancel()).state is S.CANCELLED
    else:
        with pytest.raises(Refused):
            await office.cancel()
        assert office.desk.wishes == []


@pytest.mark.parametrize("draft", [subscribe(), redeem()])
@pytest.mark.parametrize(
    ("after", "cancelled"),
    [
        (timedelta(hours=2, minutes=59), True),
        (timedelta(hours=3), False),  # 15:00
        (timedelta(days=1), False),
    ],
)
async def test_funds_are_cancelled_until_the_hour_of_their_value(
    office: Office, draft: ApplicationDraft, after: timedelta, cancelled: bool
) -> None:
    await office.apply(draft)
    office.clock.forward(after)

    if cancelled:
        assert (await office.cancel()).state is S.CANCELLED
        assert Action.APPLICATION_CANCEL in [entry.action for entry in office.book.trail]
    else:
        with pytest.raises(Refused) as refused:
            await office.cancel()
        assert refused.value.reason is Refusal.NOT_CANCELLABLE


async def test_a_cancel_without_an_answer_is_told_by_the_state_alone(office: Office) -> None:
    class Losing(FakeDesk):
        async def cancel(self, application: Application) -> None:
            await super().cancel(application)
            raise OutcomeUnknown(application.request_id)

    office.desk = Losing()
    await office.apply(subscribe())

    with pytest.raises(OutcomeUnknown):
        await office.cancel()
    await office.reconcile()

    assert office.outcome.state is S.CANCELLED


async def test_only_one_s_own_and_open_applications_are_cancelled(office: Office) -> None:
    await office.apply(subscribe())
    stranger = make.customer(account=AccountId("10000002"))

    with pytest.raises(Refused) as refused:
        await office.service.cancel(_number(1), stranger, STATION)
    assert refused.value.reason is Refusal.NO_SUCH_ORDER

    await office.cancel()
    with pytest.raises(Refused) as refused:
        await office.cancel()
    assert refused.value.reason is Refusal.NOT_CANCELLABLE
    with pytest.raises(Refused):
        await office.cancel(99)


async def test_what_there_is_to_apply_for_is_told(office: Office) -> None:
    service = office.service

    assert await service.issues_today() == (ISSUE,)
    assert await service.rights(OWNER) == (RIGHTS,)
    assert await service.fund(FUND.code) == FUND
    assert await service.holdings(OWNER) == (HOLDING,)


async def test_applications_are_found_again(office: Office) -> None:
    number = await office.service.new_number()
    await office.apply(replace(subscribe(), number=number))
    office.clock.forward(timedelta(days=1))
    await office.apply(replace(subscribe(), number=await office.service.new_number()))

    found = await office.service.find(number)
    since = await office.service.since(OWNER, make.NOON.date())

    assert found is not None
    assert [application.number for application in since] == ["70000002", "70000001"]
