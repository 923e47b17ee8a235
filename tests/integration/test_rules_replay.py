"""Orders that were stored under one rule are found when another is applied."""

from datetime import date, datetime
from decimal import Decimal

from callcenter.domain.clock import BEIJING
from callcenter.domain.orders import ClientOrderId, Order
from callcenter.storage.database import Database
from callcenter.storage.orders import PostgresOrderBook
from callcenter.storage.queries import Queries
from callcenter.trading.rulebook.replay import replay
from tests import make, rules
from tests.changes import add
from tests.fakes.store import AlwaysNoon

AFTER = datetime(2026, 7, 6, 10, 0, tzinfo=BEIJING)  # the day on which ST limits became 10 %
BEFORE = date(2026, 7, 3)


def ordered(number: str, name: str, price: str, rule_stamp: str) -> Order:
    return make.order(
        number=number,
        client_id=ClientOrderId(number),
        security=make.security(name=name),
        price=Decimal(price),
        trade_date=AFTER.date(),
        created_at=AFTER,
        updated_at=AFTER,
        rules=rule_stamp,
    )


async def test_the_orders_that_the_change_of_st_limits_let_pass_are_found(
    database: Database,
) -> None:
    st = make.security(st=True)
    stamp = rules.book().stamp(st, Decimal("10.00"), AFTER)
    plain = rules.book().stamp(make.security(), Decimal("10.00"), AFTER)
    await add(
        PostgresOrderBook(database, AlwaysNoon()),
        ordered("60000001", "*ST天宇", "10.80", stamp),
        ordered("60000002", "*ST天宇", "10.40", stamp),
        ordered("60000003", "浦发银行", "10.80", plain),
    )

    days = (AFTER.date(), AFTER.date())
    found = [
        replay(rules.book(), order, BEFORE) async for order in Queries(database).orders_of(*days)
    ]

    assert [each.differs for each in found] == [True, False, False]
    assert (found[0].then.passed, found[0].row) == (True, "limit-main-st-until-2026")
