"""What benches leave behind, and how their runs are compared."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.bench import compare, history
from tests.bench.history import Record, Run
from tests.bench.report import Figure, duration, rate

RUN = Run(at="2026-11-23T01:00:00+00:00", commit="aaaa", machine="two cores")


def record(ratio: float | None, at: str = RUN.at, **changes: str) -> Record:
    run = replace(RUN, at=at, **changes)
    return Record(
        run=run, bench="codec", figure="commands", value=1.0, unit="/s", limit=2.0, ratio=ratio
    )


def test_a_rate_reaches_a_part_of_the_bare_limit_and_so_does_a_time() -> None:
    fast = rate("commands", [45.0, 40.0, 45.0], [90.0, 90.0, 90.0], " /s")
    slow = duration("a start", [4.0, 4.0], [2.0, 2.0], " s")

    assert (fast.value, fast.limit, fast.ratio) == (45.0, 90.0, 0.5)
    assert (slow.value, slow.limit, slow.ratio) == (4.0, 2.0, 0.5)


def test_a_busy_moment_that_hits_one_of_the_two_leaves_the_ratio_as_it_is() -> None:
    fast = rate("commands", [50.0, 5.0, 49.0], [99.0, 100.0, 10.0], " /s")
    slow = duration("a start", [4.0, 40.0], [20.0, 2.0], " s")

    assert (fast.ratio, slow.ratio) == (0.5, 0.5)


def test_a_run_is_read_back_as_it_was_kept(tmp_path: Path) -> None:
    file = tmp_path / "bench" / "history.jsonl"
    figures = {"codec": [Figure("commands", 20_123.4, " /s", limit=60_000.0, ratio=0.33539)]}

    history.keep(file, history.records(RUN, figures))
    history.keep(file, [record(0.5)])

    [first, second] = history.read(file)
    assert (first.bench, first.figure, first.unit) == ("codec", "commands", "/s")
    assert (first.value, first.limit, first.ratio) == (20_120.0, 60_000.0, 0.3354)
    assert second == record(0.5)


def test_what_was_never_measured_has_no_history(tmp_path: Path) -> None:
    assert history.read(tmp_path / "none.jsonl") == []
    assert compare.tell([])


def test_a_ratio_that_fell_by_more_than_a_fifth_is_pointed_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    best = record(0.6, "2026-11-20", commit="best")
    before = record(0.5, "2026-11-21")
    newest = record(0.39, "2026-11-22")

    [found] = compare.comparisons([best, before, newest])

    assert (found.newest, found.before, found.best, found.fell) == (newest, before, best, True)
    assert not compare.tell([best, before, newest])
    assert "0.390   0.500   0.600 best" in capsys.readouterr().out


@pytest.mark.parametrize("ratio", [0.41, 0.5, 0.9])
def test_less_than_a_fifth_is_noise(ratio: float) -> None:
    assert compare.tell([record(0.5, "2026-11-21"), record(ratio, "2026-11-22")])


def test_another_machine_is_not_compared_with() -> None:
    [found] = compare.comparisons(
        [record(0.9, "2026-11-20", machine="sixty-four cores"), record(0.3, "2026-11-21")]
    )

    assert (found.before, found.best.ratio) == (None, 0.3)


def test_a_figure_without_a_bare_limit_is_kept_and_not_compared() -> None:
    assert list(compare.comparisons([record(None)])) == []


def test_the_kept_history_can_be_read() -> None:
    for kept in history.read(history.KEPT):
        assert kept.value >= 0
        assert (kept.limit is None) == (kept.ratio is None)
