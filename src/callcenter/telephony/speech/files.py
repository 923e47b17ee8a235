"""
The folder where sounds are kept. Many daemons may share one.

A file appears whole or not at all, and its name tells its content, so nobody needs a lock.
"""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final
from uuid import uuid4

_SUFFIX: Final = ".alaw"
_MADE_AS: Final = "1"  # count up whenever clips are made or joined differently
_KEEP: Final = 0.8  # of the size, after the oldest files have gone


def name_of(*content: str) -> str:
    """Return the same name for the same content, and another one for any other."""
    return hashlib.sha256("\0".join((_MADE_AS, *content)).encode()).hexdigest()[:32]


class SoundFolder:
    """Raw A-law files by name. Blocking; every method may raise OSError."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory.absolute()

    def path(self, name: str) -> str:
        """Return where the sound is, without its extension, as Asterisk names it."""
        return str(self._directory / name)

    def read(self, name: str) -> bytes:
        """Return the sound; nothing if it is not here."""
        try:
            return self._file(name).read_bytes()
        except FileNotFoundError:
            return b""

    def write(self, name: str, sound: bytes) -> None:
        self._directory.mkdir(parents=True, exist_ok=True)
        draft = self._directory / f"{name}.{uuid4().hex}.part"
        try:
            draft.write_bytes(sound)
            draft.replace(self._file(name))
        except OSError:
            draft.unlink(missing_ok=True)
            raise

    def touch(self, name: str) -> bool:
        """Tell whether the sound is here; if so mark it as used, so that it is not the oldest."""
        try:
            os.utime(self._file(name))
            return self._file(name).stat().st_size > 0
        except FileNotFoundError:
            return False

    def drop_oldest(self, most_bytes: int) -> int:
        """
        If the sounds take more bytes than that, delete the oldest ones, never the newest.

        Return how many bytes are left.
        """
        sounds = sorted(self._sounds())
        left = sum(size for _, size, _ in sounds)
        goal = most_bytes if left <= most_bytes else most_bytes * _KEEP
        for _, size, path in sounds[:-1]:
            if left <= goal:
                break
            Path(path).unlink(missing_ok=True)
            left -= size
        return left

    def _sounds(self) -> Iterable[tuple[float, int, str]]:
        """Yield time, size and path of each sound; another daemon may delete it meanwhile."""
        if not self._directory.exists():
            return
        with os.scandir(self._directory) as entries:
            for entry in entries:
                try:
                    found = entry.stat()
                except FileNotFoundError:
                    continue
                yield found.st_mtime, found.st_size, entry.path

    def _file(self, name: str) -> Path:
        return self._directory / (name + _SUFFIX)
