"""Reading back applications."""

import json

from tests.unit.cli.typed import FakeRecords, type_in


def test_an_application_is_told_with_what_became_of_it(records: FakeRecords) -> None:
    [told] = json.loads(type_in("applications", "--last", "1", "--json").stdout)

    assert told == {
        "application_number": "70000001",
        "request_id": "2026112070000001",
        "account": "10000001",
        "kind": "ipo",
        "security": "SH730001",
        "quantity": "500",
        "state": "allotted",
        "message": None,
        "shares": "500",
        "amount": "5025.00",
        "price": "10.05",
        "call_id": "pbx-1.1",
        "caller": "+8613800138000",
        "did": "4008",
        "branch": None,
        "trade_date": "2026-11-20",
        "created": "2026-11-20T12:00:00.000+08:00",
        "updated": "2026-11-20T12:00:00.000+08:00",
    }


def test_applications_may_be_narrowed(records: FakeRecords) -> None:
    assert len(json.loads(type_in("applications", "--json").stdout)) == 2
    assert json.loads(type_in("applications", "--account", "9", "--json").stdout) == []
