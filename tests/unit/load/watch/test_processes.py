"""What processes cost, looked at in a family of our own."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from callcenter.load.watch.processes import files, memory, sample, trees

HAS_A_CHILD = (
    "import subprocess, sys;"
    "child = subprocess.Popen([sys.executable, '-c', 'input()'], stdin=subprocess.PIPE);"
    "print(child.pid, flush=True); input(); child.communicate()"
)


@pytest.fixture
def family() -> Iterator[tuple[int, int]]:
    with subprocess.Popen(
        [sys.executable, "-c", HAS_A_CHILD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        yield parent.pid, int(parent.stdout.readline())
        parent.communicate("\n")


def test_a_part_is_its_process_and_those_below(family: tuple[int, int]) -> None:
    parent, child = family

    found = trees({"daemon": parent, "asterisk": None})

    assert {name: [one.pid for one in tree] for name, tree in found.items()} == {
        "daemon": [parent, child]
    }


def test_a_part_with_a_name_is_not_counted_with_the_part_above(family: tuple[int, int]) -> None:
    parent, child = family

    found = trees({"load": parent, "sipp": child})

    assert [[one.pid for one in tree] for tree in found.values()] == [[parent], [child]]


def test_a_process_that_is_gone_has_no_tree() -> None:
    assert trees({"daemon": 2**22 + 1}) == {}


def test_what_a_family_shares_is_in_memory_once(family: tuple[int, int]) -> None:
    both = trees({"all": family[0]})["all"]

    assert memory(both) < sum(one.memory_info().rss for one in both)
    assert memory(both) > max(one.memory_info().rss for one in both)


def test_a_sample_has_every_figure() -> None:
    [tree] = trees({"us": os.getpid()}).values()

    seen = sample(1.5, "us", tree[:1])

    assert (seen.at, seen.name) == (1.5, "us")
    assert seen.cpu_s > 0
    assert seen.threads >= 1
    assert seen.files == files(tree[:1])
    assert seen.files is not None
    assert seen.files >= 3
