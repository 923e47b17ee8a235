"""Ready-made values. A test names only what it is about."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from callcenter.domain.accounts import (
    AccountId,
    AccountStatus,
    BranchCode,
    Customer,
    Money,
    Permission,
    Position,
)
from callcenter.domain.applications import (
    Application,
    ApplicationDraft,
    ApplicationKind,
    ApplicationOutcome,
    ApplicationState,
)
from callcenter.domain.audit import Action, AuditEntry
from callcenter.domain.calls import Call, CallerNumber, CallId, Did
from callcenter.domain.clock import BEIJING
from callcenter.domain.fills import Fill, FillKey, FillNumber
from callcenter.domain.orders import (
    Draft,
    Order,
    OrderNumber,
    OrderState,
    Side,
    Station,
    client_order_id,
)
from callcenter.domain.passwords import (
    OwnPassword,
    PasswordChange,
    PasswordOutcome,
    PasswordState,
)
from callcenter.domain.periods import this_month
from callcenter.domain.requests import RequestNumber, request_id
from callcenter.domain.securities import Board, Market, Quote, Security, SecurityCode
from callcenter.domain.statements import (
    Contents,
    Executed,
    Records,
    Statement,
    StatementNumber,
    StatementState,
)
from callcenter.domain.subscriptions import (
    Channel,
    Crossing,
    Delivery,
    PriceAlert,
    Subscription,
    SubscriptionNumber,
    Wish,
)
from callcenter.domain.tickets import CallBack, Ticket, TicketKind, TicketNumber, TicketState
from callcenter.domain.transfers import (
    BankCode,
    Direction,
    Transfer,
    TransferDraft,
    TransferOutcome,
    TransferState,
)

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=BEIJING)

_CALL = Call(
    id=CallId("pbx-1.1"),
    caller=CallerNumber("+8613800138000"),
    did=Did("4008"),
    branch=None,
    answered_at=NOON,
)
_STATION = Station(call=_CALL.id, caller=_CALL.caller, did=_CALL.did, branch=_CALL.branch)
_SECURITY = Security(
    market=Market.SH,
    code=SecurityCode("600000"),
    name="浦发银行",
    name_en="Pudong Development Bank",
    board=Board.SH_MAIN,
)
_MARKETS = {
    Board.SZ_MAIN: Market.SZ,
    Board.CHINEXT: Market.SZ,
    Board.SZ_B: Market.SZ,
    Board.BSE: Market.BJ,
}
_CUSTOMER = Customer(
    account=AccountId("10000001"),
    branch=BranchCode("001"),
    status=AccountStatus.NORMAL,
    permissions=frozenset({Permission.STAR, Permission.CHINEXT, Permission.BSE}),
)


def call(**changes: Any) -> Call:
    return replace(_CALL, **changes)


def station(**changes: Any) -> Station:
    return replace(_STATION, **changes)


def security(**changes: Any) -> Security:
    """Return a security; one of another board is listed where that board is."""
    if "board" in changes:
        changes.setdefault("market", _MARKETS.get(changes["board"], Market.SH))
    return replace(_SECURITY, **changes)


def customer(**changes: Any) -> Customer:
    return replace(_CUSTOMER, **changes)


def draft(**changes: Any) -> Draft:
    made = Draft(
        number=OrderNumber("60000001"),
        account=_CUSTOMER.account,
        side=Side.BUY,
        security=_SECURITY,
        price=Decimal("10.05"),
        quantity=100,
    )
    return replace(made, **changes)


def order(**changes: Any) -> Order:
    """Return an order; fields of its draft (`number`, `quantity`, …) may be named directly."""
    of_draft = {name: changes.pop(name) for name in list(changes) if name in Draft.__slots__}
    wanted = draft(**of_draft)
    made = Order(
        draft=wanted,
        client_id=client_order_id(NOON.date(), wanted.number),
        trade_date=NOON.date(),
        station=_STATION,
        state=OrderState.PENDING,
        message=None,
        filled=0,
        created_at=NOON,
        updated_at=NOON,
    )
    return replace(made, **changes)


def ticket(**changes: Any) -> Ticket:
    made = Ticket(
        number=TicketNumber("80000001"),
        kind=TicketKind.COMPLAINT,
        account=None,
        station=_STATION,
        recording="/rec/2026/11/20/pbx-1.1-80000001.wav",
        seconds=12.5,
        call_back=CallBack(number=_CALL.caller),
        state=TicketState.OPEN,
        opened_at=NOON,
        updated_at=NOON,
    )
    return replace(made, **changes)


def entry(**changes: Any) -> AuditEntry:
    made = AuditEntry(
        at=NOON,
        station=_STATION,
        account=_CUSTOMER.account,
        action=Action.ORDER,
        outcome="pending",
        details={"number": "60000001"},
    )
    return replace(made, **changes)


def quote(of: Security = _SECURITY, **changes: Any) -> Quote:
    made = Quote(
        security=of,
        last=Decimal("10.05"),
        previous_close=Decimal("10.00"),
        high=Decimal("10.20"),
        low=Decimal("9.95"),
        bid=Decimal("10.04"),
        ask=Decimal("10.05"),
        volume=12_345_600,
        at=NOON,
    )
    return replace(made, **changes)


def transfer_draft(**changes: Any) -> TransferDraft:
    made = TransferDraft(
        number=RequestNumber("70000001"),
        account=_CUSTOMER.account,
        bank=BankCode("ICBC"),
        direction=Direction.IN,
        amount=Decimal("10000.00"),
    )
    return replace(made, **changes)


def transfer(
    state: TransferState = TransferState.PENDING, message: int | None = None, **changes: Any
) -> Transfer:
    """Return a transfer; fields of its draft (`number`, `amount`, …) may be named directly."""
    fields = TransferDraft.__slots__
    wanted = transfer_draft(**{name: changes.pop(name) for name in list(changes) if name in fields})
    made = Transfer(
        draft=wanted,
        request_id=request_id(NOON.date(), wanted.number),
        trade_date=NOON.date(),
        station=_STATION,
        outcome=TransferOutcome(state=state, message=message),
        created_at=NOON,
        updated_at=NOON,
    )
    return replace(made, **changes)


def password_change(
    state: PasswordState = PasswordState.PENDING, number: str = "70000001", **changes: Any
) -> PasswordChange:
    made = PasswordChange(
        number=RequestNumber(number),
        account=_CUSTOMER.account,
        which=OwnPassword.TRADE,
        request_id=request_id(NOON.date(), RequestNumber(number)),
        trade_date=NOON.date(),
        station=_STATION,
        outcome=PasswordOutcome(state=state),
        created_at=NOON,
        updated_at=NOON,
    )
    return replace(made, **changes)


def statement(number: str = "85000001", **changes: Any) -> Statement:
    made = Statement(
        number=StatementNumber(number),
        account=_CUSTOMER.account,
        period=this_month(NOON.date()),
        delivery=Delivery(channel=Channel.EMAIL),
        station=_STATION,
        state=StatementState.QUEUED,
        created_at=NOON,
    )
    return replace(made, **changes)


def contents(**changes: Any) -> Contents:
    """Return what is on a statement of an account that did nothing and holds one security."""
    made = Contents(
        account=_CUSTOMER.account,
        period=this_month(NOON.date()),
        at=NOON,
        records=Records(orders=[], executed=[], transfers=[]),
        money=Money(
            usable=Decimal("88888888.88"),
            withdrawable=Decimal("995.00"),
            frozen=Decimal("5.00"),
            total=Decimal("88989388.88"),
        ),
        positions=[Position(security=_SECURITY, total=10_000, sellable=9_900, frozen=100)],
    )
    return replace(made, **changes)


def executed(of: Order, number: str = "1", quantity: int = 100) -> Executed:
    """Return a fill of an order at its price."""
    key = FillKey(
        trade_date=of.trade_date, market=of.draft.security.market, number=FillNumber(number)
    )
    fill = Fill(key=key, client_id=of.client_id, quantity=quantity, price=of.draft.price, at=NOON)
    return Executed(order=of, fill=fill)


def alert(**changes: Any) -> PriceAlert:
    made = PriceAlert(security=_SECURITY, crossing=Crossing.ABOVE, price=Decimal("11.00"))
    return replace(made, **changes)


def subscription(number: str = "1", wish: Wish | None = None, **changes: Any) -> Subscription:
    """Return a price alert, or what is wished."""
    wish = wish or alert()
    made = Subscription(
        number=SubscriptionNumber(number),
        account=_CUSTOMER.account,
        wish=wish,
        created_at=NOON,
        until=NOON.date() if isinstance(wish, PriceAlert) else None,
    )
    return replace(made, **changes)


def application_draft(**changes: Any) -> ApplicationDraft:
    made = ApplicationDraft(
        number=RequestNumber("70000001"),
        account=_CUSTOMER.account,
        kind=ApplicationKind.IPO,
        market=Market.SH,
        code=SecurityCode("730001"),
        quantity=Decimal(500),
    )
    return replace(made, **changes)


def application(
    state: ApplicationState = ApplicationState.PENDING,
    message: int | None = None,
    **changes: Any,
) -> Application:
    """Return an application; fields of its draft (`number`, `kind`, …) may be named directly."""
    fields = ApplicationDraft.__slots__
    named = {name: changes.pop(name) for name in list(changes) if name in fields}
    wanted = application_draft(**named)
    made = Application(
        draft=wanted,
        request_id=request_id(NOON.date(), wanted.number),
        trade_date=NOON.date(),
        station=_STATION,
        outcome=ApplicationOutcome(state=state, message=message),
        created_at=NOON,
        updated_at=NOON,
    )
    return replace(made, **changes)
