"""The library that lets the timers of all calls be due at common moments."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import pytest

from callcenter.places import ASTERISK_SCRIPTS

BEAT_NS: Final = 5_000_000
OF_SOUND_NS: Final = 20_000_000
TIMERS: Final = 40

pytestmark = pytest.mark.skipif(
    not any(map(shutil.which, ("cc", "gcc", "clang"))), reason="needs a C compiler"
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pbx")
    done = make(folder)
    assert done.returncode == 0, done.stderr
    return folder / "beat.so"


def make(folder: Path, script: str = "beat", **others: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "CALLCENTER_PBX_DIR": str(folder), **others}
    return run([str(ASTERISK_SCRIPTS / script)], environment)


def run(command: Sequence[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=30
    )


def due(every_ns: int, **variables: str) -> list[tuple[int, int]]:
    """Return between which moments each of many timers is due for the first time."""
    program = Path(__file__).with_name("beat.py")
    words = [sys.executable, str(program), str(every_ns), str(TIMERS)]
    done = run(words, {**os.environ, **variables})
    assert done.returncode == 0, done.stderr
    return [(first, last) for first, last in json.loads(done.stdout)]


def on_the_beat(moments: Sequence[tuple[int, int]]) -> int:
    """Return how many may be due at a beat."""
    return sum(first // BEAT_NS < last // BEAT_NS for first, last in moments)


def test_timers_of_sound_are_due_at_common_moments(library: Path) -> None:
    assert on_the_beat(due(OF_SOUND_NS, LD_PRELOAD=str(library))) == TIMERS


def test_without_it_they_are_due_at_any_moment() -> None:
    assert on_the_beat(due(OF_SOUND_NS)) < TIMERS


def test_other_timers_are_left_alone(library: Path) -> None:
    assert on_the_beat(due(OF_SOUND_NS + 1, LD_PRELOAD=str(library))) < TIMERS


def test_what_is_made_is_not_made_again(library: Path) -> None:
    before = library.stat()
    assert make(library.parent).returncode == 0
    assert library.stat().st_ino == before.st_ino


@pytest.mark.parametrize("script", ["beat", "keys", "tape"])
def test_without_a_compiler_it_says_so_and_leaves_nothing_behind(
    script: str, tmp_path: Path
) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "dirname", "rm", "mv"):
        found = shutil.which(name)
        assert found is not None
        (tools / name).symlink_to(found)
    folder = tmp_path / "pbx"
    folder.mkdir()
    done = make(folder, script, PATH=str(tools))
    assert done.returncode != 0
    assert "no C compiler" in done.stderr
    assert list(folder.iterdir()) == []
