"""Execution reports: what each state means, and what is not believed."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain.clock import BEIJING
from callcenter.domain.orders import ClientOrderId
from callcenter.domain.securities import Market
from callcenter.gateways.fix import reports
from callcenter.gateways.fix.reports import BadReport
from callcenter.gateways.fix.words import Fields, OrdStatus
from callcenter.trading.ports import CounterOrder

ID = ClientOrderId("2026112060000001")


def report(**changes: str) -> Fields:
    """Return the fields of a report on an order of 100 shares; `_38="200"` changes tag 38."""
    fields = {11: ID, 38: "100", 14: "0", 39: "0", 150: "0", 60: "20261120-04:00:00", 207: "XSHG"}
    return {**fields, **{int(tag[1:]): value for tag, value in changes.items()}}


def stands(filled: int = 0, cancelled: int | None = None, *, expired: bool = False) -> CounterOrder:
    return CounterOrder(
        client_id=ID, accepted=True, filled=filled, cancelled=cancelled, expired=expired
    )


@pytest.mark.parametrize(
    ("status", "filled", "expected"),
    [
        (OrdStatus.NEW, "0", stands()),
        (OrdStatus.PARTIALLY_FILLED, "40", stands(40)),
        (OrdStatus.FILLED, "100", stands(100, 0)),
        (OrdStatus.DONE_FOR_DAY, "40", stands(40, 60, expired=True)),
        (OrdStatus.CANCELED, "0", stands(0, 100)),
        (OrdStatus.REPLACED, "0", stands()),
        (OrdStatus.PENDING_CANCEL, "40", stands(40)),
        (OrdStatus.STOPPED, "0", stands()),
        (OrdStatus.SUSPENDED, "0", stands()),
        (OrdStatus.PENDING_NEW, "0", stands()),
        (OrdStatus.CALCULATED, "40", stands(40, 60)),
        (OrdStatus.EXPIRED, "0", stands(0, 100, expired=True)),
        (OrdStatus.ACCEPTED_FOR_BIDDING, "0", stands()),
        (OrdStatus.PENDING_REPLACE, "0", stands()),
    ],
)
def test_an_order_stands_as_its_status_says(
    status: OrdStatus, filled: str, expected: CounterOrder
) -> None:
    told = reports.read(report(_39=status.value, _14=filled))

    assert reports.counter_order(told) == expected


def test_every_status_of_the_standard_is_known() -> None:
    assert {status.value for status in OrdStatus} == set("0123456789ABCDE")


def test_a_rejected_order_has_its_reason() -> None:
    answer = reports.counter_order(reports.read(report(_39="8", _150="8", _103="1")))

    assert (answer.accepted, answer.reason) == (False, 3001)


def test_only_an_answer_says_that_an_order_is_unknown() -> None:
    assert reports.read(report(_39="8", _150="I", _103="5")).is_unknown_order
    assert not reports.read(report(_39="8", _150="8", _103="5")).is_unknown_order
    assert not reports.read(report(_39="8", _150="I", _103="1")).is_unknown_order
    assert not reports.read(report(_39="0", _150="I")).is_unknown_order


def test_the_answer_to_a_cancel_is_about_the_order() -> None:
    assert reports.read(report(_11=ID + "C7", _41=ID, _39="6")).client_id == ID


def test_a_fill_is_read_with_its_key() -> None:
    fill = reports.fill(
        reports.read(report(_150="F", _39="1", _17="77", _31="10.050", _32="40", _207="XSHE"))
    )

    assert (fill.quantity, fill.price, fill.key.number) == (40, Decimal("10.050"), "77")
    assert fill.key.market is Market.SZ
    assert fill.at == datetime(2026, 11, 20, 12, 0, tzinfo=BEIJING)
    assert fill.key.trade_date == date(2026, 11, 20)


@pytest.mark.parametrize(
    ("at", "said", "day"),
    [
        pytest.param("20261120-16:00:00", None, date(2026, 11, 21), id="midnight-in-beijing"),
        pytest.param("20261120-15:59:59.999", None, date(2026, 11, 20), id="just-before"),
        pytest.param("20261120-16:00:00", "20261123", date(2026, 11, 23), id="as-it-says"),
    ],
)
def test_the_trade_date_is_the_exchanges(at: str, said: str | None, day: date) -> None:
    told = report(_60=at) if said is None else report(_60=at, _75=said)

    assert reports.read(told).trade_date == day


@given(
    st.dictionaries(
        st.sampled_from([11, 14, 17, 31, 32, 38, 39, 41, 60, 75, 103, 150, 207]), st.text()
    )
)
def test_whatever_comes_is_read_or_refused(fields: dict[int, str]) -> None:
    try:
        told = reports.read(fields)
        reports.counter_order(told)
        reports.fill(told)
    except BadReport:
        pass
