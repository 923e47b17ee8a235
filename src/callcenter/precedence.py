"""
Which programs go before others on a busy machine: telephones, then the hotline, then the rest.

A kernel that groups what runs by session (`autogroup`, outside of control groups) weighs sessions
against each other and a process's own niceness only within its session, so both are set.
"""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

ASTERISK: Final = -10  # as asterisk/run has it: sound is due every 20 ms
# What Asterisk waits for goes before it: a daemon and a database behind it would get what it
# leaves, and callers on a busy machine would wait a second for each prompt.
HOTLINE: Final = -15
# Whoever plays the callers stands for telephones elsewhere, which a busy PBX does not slow down.
TELEPHONES: Final = -16


def go_first(niceness: int) -> None:
    """Let this process, and those that it starts from now on, go so early, where it may."""
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, min(niceness, os.getpriority(os.PRIO_PROCESS, 0)))


def let_session_go_first(pid: int, niceness: int) -> None:
    """Let the whole session of a process go so early, where sessions are weighed and we may."""
    with suppress(OSError):
        Path(f"/proc/{pid}/autogroup").write_text(str(niceness))
