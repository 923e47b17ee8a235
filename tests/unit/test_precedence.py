"""Who goes before whom, where the kernel weighs sessions. Later than others, everybody may go."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
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
IMPOSTOR: Final = """
import ctypes, sys
ctypes.CDLL(None).prctl(15, b"ksoftirqd/9")
print("named", flush=True)
sys.stdin.read()
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


@pytest.fixture
def carriers() -> Iterator[Sequence[int]]:
    """The kernel's threads for packets, which are as they were when we leave."""
    before = {pid: niceness(pid) for pid in precedence.threads_for_packets()}
    if not before:
        pytest.skip("the kernel's threads are out of sight")
    yield tuple(before)
    for pid, was in before.items():
        os.setpriority(os.PRIO_PROCESS, pid, was)


def niceness(pid: int) -> int:
    return os.getpriority(os.PRIO_PROCESS, pid)


@pytest.mark.skipif(os.getuid() != 0, reason="only root may")
def test_packets_go_before_telephones_and_the_hotline(carriers: Sequence[int]) -> None:
    precedence.let_packets_go_first()

    assert {niceness(pid) for pid in carriers} == {precedence.PACKETS}
    assert precedence.PACKETS < precedence.TELEPHONES < precedence.HOTLINE


def test_no_program_is_taken_for_a_thread_of_the_kernel() -> None:
    words = (sys.executable, "-c", IMPOSTOR)
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as impostor:
        assert impostor.stdout is not None
        assert impostor.stdout.readline() == b"named\n"

        assert impostor.pid not in precedence.threads_for_packets()
        impostor.communicate(timeout=30)


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
