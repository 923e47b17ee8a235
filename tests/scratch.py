"""Where the tests keep what nobody needs afterwards: in memory, if the system offers that."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

_IN_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - only names made by mkdtemp are used there
_ROOM: Final = 2**30


def scratch(prefix: str) -> Path:
    """Make a folder, which whoever asked removes. On a disk a database takes ten times as long."""
    return Path(tempfile.mkdtemp(prefix=prefix, dir=_IN_MEMORY if _has_room() else None))


def _has_room() -> bool:
    return os.access(_IN_MEMORY, os.W_OK) and shutil.disk_usage(_IN_MEMORY).free > _ROOM
