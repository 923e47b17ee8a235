"""Who goes before whom, where the kernel weighs sessions. Later than others, everybody may go."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

OURS: Final = Path("/proc/self/autogroup")
SETS: Final = """
from pathlib import Path
from callcenter import precedence

def show():
    print(Path("/proc/self/autogroup").read_text().split()[-1])
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

pytestmark = pytest.mark.skipif(not OURS.exists(), reason="this kernel does not weigh sessions")


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


def test_a_session_goes_as_early_as_is_said_and_no_other_does() -> None:
    ours = OURS.read_text()

    assert in_a_session_of_its_own(FOR_GOOD) == ["5"]
    assert OURS.read_text() == ours


@pytest.mark.skipif(os.getuid() != 0, reason="only root may go earlier again")
def test_a_session_goes_first_for_a_while_only() -> None:
    assert in_a_session_of_its_own(FOR_A_WHILE) == ["3", "0"]
