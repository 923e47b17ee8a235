"""Reading back what happened."""

import json
from datetime import datetime

import pytest

from callcenter.domain.clock import BEIJING
from callcenter.storage.verify import Fault, Finding
from tests.unit.cli.typed import FakeRecords, type_in

READING = [
    ["calls"],
    ["calls", "show", "pbx-1.1"],
    ["orders"],
    ["money", "--account", "10000001"],
    ["positions", "--account", "10000001"],
    ["audit"],
    ["audit", "verify"],
    ["applications"],
    ["transfers"],
    ["transfers", "differences"],
]


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_every_record_is_read_as_text_and_as_json(records: FakeRecords, command: list[str]) -> None:
    as_text, as_json = type_in(*command), type_in(*command, "--json")

    assert (as_text.exit_code, as_json.exit_code) == (0, 0)
    assert as_text.stdout
    json.loads(as_json.stdout)


@pytest.mark.parametrize("command", [*READING, ["audit", "anchor"]], ids=" ".join)
def test_without_the_database_there_is_a_sentence(records: FakeRecords, command: list[str]) -> None:
    records.gone = True

    typed = type_in(*command)

    assert (typed.exit_code, typed.stdout) == (1, "")
    assert typed.stderr == ("the database does not answer. Does it run? See `make status`.\n")


def test_a_table_shows_whole_cells(records: FakeRecords) -> None:
    heading, line = type_in("orders").stdout.splitlines()

    assert heading.split()[:2] == ["order_number", "account"]
    assert "+8613800138000" in line
    assert "2026-11-20T12:00:00.000+08:00" in line


def test_money_keeps_its_digits(records: FakeRecords) -> None:
    assert json.loads(type_in("money", "--account", "10000001", "--json").stdout) == {
        "account": "10000001",
        "usable": "995.00",
        "withdrawable": "995.00",
        "frozen": "5.00",
        "total": "1000.00",
    }


@pytest.mark.parametrize("command", ["money", "positions"])
def test_an_account_that_the_counter_does_not_know(records: FakeRecords, command: str) -> None:
    typed = type_in(command, "--account", "99999999")

    assert (typed.exit_code, typed.stderr) == (1, "The counter knows no account 99999999.\n")


def test_a_call_that_never_was(records: FakeRecords) -> None:
    typed = type_in("calls", "show", "pbx-9.9", "--json")

    assert (typed.exit_code, typed.stdout) == (1, "")
    assert typed.stderr == "There was no call pbx-9.9. `callcenter calls` lists them.\n"


def test_a_transcript_reads_like_the_call(records: FakeRecords) -> None:
    assert type_in("calls", "show", "pbx-1.1").stdout.splitlines() == [
        "12:00:00  请输入密码",
        "          ******  accepted",
        "12:00:00  买入请按一",
        "          (silence)  silence",
    ]


def test_calls_may_be_narrowed(records: FakeRecords) -> None:
    type_in("calls", "--last", "3", "--caller", "138", "--account", "1")

    assert records.asked == {"last": 3, "caller": "138", "account": "1"}


def test_moments_are_typed_in_beijing_time(records: FakeRecords) -> None:
    type_in("audit", "--from", "2026-11-20", "--to", "2026-11-20T12:00:00")

    assert records.asked == {
        "since": datetime(2026, 11, 20, tzinfo=BEIJING),
        "until": datetime(2026, 11, 20, 12, tzinfo=BEIJING),
    }


@pytest.mark.parametrize("as_json", [[], ["--json"]], ids=["text", "json"])
def test_a_trail_that_was_tampered_with_fails(records: FakeRecords, as_json: list[str]) -> None:
    records.findings = (Finding(fault=next(iter(Fault)), seal_no=1, audit_id=7),)

    typed = type_in("audit", "verify", *as_json)

    assert typed.exit_code == 1
    assert next(iter(Fault)).value in typed.stdout


def test_an_anchor_is_taken_back_as_it_was_printed(records: FakeRecords) -> None:
    anchor = type_in("audit", "anchor").stdout.strip()

    assert type_in("audit", "verify", "--anchor", anchor).exit_code == 0


def test_what_is_no_anchor_is_told(records: FakeRecords) -> None:
    typed = type_in("audit", "verify", "--anchor", "yesterday")

    assert typed.exit_code == 1
    assert typed.stderr == ("yesterday is no anchor. `callcenter audit anchor` prints one.\n")
