"""Figures in the words of the page."""

import pytest

from callcenter.load.report.words import count, duration, memory, met, share


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.0035, "3.5 ms"),
        (0.0834, "83 ms"),
        (0.9994, "999 ms"),
        (1.25, "1.25 s"),
        (90.0, "90 s"),
        (1800.0, "30 min"),
        (1865.0, "31 min 5 s"),
        (None, "not measured"),
    ],
)
def test_a_duration_has_the_unit_that_fits(seconds: float | None, said: str) -> None:
    assert duration(seconds) == said


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (0, 10, "0 %"),
        (1, 8, "12.5 %"),
        (3, 10_000, "0.03 %"),
        (1, 10**9, "< 0.001 %"),
        (0, 0, "–"),
    ],
)
def test_a_small_share_is_never_said_to_be_none(part: int, whole: int, said: str) -> None:
    assert share(part, whole) == said


def test_counts_memory_and_verdicts_are_said_as_people_write_them() -> None:
    assert (count(12_757), count(1.25), count(None)) == ("12,757", "1.2", "not measured")
    assert memory(3 * 2**20) == "3.0 MB"
    assert (met(True), met(False), met(None)) == ("met", "missed", "not measured")
