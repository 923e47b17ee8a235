"""Who goes before whom, where the kernel weighs sessions. Later than others, everybody may go."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from callcenter import precedence

OURS: Final = Path("/proc/self/autogroup")
SETS: Final = """
from callcenter import precedence

def show():
    print(precedence.weight_of_session())
"""
FOR_GOOD: Final = f"""{SETS}
precedence.let_session_go_first(5)
show()
"""
FOR_A_WHILE: Final = f"""{SETS}
with precedence.session_goes_first(3):
    show()
show()
"""

are_weighed = pytest.mark.skipif(
    precedence.weight_of_session() is None, reason="sessions are not weighed here"
)


def in_a_session_of_its_own(script: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", script],
        start_new_session=True,
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    return done.stdout.split()


@are_weighed
def test_a_session_goes_as_early_as_is_said_and_no_other_does() -> None:
    ours = OURS.read_text()

    assert in_a_session_of_its_own(FOR_GOOD) == ["5"]
    assert OURS.read_text() == ours


@are_weighed
@pytest.mark.skipif(os.getuid() != 0, reason="only root may go earlier again")
def test_a_session_goes_first_for_a_while_only() -> None:
    assert in_a_session_of_its_own(FOR_A_WHILE) == ["3", "0"]


@pytest.mark.parametrize(
    ("said", "weight"), [("/autogroup-99 nice -15\n", -15), ("", None), ("/\n", None)]
)
def test_where_nothing_is_said_of_sessions_they_are_not_weighed(
    tmp_path: Path, said: str, weight: int | None
) -> None:
    of_session = tmp_path / "autogroup"
    of_session.write_text(said)

    assert precedence.weight_of_session(of_session) == weight
    assert precedence.weight_of_session(tmp_path / "missing") is None
