"""Reading back applications."""

import json

import pytest

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
    assert json.loads(type_in("applications", "--manual", "--json").stdout) == []


@pytest.mark.parametrize("outcome", ["accepted", "rejected"])
def test_a_task_is_resolved(records: FakeRecords, outcome: str) -> None:
    words = ("--outcome", outcome, "--by", "王芳", "--why", "the counter's screen")

    typed = type_in("applications", "resolve", "70000001", *words)
    other = type_in("applications", "resolve", "70000009", *words)

    assert (typed.exit_code, typed.stdout) == (0, f"Application 70000001 is {outcome} now.\n")
    assert (other.exit_code, other.stderr) == (
        1,
        "Application 70000009 is no task for a person. "
        "`callcenter applications` shows its state.\n",
    )
