"""Reading back bank transfers, and settling what nobody knew."""

import json

import pytest

from callcenter.domain.refusals import Refusal
from callcenter.domain.transfers import TransferState
from tests.fakes.bank import DONE, rejected
from tests.unit.cli.typed import FakeRecords, type_in

RESOLVE = ("transfers", "resolve", "70000001", "--by", "王芳", "--why", "bank statement")


def test_a_transfer_is_told_with_its_station_and_without_a_password(records: FakeRecords) -> None:
    [told] = json.loads(type_in("transfers", "--json").stdout)

    assert told == {
        "transfer_number": "70000001",
        "request_id": "2026112070000001",
        "account": "10000001",
        "bank": "ICBC",
        "direction": "in",
        "amount": "10000.00",
        "state": "manual",
        "message": None,
        "call_id": "pbx-1.1",
        "caller": "+8613800138000",
        "did": "4008",
        "branch": None,
        "trade_date": "2026-11-20",
        "created": "2026-11-20T12:00:00.000+08:00",
        "updated": "2026-11-20T12:00:00.000+08:00",
    }


def test_transfers_may_be_narrowed(records: FakeRecords) -> None:
    type_in("transfers", "--account", "10000001", "--last", "3")
    assert records.asked == {"last": 3, "account": "10000001", "state": None}

    type_in("transfers", "--manual")
    assert records.asked == {"last": 1000, "account": None, "state": TransferState.MANUAL}


def test_a_difference_is_told(records: FakeRecords) -> None:
    [told] = json.loads(type_in("transfers", "differences", "--json").stdout)

    assert (told["kind"], told["ours"]) == ("only-bank", "-")


@pytest.mark.parametrize(
    ("outcome", "written"), [("done", DONE), ("rejected", rejected(Refusal.BANK_REFUSED))]
)
def test_a_task_is_resolved(records: FakeRecords, outcome: str, written: object) -> None:
    typed = type_in(*RESOLVE, "--outcome", outcome)

    assert (typed.exit_code, typed.stdout) == (0, f"Transfer 70000001 is {outcome} now.\n")
    assert records.asked == {"outcome": written, "by": "王芳", "why": "bank statement"}


def test_what_is_no_task_is_told(records: FakeRecords) -> None:
    typed = type_in("transfers", "resolve", "1", "--outcome", "done", "--by", "x", "--why", "y")

    assert typed.exit_code == 1
    assert typed.stderr == (
        "Transfer 1 is no task for a person. `callcenter transfers` shows its state.\n"
    )


@pytest.mark.parametrize("missing", ["--by", "--why", "--outcome"])
def test_nothing_is_resolved_without_a_name_a_reason_and_an_outcome(
    records: FakeRecords, missing: str
) -> None:
    words = [*RESOLVE, "--outcome", "done"]
    at = words.index(missing)

    typed = type_in(*words[:at], *words[at + 2 :])

    assert typed.exit_code == 2
    assert records.asked == {}


def test_a_blank_name_is_no_name(records: FakeRecords) -> None:
    typed = type_in("transfers", "resolve", "1", "--outcome", "done", "--by", " ", "--why", "y")

    assert (typed.exit_code, records.asked) == (1, {})


def test_only_two_things_can_be_found_out(records: FakeRecords) -> None:
    assert type_in(*RESOLVE, "--outcome", "unknown").exit_code == 2
