"""What a rule book must look like, and what its reader says if it does not."""

from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from callcenter.trading.rulebook.tables import RuleBookError, read
from tests import rules

ROW: dict[str, Any] = {
    "id": "tick-a",
    "of": {"board": "sh-main"},
    "from": date(2020, 1, 1),
    "clause": "3.3.11",
    "source": "the exchange",
    "label": "P",
    "tick": "0.01",
    "highest": 1000,
}
PHASE: dict[str, Any] = {
    **{name: value for name, value in ROW.items() if name not in ("tick", "highest")},
    "id": "morning",
    "of": {"market": "SH", "board": "sh-main", "channel": "ordinary"},
    "phase": "morning",
    "start": "09:30",
    "end": "11:30",
    "orders": True,
    "cancels": True,
    "matching": "continuous",
}


def faults(*rows: Any, table: str = "ticks", **more: Any) -> list[str]:
    """Return what the reader says of a book with these rows; nothing if it is fine."""
    try:
        read({"a.yaml": {table: list(rows), **more}})
    except RuleBookError as error:
        return error.faults
    return []


def row(**changes: Any) -> dict[str, Any]:
    return {**ROW, **changes}


def test_a_row_that_says_everything_is_read() -> None:
    assert faults(ROW) == []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        pytest.param({"clause": " "}, "has no clause: say it", id="no-clause"),
        pytest.param({"source": None}, "has no source: say it", id="no-source"),
        pytest.param({"label": "X"}, "label: 'X' is none of P, S, G, M", id="label"),
        pytest.param({"from": None}, 'has no date "from" which it holds: add it', id="no-from"),
        pytest.param({"from": "soon"}, "'soon' is no date such as 2026-07-06", id="from"),
        pytest.param(
            {"to": date(2019, 1, 1)},
            "ends on 2019-01-01, before it begins on 2020-01-01: change a date",
            id="backwards",
        ),
        pytest.param({"of": {"board": "sh-mian"}}, "board: sh-mian is none of", id="scope"),
        pytest.param({"of": {"market": "SH"}}, "is of market; this table is of board", id="axes"),
        pytest.param({"of": {"board": []}}, "names nothing, or a thing twice", id="empty-scope"),
        pytest.param({"tick": "a little"}, "tick: 'a little' is no Decimal", id="not-a-number"),
        pytest.param({"tick": "Infinity"}, "tick: 'Infinity' is no Decimal", id="not-finite"),
        pytest.param({"tick": True}, "tick: True is no Decimal", id="a-bool"),
        pytest.param({"tick": "-0.01"}, "needs 0 < tick <= 1", id="not-sane"),
        pytest.param({"tock": 1}, "says tock; it may say highest, tick", id="unknown-value"),
        pytest.param({"choice": "a", "option": "b"}, "a has no option b", id="no-such-choice"),
        pytest.param({"choice": "a"}, "has no option: say it", id="half-a-choice"),
    ],
)
def test_a_wrong_row_is_named_with_its_file_and_what_to_do(
    changes: dict[str, Any], says: str
) -> None:
    [fault] = faults(row(**changes))

    assert fault.startswith("a.yaml: ticks: tick-a: ")
    assert says in fault


def test_a_missing_value_is_named() -> None:
    [fault] = faults({name: value for name, value in ROW.items() if name != "highest"})

    assert fault == "a.yaml: ticks: tick-a: says nothing of highest: add it"


def test_a_row_without_a_name_is_told_by_its_number() -> None:
    [fault] = faults(ROW, "garbage")

    assert fault == "a.yaml: ticks: row 2: is 'garbage', not names with values"


def test_every_fault_of_every_row_is_told_at_once() -> None:
    assert len(faults(row(tick="x"), row(id="b", label="X"), row(id="c", clause=""))) == 3


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [
        pytest.param(
            {"to": date(2020, 12, 31)},
            {"from": date(2021, 1, 2)},
            "sh-main: tick-a and tick-b leave a gap after 2020-12-31: one of them must hold then",
            id="gap",
        ),
        pytest.param(
            {"to": date(2021, 1, 1)},
            {"from": date(2021, 1, 1)},
            "sh-main: tick-a and tick-b overlap: tick-a must end on 2020-12-31",
            id="overlap",
        ),
        pytest.param(
            {},
            {"from": date(2021, 1, 1)},
            "sh-main: tick-a and tick-b overlap: tick-a must end on 2020-12-31",
            id="never-ends",
        ),
    ],
)
def test_no_day_has_two_rules_or_none_between_two(
    first: dict[str, Any], second: dict[str, Any], says: str
) -> None:
    assert faults(row(**first), row(id="tick-b", **second)) == [says]


def test_rows_that_meet_are_fine() -> None:
    before, after = row(to=date(2020, 12, 31)), row(id="tick-b", **{"from": date(2021, 1, 1)})

    assert faults(before, after) == []


def test_the_phases_of_a_day_meet() -> None:
    lunch = {**PHASE, "id": "lunch", "phase": "lunch", "start": "11:31", "end": "13:00"}

    [fault] = faults(PHASE, lunch, table="sessions")

    assert fault == (
        "SH sh-main ordinary on 2020-01-01: morning ends at 11:30:00 and lunch begins at 11:31:00: "
        "they must meet"
    )


def test_a_time_without_quotes_is_told() -> None:
    [fault] = faults({**PHASE, "start": 34200}, table="sessions")

    assert fault.endswith('start: 34200 is no time of day such as "09:15", in quotes')


def test_one_id_names_one_row() -> None:
    [fault] = faults(ROW, row(of={"board": "star"}))

    assert fault == "a.yaml: ticks: tick-a: a.yaml has this id too: rename one"


def test_a_table_that_nobody_knows_is_told() -> None:
    [fault] = faults(ROW, tickz=[])

    assert fault.startswith("a.yaml: tickz is no table: codes, names,")


def test_a_file_without_tables_is_told() -> None:
    with pytest.raises(RuleBookError) as error:
        read({"a.yaml": "nothing"})

    assert error.value.faults == ["a.yaml: holds no tables: give it names of tables with rows"]


CHOICES = {"coarse": {"options": ["yes", "no"], "chosen": "no", "why": "Sources differ."}}


def test_a_choice_decides_which_of_its_rows_holds() -> None:
    fine = row(choice="coarse", option="no")
    coarse = row(id="tick-b", tick="0.1", choice="coarse", option="yes")
    files = {"a.yaml": {"ticks": [fine, coarse], "choices": CHOICES}}

    ticks = {
        option: read(files, {"coarse": option})[0].ticks.find(date(2021, 1, 1), "sh-main")
        for option in ("yes", "no")
    }

    assert {option: str(found and found.values.tick) for option, found in ticks.items()} == {
        "yes": "0.1",
        "no": "0.01",
    }


def test_a_row_that_only_one_option_has_may_not_overlap_another() -> None:
    coarse = row(id="tick-b", choice="coarse", option="yes")

    assert faults(ROW, coarse, choices=CHOICES) == [
        "sh-main: tick-a and tick-b overlap: tick-a must end on 2019-12-31"
    ]


@pytest.mark.parametrize(
    ("chosen", "says"),
    [
        ({"coarse": "perhaps"}, "a.yaml: coarse: perhaps is none of yes, no"),
        ({"course": "yes"}, "course is no choice of the book: coarse"),
    ],
)
def test_a_wrong_choice_is_told(chosen: dict[str, str], says: str) -> None:
    with pytest.raises(RuleBookError) as error:
        read({"a.yaml": {"ticks": [ROW], "choices": CHOICES}}, chosen)

    assert error.value.faults == [says]


def test_the_brokers_tariff_is_not_above_what_the_rules_allow() -> None:
    files: dict[str, Any] = deepcopy(dict(rules.files()))
    [tariff] = [each for each in files["money.yaml"]["fees"] if each["id"] == "fee-commission"]
    tariff["per_cent"] = "0.31"

    with pytest.raises(RuleBookError, match=r"fee-commission: 0.31 % is above 0.3 %: lower it"):
        read(files)


def test_the_version_tells_contents_and_choices_apart_but_not_notes() -> None:
    def version(content: dict[str, Any], **chosen: str) -> str:
        return read({"a.yaml": {**content, "choices": CHOICES}}, chosen)[2]

    as_it_is = version({"ticks": [ROW]})

    assert len(as_it_is) == 12
    assert version({"ticks": [ROW], "_notes": ["anything"]}) == as_it_is
    assert version({"ticks": [row(tick="0.02")]}) != as_it_is
    assert version({"ticks": [ROW]}, coarse="yes") != as_it_is


def test_the_book_that_ships_names_clause_source_and_label_of_every_row() -> None:
    for _, rule in rules.book().tables.rows():
        assert rule.row.clause
        assert rule.row.source
        assert rule.row.label


def test_every_choice_of_the_book_that_ships_can_be_made() -> None:
    for choice in rules.book().choices.values():
        for option in choice.options:
            assert rules.book(**{choice.name: option}).choices[choice.name].chosen == option
