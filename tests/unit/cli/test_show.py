"""How the command line prints."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from callcenter.cli.show import plain, show_json, show_table
from callcenter.domain.calls import CallEnd
from callcenter.domain.orders import Side
from callcenter.domain.refusals import Refusal


@dataclass(frozen=True)
class Lot:
    price: Decimal
    side: Side


@pytest.mark.parametrize(
    ("value", "as_json"),
    [
        pytest.param(Decimal("10.50"), "10.50", id="no-digit-of-money-is-lost"),
        pytest.param(
            datetime(2026, 11, 20, 4, 0, 0, 123456, tzinfo=UTC),
            "2026-11-20T12:00:00.123+08:00",
            id="moments-are-beijings",
        ),
        pytest.param(date(2026, 11, 20), "2026-11-20", id="date"),
        pytest.param(CallEnd.HUNG_UP, "hung-up", id="word"),
        pytest.param(Refusal.LOGIN_FAILED, 1001, id="message-number"),
        pytest.param({CallEnd.LOST: (1, None)}, {"lost": [1, None]}, id="inside"),
        pytest.param(
            Lot(price=Decimal("1.0"), side=Side.BUY),
            {"price": "1.0", "side": Side.BUY.value},
            id="record",
        ),
        pytest.param("浦发银行", "浦发银行", id="mandarin"),
        pytest.param(True, True, id="truth"),
    ],
)
def test_json_has_plain_values(
    capsys: pytest.CaptureFixture[str], value: object, as_json: object
) -> None:
    show_json({"it": value})

    assert json.loads(capsys.readouterr().out) == {"it": as_json}


def test_mandarin_stays_readable_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    show_json(["浦发银行"])

    assert "浦发银行" in capsys.readouterr().out


def test_what_is_plain_stays_as_it_is() -> None:
    record = {"call_id": "pbx-1.1", "keys": ["1", "2"]}

    assert plain(record) == record


def test_a_table_that_nobody_looks_at_is_not_cut(capsys: pytest.CaptureFixture[str]) -> None:
    columns = [f"column_{n}" for n in range(12)]
    row = {column: f"{column}-with-a-long-value" for column in columns}

    show_table([row], columns)

    heading, line = capsys.readouterr().out.splitlines()
    assert heading.split() == columns
    assert line.split() == list(row.values())


def test_what_is_not_there_is_an_empty_cell(capsys: pytest.CaptureFixture[str]) -> None:
    show_table([{"end": None, "ended": CallEnd.LOST}], ["end", "ended"])

    assert capsys.readouterr().out.splitlines()[1].split() == ["lost"]


def test_an_empty_table_has_its_headings(capsys: pytest.CaptureFixture[str]) -> None:
    show_table([], ["call_id", "caller"])

    assert capsys.readouterr().out.split() == ["call_id", "caller"]


def test_brackets_are_not_taken_for_colours(capsys: pytest.CaptureFixture[str]) -> None:
    show_table([{"caller": "[red]139[/red]"}], ["caller"])

    assert "[red]139[/red]" in capsys.readouterr().out
