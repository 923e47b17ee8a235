"""What the journal keeps through a crash."""

from datetime import timedelta
from pathlib import Path

import pytest

from callcenter.gateways.fix.journal import BLOCK, Journal
from callcenter.gateways.fix.words import Kind, Message, Tag
from callcenter.trading.ports import StreamPosition
from tests import make


def received(number: int) -> Message:
    return Message(kind=Kind.EXECUTION_REPORT, number=number, fields={58: f"report\n{number}|\x01"})


def crashed(folder: Path, journal: Journal) -> Journal:
    """Open the folder as the next process would, after this one was killed."""
    copy = folder.with_name(folder.name + "-after")
    copy.mkdir()
    for file in folder.iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    return Journal(copy, make.NOON)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "fix"


def test_a_new_journal_counts_from_one(folder: Path) -> None:
    journal = Journal(folder, make.NOON)

    assert (journal.next_out, journal.next_in) == (1, 1)


def test_after_a_proper_end_the_numbers_go_on_without_a_gap(folder: Path) -> None:
    journal = Journal(folder, make.NOON)
    for _ in range(5):
        journal.use_number()
    journal.close()

    assert Journal(folder, make.NOON).next_out == 6


@pytest.mark.parametrize("used", [1, 2, BLOCK - 2, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK])
def test_after_a_crash_no_number_is_used_twice(folder: Path, used: int) -> None:
    journal = Journal(folder, make.NOON)
    for _ in range(used):
        journal.use_number()

    after = crashed(folder, journal)

    assert journal.next_out <= after.next_out <= journal.next_out + BLOCK


def test_after_a_crash_what_was_kept_is_not_asked_for_again(folder: Path) -> None:
    journal = Journal(folder, make.NOON)
    for number in (2, 3, 7):
        journal.record_received(received(number))

    after = crashed(folder, journal)

    assert after.next_in == 8
    kept = [entry.message for entry in after.read(after.beginning())]
    assert kept == [received(number) for number in (2, 3, 7)]


def test_half_a_line_is_asked_for_again(folder: Path) -> None:
    journal = Journal(folder, make.NOON)
    journal.record_received(received(2))
    journal.record_received(received(3))
    (file,) = folder.glob("*.jsonl")
    file.write_bytes(file.read_bytes()[:-7])

    after = crashed(folder, journal)
    assert after.next_in == 3

    after.record_received(received(3))
    assert [entry.message.number for entry in after.read(after.beginning())] == [2, 3]


def test_orders_that_were_sent_are_remembered_and_are_no_events(folder: Path) -> None:
    journal = Journal(folder, make.NOON)
    client_id = make.order().client_id
    fields = {int(Tag.CL_ORD_ID): client_id, int(Tag.SYMBOL): "600000", int(Tag.PRICE): "10"}
    journal.record_sent(Message(kind=Kind.NEW_ORDER, number=1, fields=fields))

    after = crashed(folder, journal)

    assert after.sent == {client_id: {Tag.SYMBOL: "600000"}}
    assert list(after.read(after.beginning())) == []


def test_reading_goes_on_at_any_position(folder: Path) -> None:
    journal = Journal(folder, make.NOON)
    for number in range(1, 6):
        journal.record_received(received(number))
    entries = list(journal.read(journal.beginning()))

    for entry in entries:
        left = [each.message.number for each in journal.read(entry.end)]
        assert left == list(range(entry.message.number + 1, 6))
        assert next(journal.read(entry.start)) == entry


def test_a_new_period_counts_anew_and_the_old_one_can_be_read(folder: Path) -> None:
    journal = Journal(folder, make.NOON)
    journal.record_received(received(5))
    before = journal.beginning()

    journal.reset(make.NOON + timedelta(days=1))
    journal.record_received(received(1))

    assert (journal.next_out, journal.next_in) == (1, 1)
    assert [entry.message.number for entry in journal.read(before)] == [5, 1]
    assert [entry.message.number for entry in journal.read(journal.beginning())] == [1]


def test_periods_are_forgotten_after_a_week(folder: Path) -> None:
    journal = Journal(folder, make.NOON)
    for day in range(1, 20):
        journal.reset(make.NOON + timedelta(days=day))

    assert len(list(folder.glob("*.jsonl"))) == 8
    assert list(journal.read(StreamPosition("journal-2020:0"))) == []


def test_only_one_has_the_journal(folder: Path) -> None:
    journal = Journal(folder, make.NOON)

    with pytest.raises(RuntimeError, match="another process"):
        Journal(folder, make.NOON)

    journal.close()
    Journal(folder, make.NOON).close()
