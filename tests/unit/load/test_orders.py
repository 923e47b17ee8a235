from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from callcenter.domain.accounts import AccountId
from callcenter.domain.calls import CallId
from callcenter.domain.clock import BEIJING
from callcenter.domain.orders import Order, Side
from callcenter.load.model import Orders
from callcenter.load.orders import compared, counted
from callcenter.load.person import Placed
from callcenter.load.run import Calls
from tests import make

KEYED = Placed(account="20000001", code="600000", price=Decimal("10.01"), quantity=200)


def calls(*placed: Placed, heard: int = 0, left: int = 0) -> Calls:
    return Calls(
        began=datetime(2026, 11, 23, 9, 30, tzinfo=BEIJING),
        lasted_s=60.0,
        stopped_early=False,
        traces=(),
        seconds=(),
        post_dial=(),
        placed=placed,
        heard=heard,
        left=left,
        worst_lag_s=0.0,
    )


def written(call: str = "a", **changes: Any) -> Order:
    terms = {"account": AccountId("20000001"), "price": Decimal("10.0100"), "quantity": 200}
    draft = make.draft(**(terms | changes))
    order = make.order(draft=draft)
    return replace(order, station=replace(order.station, call=CallId(call)))


def test_an_order_that_was_written_down_once_as_it_was_keyed_agrees() -> None:
    orders = compared(calls(KEYED, heard=1), [written()])

    assert orders == Orders(placed=1, found=1, heard=1, left=0, found_twice=0, wrong=0)
    assert orders.agree


def test_an_order_that_nobody_wrote_down_does_not_agree() -> None:
    assert not compared(calls(KEYED, heard=1), []).agree


def test_two_orders_of_one_call_are_one_too_many() -> None:
    orders = compared(calls(KEYED, heard=1), [written(), written()])

    assert (orders.found_twice, orders.wrong) == (1, 1)
    assert not orders.agree


def test_other_terms_than_those_keyed_are_wrong() -> None:
    for changes in ({"quantity": 300}, {"price": Decimal("10.02")}, {"side": Side.SELL}):
        assert compared(calls(KEYED, heard=1), [written(**changes)]).wrong == 1


def test_who_hung_up_at_once_need_not_have_heard_of_it() -> None:
    assert compared(calls(KEYED, left=1), [written()]).agree


def test_without_a_record_placed_is_compared_with_heard() -> None:
    assert counted(calls(KEYED, heard=1)).agree
    assert not counted(calls(KEYED, heard=0)).agree
