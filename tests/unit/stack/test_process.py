"""Programs in the background, each a small one of Python's."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from callcenter.stack.process import Background

STAYS = (sys.executable, "-S", "-c", "import time; time.sleep(60)")
ENDS = (sys.executable, "-S", "-c", "print('no port is free'); raise SystemExit(1)")
IGNORES_SIGTERM = (
    sys.executable,
    "-S",
    "-c",
    "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True);"
    " time.sleep(60)",
)

# They are left running on purpose.
pytestmark = pytest.mark.filterwarnings("ignore:subprocess .* is still running:ResourceWarning")


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Background]:
    program = background(tmp_path)
    yield program
    program.stop(within_s=0)


def background(place: Path) -> Background:
    return Background("daemon", run_dir=place / "run", log_dir=place / "log")


def pid_file(place: Path) -> Path:
    return place / "run" / "daemon.pid"


def test_a_program_runs_apart_from_our_terminal(program: Background) -> None:
    started = program.start(STAYS, {"CALLCENTER_LOG_STYLE": "json"})

    assert program.process() == started
    assert os.getsid(started.pid) != os.getsid(0)


def test_whoever_comes_later_finds_it_by_its_pid_file(program: Background, tmp_path: Path) -> None:
    started = program.start(STAYS, {})

    assert background(tmp_path).process() == started


WAITS = (sys.executable, "-S", "-c", "import sys; print(repr(sys.stdin.readline()))")


def test_a_program_that_waits_goes_on_when_it_is_told(program: Background) -> None:
    started = program.start(WAITS, {}, waits=True)

    program.tell()

    started.wait(10)
    assert program.last_words() == r"'\n'"


def test_a_program_that_ended_before_it_was_told_is_left_alone(program: Background) -> None:
    program.start(ENDS, {}, waits=True).wait(10)

    program.tell()

    assert program.last_words() == "no port is free"


def test_its_environment_is_ours_and_more(program: Background) -> None:
    shows = (sys.executable, "-S", "-c", "import os; print(os.environ['A'], 'PATH' in os.environ)")

    program.start(shows, {"A": "b"}).wait(10)

    assert program.last_words() == "b True"


def test_a_program_that_was_never_started_does_not_run(tmp_path: Path) -> None:
    assert background(tmp_path).process() is None
    assert not background(tmp_path).stop()


def test_a_program_that_ended_does_not_run_and_left_its_last_words(program: Background) -> None:
    program.start(ENDS, {}).wait(10)

    assert program.process() is None
    assert program.last_words() == "no port is free"


def test_last_words_are_the_last_lines(program: Background) -> None:
    program.log_file.parent.mkdir()
    program.log_file.write_bytes(b"".join(b"line %d\n" % n for n in range(9)) + b"\xff\n")

    assert program.last_words(lines=2) == "line 8\n\ufffd"


def test_a_number_that_went_to_another_program_is_not_ours(
    program: Background, tmp_path: Path
) -> None:
    elsewhere = background(tmp_path / "elsewhere")
    stranger = elsewhere.start(STAYS, {})
    recycled = {"pid": stranger.pid, "created": stranger.create_time() - 1}
    pid_file(tmp_path).parent.mkdir()
    pid_file(tmp_path).write_text(json.dumps(recycled))

    assert program.process() is None
    assert not program.stop()
    assert elsewhere.stop()


@pytest.mark.parametrize("noted", ["", "4711", "[]", '{"pid": 1}', '{"pid": "x", "created": 0}'])
def test_a_pid_file_that_is_damaged_means_nothing_runs(
    program: Background, tmp_path: Path, noted: str
) -> None:
    pid_file(tmp_path).parent.mkdir()
    pid_file(tmp_path).write_text(noted)

    assert program.process() is None


def test_stopping_ends_it_and_forgets_it(program: Background, tmp_path: Path) -> None:
    started = program.start(STAYS, {})

    assert program.stop()
    assert not started.is_running() or started.status() == psutil.STATUS_ZOMBIE
    assert not pid_file(tmp_path).exists()
    assert not program.stop()


def test_a_program_that_will_not_end_is_killed(program: Background) -> None:
    started = program.start(IGNORES_SIGTERM, {})
    while program.process() and not program.last_words():
        os.sched_yield()

    assert program.stop(within_s=0.05)
    assert started.wait(10) == -9
