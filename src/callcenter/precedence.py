"""
Which programs go before others on a busy machine: telephones, then the hotline, then the rest.

A kernel that groups what runs by session (`autogroup`, outside of control groups) weighs sessions
against each other and a process's own niceness only within its session, so both are said.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

# Asterisk is at -10 (asterisk/run). What it waits for goes before it: a daemon and a database
# behind it would get what it leaves, and callers on a busy machine would wait a second for each
# prompt.
HOTLINE: Final = -15
# Whoever plays the callers stands for telephones elsewhere, which a busy PBX does not slow down.
TELEPHONES: Final = -16

_SESSION: Final = Path("/proc/self/autogroup")


def go_first(niceness: int) -> None:
    """Let this process, and those that it starts from now on, go so early, where it may."""
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, min(niceness, os.getpriority(os.PRIO_PROCESS, 0)))


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
