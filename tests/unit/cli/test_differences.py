"""Fills as they are printed, and what the counter and our books do not agree on."""

import asyncio
import json

import pytest

from callcenter.domain.audit import Action
from callcenter.trading.orders.ports import Difference
from tests.unit.cli.typed import FakeRecords, type_in

RESOLVE = ("reconcile", "--resolve", "1", "--by", "王芳", "--why", "ordered at the branch")


@pytest.fixture
def seen(records: FakeRecords) -> FakeRecords:
    difference = Difference(key="k", what="the counter has an order 4711 that is not ours")
    asyncio.run(records.order_book.write([], differences=[difference]))
    return records


def test_a_fill_is_told_with_its_order(records: FakeRecords) -> None:
    [told] = json.loads(type_in("fills", "--account", "10000001", "--json").stdout)

    assert told == {
        "fill": "7",
        "trade_date": "2026-11-20",
        "market": "SH",
        "order_number": "60000001",
        "client_order_id": "2026112060000001",
        "account": "10000001",
        "security": "SH600000",
        "name": "浦发银行",
        "side": "buy",
        "price": "10.05",
        "quantity": 100,
        "at": "2026-11-20T12:00:00.000+08:00",
    }
    assert records.asked == {"last": 1000, "account": "10000001"}


def test_fills_are_a_table_for_people(records: FakeRecords) -> None:
    assert "60000001" in type_in("fills").stdout


def test_a_difference_is_told(seen: FakeRecords) -> None:
    [told] = json.loads(type_in("reconcile", "--show", "--json").stdout)

    assert told == {
        "id": 1,
        "seen": "2026-11-20T12:00:00.000+08:00",
        "what": "the counter has an order 4711 that is not ours",
        "order_number": None,
        "client_order_id": None,
    }


def test_a_difference_is_resolved_once_and_audited(seen: FakeRecords) -> None:
    assert type_in(*RESOLVE).stdout == "Difference 1 is resolved.\n"
    assert type_in("reconcile", "--show", "--json").stdout == "[]\n"

    again = type_in(*RESOLVE)
    assert (again.exit_code, "There is no open difference 1" in again.stderr) == (1, True)

    (entry,) = seen.order_book.trail
    assert entry.action is Action.DIFFERENCE_RESOLVED
    assert (entry.details["by"], entry.details["why"]) == ("王芳", "ordered at the branch")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (("reconcile",), "Say what to do"),
        (("reconcile", "--resolve", "1", "--by", "王芳"), "It must be said who resolved it"),
        (("reconcile", "--resolve", "1", "--why", "so", "--by", " "), "It must be said who"),
    ],
)
def test_who_says_too_little_is_told_so(
    seen: FakeRecords, typed: tuple[str, ...], says: str
) -> None:
    refused = type_in(*typed)

    assert (refused.exit_code, says in refused.stderr) == (1, True)
