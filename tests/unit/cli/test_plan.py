"""What a person types to plan for a busy hour, and what comes back."""

import json
from pathlib import Path
from typing import Any

import pytest

from callcenter.load.model import Second
from callcenter.load.watched import ProcessSample, Watched
from tests.unit.cli.typed import type_in
from tests.unit.load.results import result

BUSY_HOUR = ("plan", "--calls-per-hour", "1000", "--aht", "120")
COSTS = ("--daemon-cpu", "0.001", "--asterisk-cpu", "0.002", "--postgresql-cpu", "0.0005")


def as_json(*options: str) -> dict[str, Any]:
    typed = type_in(*BUSY_HOUR, *options, "--json")
    assert typed.exit_code == 0, typed.stderr
    found: dict[str, Any] = json.loads(typed.stdout)
    return found


def test_a_plan_is_a_table_that_explains_each_number() -> None:
    typed = type_in(*BUSY_HOUR, "--service-level", "80/20", "--blocking", "1%", *COSTS)

    said = " ".join(typed.stdout.split())
    assert typed.exit_code == 0
    assert "seats 40 1,000 calls an hour at 120 s are 33.33 erlang" in said
    assert "They take 93.72 % in time (Erlang C)" in said
    assert "rostered 58 So many on duty leave 40 seats taken while 30 % are away." in said
    assert "trunk lines 65 1,000 calls an hour that hold a line for 183.4 s" in said
    assert "daemons 2 65 calls at once, one on every line, take 0.001 s of processor" in said
    assert "asterisks 2" in said
    assert "cores of PostgreSQL 1" in said


def test_json_has_the_numbers_and_the_sentences() -> None:
    found = as_json(*COSTS, "--to-agents", "15%")

    assert found["asked"]["to_agents"] == 0.15
    assert found["seats"]["seats"] == 8
    assert found["trunk_lines"]["lines"] == 32
    assert found["daemons"]["count"] == 2
    assert found["postgresql_cores"] == 1
    assert list(found["why"]) == [
        "seats",
        "rostered",
        "trunk lines",
        "daemons",
        "asterisks",
        "cores of PostgreSQL",
    ]


def test_without_a_cost_it_says_how_to_tell_one() -> None:
    typed = type_in(*BUSY_HOUR)

    assert typed.exit_code == 0
    assert "so no servers are planned: say --measured" in typed.stdout


@pytest.fixture
def measured(tmp_path: Path) -> Path:
    """10 calls for 20 s; the daemon took 0.4 s and 5 MB, Asterisk 0.8 s, PostgreSQL 0.2 s."""
    cpu_s = {"daemon": (1.0, 1.4), "asterisk": (2.0, 2.8), "postgresql": (0.0, 0.2)}
    file = tmp_path / "result.json"
    file.write_text(
        result(
            seconds=tuple(second(at, calls_up=10) for at in range(1, 21)),
            watched=Watched(
                processes=tuple(
                    sample(at, name, used[at > 0], 90_000_000 + 5_000_000 * (at > 0))
                    for at in (0, 20)
                    for name, used in cpu_s.items()
                )
            ),
        ).to_json()
    )
    return file


def test_a_load_run_tells_what_a_call_costs(measured: Path) -> None:
    found = as_json("--measured", str(measured))

    assert found["daemons"]["cpu_per_call_s"] == 0.002
    assert found["daemons"]["memory_mb_each"] == pytest.approx(0.5 * 65)
    assert found["asterisks"]["cpu_per_call_s"] == 0.004
    assert found["postgresql_cores"] == 1
    assert "more calls than the 10 that were measured" in found["remarks"][0]


def test_what_is_told_goes_before_what_was_measured(measured: Path) -> None:
    found = as_json("--measured", str(measured), "--daemon-cpu", "0.02", "--daemon-memory", "1")

    assert found["daemons"]["cpu_per_call_s"] == 0.02
    assert found["daemons"]["needed"] == 3
    assert found["asterisks"]["cpu_per_call_s"] == 0.004


def test_a_run_in_which_nobody_looked_at_the_programs_plans_no_servers(tmp_path: Path) -> None:
    file = tmp_path / "result.json"
    file.write_text(result().to_json())

    found = as_json("--measured", str(file))

    assert found["daemons"] is None
    assert found["remarks"][0].startswith("This load run did not watch the programs")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--service-level", "80"), "80 is no service level: say percent and seconds, such as"),
        (("--service-level", "100/20"), "The service level is more than 0 % and less than 100 %"),
        (("--blocking", "much"), "much is no number."),
        (("--ivr", "nan"), "nan is no number."),
        (("--shrinkage", "100%"), "The shrinkage is at least 0 % and less than 100 %."),
        (("--daemon-memory", "1"), "--daemon-memory goes with --daemon-cpu."),
        (("--asterisk-cores", "0"), "An Asterisk has at least 1 core."),
        (("--postgresql-cpu", "0"), "The processor time of a call is a number of seconds above 0."),
        (("--measured", "nowhere.json"), "nowhere.json cannot be read."),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(options: tuple[str, ...], sentence: str) -> None:
    typed = type_in(*BUSY_HOUR, *options)

    assert typed.exit_code == 1
    assert sentence in typed.stderr
    assert typed.stderr.count("\n") == 1


def test_a_file_that_is_no_result_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "result.json"
    file.write_text("{}")

    typed = type_in(*BUSY_HOUR, "--measured", str(file))

    assert typed.exit_code == 1
    assert typed.stderr == f"{file} is no result of `callcenter load`.\n"


def test_a_run_without_calls_tells_nothing(tmp_path: Path) -> None:
    file = tmp_path / "result.json"
    file.write_text(result(seconds=()).to_json())

    assert "No call was up in this load run" in type_in(*BUSY_HOUR, "--measured", str(file)).stderr


def second(at: float, *, calls_up: int) -> Second:
    return Second(at=at, calls_up=calls_up, begun=0, answered=0, ended=0, failed=0)


def sample(at: float, name: str, cpu_s: float, memory: int) -> ProcessSample:
    return ProcessSample(at=at, name=name, cpu_s=cpu_s, memory=memory, files=None, threads=1)
