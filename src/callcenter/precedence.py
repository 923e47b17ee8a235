"""
Who goes before others on a busy machine: packets, telephones, the hotline, then the rest.

A kernel that groups what runs by session (`autogroup`, outside of control groups) weighs sessions
against each other and a process's own niceness only within its session, so both are said.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import psutil

# Asterisk is at -10 (asterisk/run). What it waits for goes before it: a daemon and a database
# behind it would get what it leaves, and callers on a busy machine would wait a second for each
# prompt.
HOTLINE: Final = -15
# Whoever plays the callers stands for telephones elsewhere, which a busy PBX does not slow down.
TELEPHONES: Final = -16
# Threads of the kernel that carry packets, and end what was asked of the disk, when there is much
# of it. Behind programs that go first, these wait for what such a thread has not got round to.
PACKETS: Final = -17

_STARTS_THREADS: Final = 2  # kthreadd, which has this pid on every Linux
_SESSION: Final = Path("/proc/self/autogroup")


def go_first(niceness: int) -> None:
    """Let this process, and those that it starts from now on, go so early, where it may."""
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, min(niceness, os.getpriority(os.PRIO_PROCESS, 0)))


def let_packets_go_first() -> None:
    """Let the kernel's threads for packets go before all of these, where we may."""
    for thread in threads_for_packets():
        with suppress(ProcessLookupError, PermissionError):
            os.setpriority(os.PRIO_PROCESS, thread, PACKETS)


def threads_for_packets() -> Sequence[int]:
    """Return their pids; none where they are out of sight, as in a container."""
    threads = psutil.process_iter(["name", "ppid"])
    return [
        thread.pid
        for thread in threads
        if thread.info["ppid"] == _STARTS_THREADS and thread.info["name"].startswith("ksoftirqd/")
    ]


def let_session_go_first(niceness: int) -> None:
    """Let all programs of our session go so early, where sessions are weighed and we may."""
    with suppress(OSError):
        _SESSION.write_text(str(niceness))


@contextmanager
def session_goes_first(niceness: int) -> Iterator[None]:
    """Let our session, which is somebody's terminal, go so early for a while."""
    before = weight_of_session()
    if before is None:
        yield
        return
    let_session_go_first(niceness)
    try:
        yield
    finally:
        let_session_go_first(before)


def weight_of_session(said: Path = _SESSION) -> int | None:
    """Return our session's niceness; None if it has none, as the one a machine begins with."""
    with suppress(OSError):
        words = said.read_text().split()  # /autogroup-99 nice -15
        return int(words[-1]) if "nice" in words else None
    return None
