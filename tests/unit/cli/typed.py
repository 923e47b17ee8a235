"""What a person types, and what comes back, over records in memory."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from typer.testing import CliRunner, Result

from callcenter.app import AuditRecord, AuditReport, CallRecord, Transcript
from callcenter.cli.commands import command_line
from callcenter.domain.accounts import AccountId, Customer, Money, Position
from callcenter.domain.applications import Application, ApplicationOutcome, ApplicationState
from callcenter.domain.calls import CallEnd, CallId, Turn
from callcenter.domain.errors import Refused, StoreUnavailable
from callcenter.domain.fills import Fill, FillKey, FillNumber
from callcenter.domain.orders import Order
from callcenter.domain.refusals import Refusal
from callcenter.domain.requests import RequestNumber
from callcenter.domain.securities import Market
from callcenter.domain.transfers import (
    Difference,
    DifferenceKind,
    Transfer,
    TransferOutcome,
    TransferState,
)
from callcenter.settings import Settings
from callcenter.storage.seal import Anchor
from callcenter.storage.verify import Finding
from callcenter.tickets.service import Tickets
from callcenter.trading.orders.differences import resolve
from callcenter.trading.orders.ports import OrderFill
from tests import make
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeOrderBook
from tests.fakes.tickets import FakeTicketBook

CALL = CallRecord(
    call=make.call(recording="/rec/1.wav"),
    account=AccountId("10000001"),
    ended_at=make.NOON,
    end=CallEnd.HUNG_UP,
)
TURNS = [
    Turn(at=make.NOON, prompts=("login",), words="请输入密码", keys="******", outcome="accepted"),
    Turn(at=make.NOON, prompts=("menu",), words="买入请按一", keys="", outcome="silence"),
]
DIFFERENCE = Difference(
    day=make.NOON.date(),
    request_id=make.transfer().request_id,
    account=AccountId("10000001"),
    kind=DifferenceKind.ONLY_BANK,
    ours="-",
    theirs="10000001 ICBC in 10000.00 done",
)
FILL = Fill(
    key=FillKey(trade_date=make.NOON.date(), market=Market.SH, number=FillNumber("7")),
    client_id=make.order().client_id,
    quantity=100,
    price=Decimal("10.05"),
    at=make.NOON,
)
BALANCES = Money(
    usable=Decimal("995.00"),
    withdrawable=Decimal("995.00"),
    frozen=Decimal("5.00"),
    total=Decimal("1000.00"),
)


def type_in(*words: str) -> Result:
    """Type one command."""
    return CliRunner().invoke(command_line(*words[:1]), words)


class FakeRecords:
    """One call with its turns, one order, one row of the trail; `gone` with the database."""

    def __init__(self) -> None:
        self.gone = False
        self.findings: tuple[Finding, ...] = ()
        self.asked: dict[str, object] = {}
        self.placed = [make.order()]
        self.order_book = FakeOrderBook()
        self.ticket_book = FakeTicketBook()

    @property
    def queries(self) -> "FakeRecords":
        return self

    @property
    def counter(self) -> "FakeRecords":
        return self

    @property
    def tickets(self) -> Tickets:
        return Tickets(self.ticket_book, FakeClock())

    @property
    def transfers(self) -> "FakeRecords":
        return self

    @asynccontextmanager
    async def open(self, _: Settings) -> AsyncIterator["FakeRecords"]:
        if self.gone:
            raise StoreUnavailable("the database does not answer")
        yield self

    async def calls(
        self, *, last: int, caller: str | None, account: AccountId | None
    ) -> Sequence[CallRecord]:
        self.asked = {"last": last, "caller": caller, "account": account}
        return [CALL]

    async def transcript(self, call: CallId) -> Transcript | None:
        return Transcript(record=CALL, turns=TURNS) if call == CALL.call.id else None

    async def orders(
        self, *, last: int, account: AccountId | None, call: CallId | None
    ) -> Sequence[Order]:
        self.asked = {"last": last, "account": account, "call": call}
        return self.placed

    async def orders_of(self, first: date, last: date) -> AsyncIterator[Order]:
        self.asked = {"first": first, "last": last}
        for order in self.placed:
            yield order

    async def fills(self, *, last: int, account: AccountId | None) -> Sequence[OrderFill]:
        self.asked = {"last": last, "account": account}
        return [OrderFill(order=make.order(), fill=FILL)]

    async def resolve_difference(self, difference: int, *, by: str, why: str) -> bool:
        return await resolve(self.order_book, FakeClock(), difference, by=by, why=why)

    async def audit(
        self,
        *,
        caller: str | None,
        account: AccountId | None,
        since: datetime | None,
        until: datetime | None,
    ) -> AsyncIterator[AuditRecord]:
        self.asked = {"since": since, "until": until}
        yield AuditRecord(id=1, entry=make.entry())

    async def money(self, account: AccountId) -> Money:
        if account != CALL.account:
            raise Refused(Refusal.LOGIN_FAILED)
        return BALANCES

    async def customer(self, account: AccountId) -> Customer:
        if account != CALL.account:
            raise Refused(Refusal.LOGIN_FAILED)
        return make.customer()

    async def positions(self, account: AccountId) -> Sequence[Position]:
        return [Position(security=make.security(), total=300, sellable=200, frozen=100)]

    @property
    def applications(self) -> "FakeApplications":
        return FakeApplications()

    async def resolve_application(
        self, number: RequestNumber, outcome: ApplicationOutcome, *, by: str, why: str
    ) -> bool:
        self.asked = {"outcome": outcome, "by": by, "why": why}
        return number == make.application().number

    async def newest(
        self, *, last: int, account: AccountId | None, state: TransferState | None
    ) -> Sequence[Transfer]:
        self.asked = {"last": last, "account": account, "state": state}
        return [make.transfer(TransferState.MANUAL)]

    async def differences(self, *, last: int) -> Sequence[Difference]:
        self.asked = {"last": last}
        return [DIFFERENCE]

    async def resolve_transfer(
        self, number: RequestNumber, outcome: TransferOutcome, *, by: str, why: str
    ) -> bool:
        self.asked = {"outcome": outcome, "by": by, "why": why}
        return number == make.transfer().number

    async def verify_audit(self, known: str | None) -> AuditReport:
        last = Anchor.parse(known) if known else Anchor(seal_no=1, digest=bytes(32))
        return AuditReport(
            seals=1, unsealed=0, oldest_unsealed=None, last=last, findings=self.findings
        )

    async def audit_anchor(self) -> Anchor:
        return Anchor(seal_no=1, digest=bytes(32))


class FakeApplications:
    """Two applications, which the fake records have."""

    async def newest(
        self, *, last: int, account: AccountId | None, state: ApplicationState | None
    ) -> Sequence[Application]:
        allotted = ApplicationOutcome(
            state=ApplicationState.ALLOTTED,
            shares=Decimal(500),
            amount=Decimal("5025.00"),
            price=Decimal("10.05"),
        )
        made = [replace(make.application(), outcome=allotted), make.application(number="70000002")]
        fits = [one for one in made if account in (None, one.account)]
        return [one for one in fits if state in (None, one.state)][:last]
