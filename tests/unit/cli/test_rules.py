"""The commands about the rule book."""

import json
from decimal import Decimal

import pytest
from typer.testing import Result

from callcenter.app import RuleBook
from callcenter.cli import rules as command
from callcenter.domain.errors import StoreUnavailable
from callcenter.domain.securities import Security
from tests import make, rules
from tests.unit.cli.typed import FakeRecords, type_in

ST = ("--previous-close", "10.00", "--status", "st")


def check(*words: str) -> Result:
    return type_in("rules", "check", "SH600000", "buy", "10.80", "100", *words)


@pytest.mark.parametrize(
    ("day", "exit_code", "says"),
    [
        pytest.param("2026-07-03", 1, "PRICE_OUTSIDE_LIMITS (4003)", id="before-the-change"),
        pytest.param("2026-07-06", 0, "The order passes", id="after-it"),
    ],
)
def test_the_change_of_st_limits_is_explained(day: str, exit_code: int, says: str) -> None:
    typed = check("--on", day, *ST)

    assert typed.exit_code == exit_code
    assert says in typed.stdout.splitlines()[-1]
    assert f"at {day} 10:00" in typed.stdout.splitlines()[-1]


def test_each_clause_tells_its_values_its_row_and_its_source() -> None:
    lines = check("--on", "2026-07-03", *ST).stdout.splitlines()

    at = next(n for n, line in enumerate(lines) if line.startswith("refused"))
    assert "limits" in lines[at]
    assert "low 9.50, high 10.50, status st, reference 10.00" in lines[at]
    assert "limit-main-st-until-2026 [S]: SSE 4.4.10, SZSE 4.5.5 (2023)" in lines[at + 1]


def test_a_verdict_is_a_record_for_machines() -> None:
    typed = check("--on", "2026-07-03T14:58", *ST, "--json")

    said = json.loads(typed.stdout)
    assert typed.exit_code == 1
    assert (said["board"], said["passed"], said["message"]) == ("sh-main", False, 4003)
    assert said["version"] == rules.book().version
    assert said["clauses"][0]["about"] == "session"
    assert said["clauses"][0]["rows"][0]["id"] == "session-sh-shares-closing"


def test_a_sell_is_judged_by_what_is_held() -> None:
    words = ("rules", "check", "SZ000001", "sell", "11.50", "101", "--on", "2026-11-20")

    assert "WRONG_ODD_LOT (4104)" in type_in(*words, "--held", "299").stdout
    assert "The order passes" in type_in(*words).stdout  # with a warning


def test_a_day_that_nobody_knows_is_refused() -> None:
    assert "CALENDAR_UNKNOWN (3006)" in check("--on", "2027-01-04", *ST).stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param(["600000", "buy", "10.00", "100"], "600000 is no security", id="no-market"),
        pytest.param(["SH999999", "buy", "1", "1"], "No range of codes has SH999999", id="code"),
        pytest.param(["SH600000", "buy", "ten", "100"], "ten is no price", id="no-price"),
    ],
)
def test_what_cannot_be_asked_is_a_sentence(words: list[str], says: str) -> None:
    typed = type_in("rules", "check", *words, "--on", "2026-11-20")

    assert (typed.exit_code, typed.stdout) == (1, "")
    assert says in typed.stderr


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be the day of `make.NOON`."""

    class Noon:
        def now(self) -> object:
            return make.NOON

    monkeypatch.setattr(command, "SystemClock", Noon)


@pytest.mark.usefixtures("noon")
def test_of_today_the_counter_is_asked_for_the_previous_close(
    records: FakeRecords, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def quote(security: Security) -> object:
        return make.quote(security, previous_close=Decimal("9.00"))

    monkeypatch.setattr(records, "quote", quote, raising=False)
    monkeypatch.setattr(command, "open_reports", records.open)

    assert "low 8.10, high 9.90" in check().stdout


@pytest.mark.usefixtures("noon")
def test_without_a_counter_the_limits_are_not_judged(
    records: FakeRecords, monkeypatch: pytest.MonkeyPatch
) -> None:
    records.gone = True
    monkeypatch.setattr(command, "open_reports", records.open)

    typed = check()

    assert any(line.startswith("skipped  limits") for line in typed.stdout.splitlines())


def test_a_wrong_choice_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLCENTER_RULE_CHOICES", '{"bse-cage": "perhaps"}')

    typed = check("--on", "2026-07-03", *ST)

    assert (typed.exit_code, typed.stdout) == (1, "")
    assert "prices.yaml: bse-cage: perhaps is none of five-per-cent, none" in typed.stderr


def replayed(records: FakeRecords, *words: str) -> Result:
    return type_in(
        *("rules", "replay", "--from", "2026-07-06", "--to", "2026-11-20"),
        *("--as-of", "2026-07-03"),
        *words,
    )


def test_past_orders_that_another_day_judges_differently_are_listed(records: FakeRecords) -> None:
    st = make.security(name="*ST天宇")
    stamp = f"{rules.book().version} reference=10.00 status=st"
    records.placed = [
        make.order(number="60000001", security=st, price=Decimal("10.80"), rules=stamp),
        make.order(number="60000002", security=st, price=Decimal("10.40"), rules=stamp),
        make.order(number="60000003", price=Decimal("10.80")),
    ]

    [found] = json.loads(replayed(records, "--json").stdout)

    assert found["order_number"] == "60000001"
    assert (found["then"], found["now"]) == ("passes", "PRICE_OUTSIDE_LIMITS (4003)")
    assert found["row"] == "limit-main-st-until-2026"
    assert [str(day) for day in records.asked.values()] == ["2026-07-06", "2026-11-20"]


def test_orders_whose_limits_could_not_be_judged_are_counted(records: FakeRecords) -> None:
    records.placed = [make.order()]

    said = replayed(records).stdout

    assert "1 orders keep no reference price" in said


def test_a_replay_without_a_database_says_so(records: FakeRecords) -> None:
    records.gone = True

    typed = replayed(records)

    assert typed.exit_code == 1
    assert str(StoreUnavailable("the database does not answer")) in typed.stderr


def test_the_rows_of_a_table_on_a_day_are_shown() -> None:
    typed = type_in("rules", "show", "limits", "--on", "2026-07-05", "--json")

    shown = {row["id"]: row for row in json.loads(typed.stdout)}
    assert "limit-main-st" not in shown
    row = shown["limit-main-st-until-2026"]
    assert (row["of"], row["to"]) == ("sh-main, sz-main / st", "2026-07-05")
    assert row["values"] == "up 5, down 5, days 0, at_least_ticks 1"


def test_all_rows_are_shown_with_the_choices_and_the_version() -> None:
    said = type_in("rules", "show").stdout

    book: RuleBook = rules.book()
    assert all(rule.row.id in said for _, rule in book.tables.rows())
    assert all(f"{choice}: " in said for choice in book.choices)
    assert said.splitlines()[-1] == f"version {book.version}"


def test_a_table_that_does_not_exist_is_told_with_those_that_do() -> None:
    typed = type_in("rules", "show", "limit")

    assert typed.exit_code == 1
    assert "There are no such rows. The tables are codes, names, states" in typed.stderr
