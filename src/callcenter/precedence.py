"""Which programs go before others on a busy machine: first telephones, then the hotline."""

import os
from contextlib import suppress
from typing import Final

# Asterisk is at -10 (asterisk/run). What it waits for goes before it: a daemon and a database
# behind it would get what it leaves, and callers on a busy machine would wait a second for each
# prompt.
HOTLINE: Final = -11
# Whoever plays the callers stands for telephones elsewhere, which a busy PBX does not slow down.
TELEPHONES: Final = -12


def go_first(niceness: int) -> None:
    """Let this process, and those that it starts from now on, go so early, where it may."""
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, min(niceness, os.getpriority(os.PRIO_PROCESS, 0)))
