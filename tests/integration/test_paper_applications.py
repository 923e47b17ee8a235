"""The paper counter's issues and funds: quotas, lots, payments, net values, to the fen."""

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from callcenter.domain.accounts import AccountId
from callcenter.domain.applications import (
    Application,
    ApplicationKind,
    ApplicationOutcome,
    ApplicationState,
)
from callcenter.domain.errors import Refused
from callcenter.domain.refusals import Refusal
from callcenter.domain.requests import RequestId, RequestNumber
from callcenter.domain.securities import Market, SecurityCode
from callcenter.gateways.paper import seed_demo
from callcenter.gateways.paper.applications import PaperApplications
from callcenter.gateways.paper.audit import audit
from callcenter.gateways.paper.database import Connection, plain
from callcenter.gateways.paper.sessions import ClockMode
from tests import make
from tests.fakes.clock import FakeClock
from tests.fakes.desk import ACCEPTED, FUND

S = ApplicationState
K = ApplicationKind
OWNER = AccountId("10000001")
CASH = Decimal("1000000.00")


@pytest.fixture
async def sql(dsn: str) -> AsyncIterator[Connection]:
    """A line of our own to the books; whatever a test does, the counter's audit finds nothing."""
    await seed_demo(dsn, production=False, load_accounts=False)
    connection = await asyncpg.connect(plain(dsn))
    yield connection
    assert await audit(connection) == []
    await connection.close()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def desk(dsn: str, sql: Connection, clock: FakeClock) -> AsyncIterator[PaperApplications]:
    desk = PaperApplications(dsn, clock)
    await desk.start()
    yield desk
    await desk.stop()


def numbered(number: int = 1, **changes: Any) -> Application:
    named = RequestNumber(f"7000{number:04}")
    return make.application(number=named, request_id=RequestId(f"20261120{named}"), **changes)


def rights(number: int = 1, quantity: int = 50) -> Application:
    key = {"market": Market.SZ, "code": SecurityCode("080001")}
    return numbered(number, kind=K.RIGHTS, quantity=Decimal(quantity), **key)


def fund(kind: K, quantity: str, number: int = 1) -> Application:
    key = {"market": None, "code": FUND.code}
    return numbered(number, kind=kind, quantity=Decimal(quantity), **key)


async def usable(sql: Connection) -> Decimal:
    found: Decimal = await sql.fetchval("SELECT usable FROM paper.money WHERE account = $1", OWNER)
    return found


async def lots(sql: Connection, per_thousand: int) -> None:
    await sql.execute("UPDATE paper.issues SET lots_per_thousand = $1", per_thousand)


async def found(desk: PaperApplications, application: Application) -> ApplicationOutcome:
    outcome = await desk.find(application.request_id)
    assert outcome is not None
    return outcome


@pytest.mark.parametrize(
    ("application", "reason"),
    [
        (numbered(quantity=Decimal(10_000)), Refusal.OVER_QUOTA),
        (numbered(quantity=Decimal(501)), Refusal.WRONG_SUBSCRIPTION_UNIT),
        (numbered(code=SecurityCode("730999")), Refusal.NOT_SUBSCRIPTION_DAY),
        (numbered(account=AccountId("10000005")), Refusal.ACCOUNT_FROZEN),
        (numbered(account=AccountId("99999999")), Refusal.LOGIN_FAILED),
        (rights(quantity=90), Refusal.OVER_RIGHTS),
        (fund(K.FUND_SUBSCRIBE, "9.99"), Refusal.FUND_AMOUNT_TOO_SMALL),
        (fund(K.FUND_SUBSCRIBE, "1000000.01"), Refusal.NOT_ENOUGH_MONEY),
        (fund(K.FUND_REDEEM, "1000.01"), Refusal.NOT_ENOUGH_FUND_SHARES),
    ],
)
async def test_the_counter_judges_by_itself(
    desk: PaperApplications, application: Application, reason: Refusal
) -> None:
    assert await desk.apply(application) == ApplicationOutcome(
        state=S.REJECTED, message=reason.value
    )


async def test_a_second_application_for_an_issue_is_refused(desk: PaperApplications) -> None:
    await desk.apply(numbered(1))

    again = await desk.apply(numbered(2))

    assert again.message == Refusal.DUPLICATE_SUBSCRIPTION.value


async def test_a_subscription_of_new_shares_takes_no_money(
    desk: PaperApplications, sql: Connection
) -> None:
    await desk.apply(numbered())

    assert await usable(sql) == CASH


async def test_who_draws_no_lot_is_told_on_the_second_trading_day(
    desk: PaperApplications, sql: Connection, clock: FakeClock
) -> None:
    await lots(sql, 0)
    await desk.apply(numbered())

    clock.forward(timedelta(days=1))
    assert await found(desk, numbered()) == ACCEPTED
    clock.forward(timedelta(days=1))

    assert (await found(desk, numbered())).state is S.NOT_ALLOTTED
    assert await usable(sql) == CASH


async def test_who_wins_pays_in_the_afternoon(
    desk: PaperApplications, sql: Connection, clock: FakeClock
) -> None:
    await lots(sql, 1000)
    await desk.apply(numbered(quantity=Decimal(1_000)))
    clock.forward(timedelta(days=2))

    won = await found(desk, numbered())
    assert won == ApplicationOutcome(
        state=S.ALLOTTED, shares=Decimal(1_000), amount=Decimal("10050.00"), price=Decimal("10.05")
    )
    assert await usable(sql) == CASH

    clock.forward(timedelta(hours=4))
    assert (await found(desk, numbered())).state is S.PAID
    assert (await found(desk, numbered())).state is S.PAID
    assert await usable(sql) == CASH - Decimal("10050.00")


async def test_who_has_not_enough_is_told_and_forfeits(
    desk: PaperApplications, sql: Connection, clock: FakeClock
) -> None:
    await lots(sql, 1000)
    poor = AccountId("10000002")
    application = numbered(account=poor)  # 5,025 yuan, and there are 5,000
    await desk.apply(application)
    clock.forward(timedelta(days=2))

    assert (await found(desk, application)).state is S.PAYMENT_DUE
    clock.forward(timedelta(hours=4))
    assert (await found(desk, application)).state is S.FORFEITED
    assert list(await desk.misses(poor)) == [make.NOON.date()]


async def test_who_brings_money_in_time_has_paid(
    desk: PaperApplications, sql: Connection, clock: FakeClock
) -> None:
    await lots(sql, 1000)
    poor = AccountId("10000002")
    application = numbered(account=poor)
    await desk.apply(application)
    clock.forward(timedelta(days=2))
    await found(desk, application)
    await sql.execute(
        "WITH paid AS (UPDATE paper.money SET usable = usable + 100 WHERE account = $1)"
        " INSERT INTO paper.entries (account, what, amount) VALUES ($1, 'transfer', 100)",
        poor,
    )

    clock.forward(timedelta(hours=1))
    assert (await found(desk, application)).state is S.PAYMENT_DUE
    clock.forward(timedelta(hours=3))

    assert (await found(desk, application)).state is S.PAID


async def test_a_draw_is_the_same_whenever_it_is_looked_at(
    desk: PaperApplications, sql: Connection, clock: FakeClock
) -> None:
    await lots(sql, 300)
    await desk.apply(numbered(quantity=Decimal(9_500)))
    clock.forward(timedelta(days=2))

    first, second = await found(desk, numbered()), await found(desk, numbered())

    assert first == second
    assert first.state in (S.ALLOTTED, S.NOT_ALLOTTED)


async def test_a_fund_is_confirmed_the_next_trading_day_at_its_net_value(
    desk: PaperApplications, sql: Connection, clock: FakeClock
) -> None:
    application = fund(K.FUND_SUBSCRIBE, "1000.00")
    await desk.apply(application)
    assert await usable(sql) == CASH - Decimal("1000.00")
    await sql.execute("UPDATE paper.open_funds SET net_value = 1.3000 WHERE code = $1", FUND.code)

    clock.forward(timedelta(days=1))

    assert await found(desk, application) == ApplicationOutcome(
        state=S.CONFIRMED,
        shares=Decimal("769.23"),
        amount=Decimal("1000.00"),
        price=Decimal("1.3000"),
    )
    [held] = await desk.holdings(OWNER)
    assert held.redeemable == Decimal("1769.23")


async def test_a_redemption_pays_the_net_value(
    desk: PaperApplications, sql: Connection, clock: FakeClock
) -> None:
    application = fund(K.FUND_REDEEM, "800.00")
    await desk.apply(application)
    [held] = await desk.holdings(OWNER)
    assert (held.shares, held.redeemable) == (Decimal("1000.00"), Decimal("200.00"))

    clock.forward(timedelta(days=1))

    outcome = await found(desk, application)
    assert (outcome.state, outcome.amount) == (S.CONFIRMED, Decimal("987.60"))
    assert await usable(sql) == CASH + Decimal("987.60")
    [held] = await desk.holdings(OWNER)
    assert held.shares == Decimal("200.00")


@pytest.mark.parametrize(
    "application", [rights(), fund(K.FUND_SUBSCRIBE, "1000.00"), fund(K.FUND_REDEEM, "800.00")]
)
async def test_a_cancel_gives_everything_back(
    desk: PaperApplications, sql: Connection, application: Application
) -> None:
    await desk.apply(application)

    await desk.cancel(application)

    assert (await found(desk, application)).state is S.CANCELLED
    assert await usable(sql) == CASH
    [held] = await desk.holdings(OWNER)
    assert held.redeemable == Decimal("1000.00")
    [issue] = await desk.rights(OWNER, make.NOON.date())
    assert issue.entitled == 89


@pytest.mark.parametrize("later", [timedelta(), timedelta(days=1)])
async def test_what_the_registrar_has_or_nobody_may_is_not_cancelled(
    desk: PaperApplications, clock: FakeClock, later: timedelta
) -> None:
    application = numbered() if not later else fund(K.FUND_SUBSCRIBE, "1000.00")
    await desk.apply(application)
    clock.forward(later)

    with pytest.raises(Refused) as refused:
        await desk.cancel(application)
    assert refused.value.reason is Refusal.NOT_CANCELLABLE


async def test_rights_are_paid_at_once_and_confirmed_the_next_day(
    desk: PaperApplications, sql: Connection, clock: FakeClock
) -> None:
    await desk.apply(rights())
    assert await usable(sql) == CASH - Decimal("400.00")

    clock.forward(timedelta(days=1))

    outcome = await found(desk, rights())
    assert (outcome.state, outcome.shares) == (S.CONFIRMED, Decimal(50))
    [issue] = await desk.rights(OWNER, make.NOON.date())
    assert issue.entitled == 39


async def test_by_the_calendar_a_weekend_is_no_day(
    dsn: str, sql: Connection, clock: FakeClock
) -> None:
    desk = PaperApplications(dsn, clock, mode=ClockMode.CALENDAR)
    await desk.start()
    application = fund(K.FUND_SUBSCRIBE, "1000.00")  # on a Friday
    await desk.apply(application)

    clock.forward(timedelta(days=2))
    assert await found(desk, application) == ACCEPTED
    clock.forward(timedelta(days=1))
    assert (await found(desk, application)).state is S.CONFIRMED

    await desk.stop()
