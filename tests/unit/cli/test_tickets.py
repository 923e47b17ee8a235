"""Reading tickets back, and working on them."""

import json

import pytest

from callcenter.domain.tickets import TicketState
from callcenter.tickets.service import Tickets
from tests import make
from tests.fakes.clock import FakeClock
from tests.unit.cli.typed import FakeRecords, type_in

BY = ("--by", "李", "--result", "settled")


@pytest.fixture
async def number(records: FakeRecords) -> str:
    """The number of a ticket."""
    ticket = make.ticket()
    await Tickets(records.ticket_book, FakeClock()).open(
        ticket.number, ticket.kind, ticket.station, recording=ticket.recording, seconds=12.5
    )
    return ticket.number


def test_a_ticket_is_told_with_its_recording_and_whom_to_call(
    records: FakeRecords, number: str
) -> None:
    [told] = json.loads(type_in("tickets", "--json").stdout)

    assert told == {
        "ticket_number": number,
        "kind": "complaint",
        "state": "open",
        "account": None,
        "caller": "+8613800138000",
        "did": "4008",
        "branch": None,
        "call_id": "pbx-1.1",
        "call_back": "+8613800138000",
        "when": None,
        "recording": "/rec/2026/11/20/pbx-1.1-80000001.wav",
        "seconds": 12.5,
        "opened": "2026-11-20T12:00:00.000+08:00",
        "updated": "2026-11-20T12:00:00.000+08:00",
    }


def test_a_ticket_is_called_back_and_closed_and_shows_its_history(
    records: FakeRecords, number: str
) -> None:
    type_in("tickets", "called", number, "--by", "王", "--result", "nobody there")
    closed = type_in("tickets", "close", number, *BY)

    shown = json.loads(type_in("tickets", "show", number, "--json").stdout)
    history = [(event["state"], event["by"], event["note"]) for event in shown["history"]]
    assert closed.stdout == f"Ticket {number} is closed now.\n"
    assert history == [
        ("open", "caller", ""),
        ("called-back", "王", "nobody there"),
        ("closed", "李", "settled"),
    ]
    assert "settled" in type_in("tickets", "show", number).stdout


def test_only_what_waits_may_be_listed(records: FakeRecords, number: str) -> None:
    type_in("tickets", "close", number, *BY)

    assert json.loads(type_in("tickets", "--open", "--json").stdout) == []
    assert records.ticket_book.kept[make.ticket().number].state is TicketState.CLOSED


def test_a_ticket_is_closed_once(records: FakeRecords, number: str) -> None:
    type_in("tickets", "close", number, *BY)

    assert type_in("tickets", "close", number, *BY).exit_code == 1


def test_what_nobody_opened_is_not_there(records: FakeRecords) -> None:
    assert type_in("tickets", "show", "1").exit_code == 1
    assert type_in("tickets", "close", "1", *BY).exit_code == 1


def test_a_blank_name_is_no_name(records: FakeRecords, number: str) -> None:
    typed = type_in("tickets", "close", number, "--by", " ", "--result", "settled")

    assert typed.exit_code == 1
    assert records.ticket_book.kept[make.ticket().number].state is TicketState.OPEN
