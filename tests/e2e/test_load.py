"""The load kit against a whole callcenter: each scenario once, and nothing lost or doubled."""

from pathlib import Path

import pytest

from callcenter.load.model import LoadResult
from callcenter.load.plans import PROFILES
from tests.e2e.installation import Installation

SCENARIOS = PROFILES["smoke"].mix


@pytest.fixture(scope="module")
def run(hotline: Installation, tmp_path_factory: pytest.TempPathFactory) -> LoadResult:
    folder = tmp_path_factory.mktemp("load")
    calls = ("--calls", "7", "--rate", "7", "--ramp", "0", "--lasts", "1.2", "--pace", "4")
    judged = ("--max-key-to-prompt-ms", "30000", "--max-post-dial-ms", "30000")

    done = hotline.run("load", *calls, *judged, "--out", str(folder), within_s=240)

    assert done.returncode == 0, done.stdout + done.stderr
    assert_no_secret(folder)
    return LoadResult.from_json((folder / "result.json").read_text())


def assert_no_secret(folder: Path) -> None:
    for file in folder.iterdir():
        told = file.read_text(errors="replace")
        assert "246810" not in told, file
        assert "112358" not in told, file


def test_a_few_calls_of_every_scenario_all_succeed(run: LoadResult) -> None:
    assert {one.scenario: one.succeeded for one in run.scenarios} == dict(SCENARIOS)
    assert run.failed == 0


def test_every_order_is_placed_found_and_heard(run: LoadResult) -> None:
    assert run.orders.placed >= 2
    assert run.orders.found is not None
    assert run.orders.heard is not None
    assert run.orders.agree


def test_the_programs_were_watched(run: LoadResult) -> None:
    watched = {sample.name for sample in run.watched.processes}

    assert {"asterisk", "daemon", "postgresql", "sipp"} <= watched
    assert "asterisk channels" in {gauge.name for gauge in run.watched.gauges}
