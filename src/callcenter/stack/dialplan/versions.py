"""The two configurations that asterisk/configure keeps: the one in force, and the one before."""

import os
from pathlib import Path
from typing import Final

_IN_FORCE: Final = "etc"
_BEFORE: Final = "etc.previous"


class NothingBefore(Exception):
    """There is no configuration to go back to."""


class Versions:
    """Links in the folder that asterisk/configure wrote to; each is changed in one step."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def in_force(self) -> str:
        """Return the name of the configuration that Asterisk reads."""
        return os.readlink(self._folder / _IN_FORCE)

    def before(self) -> str:
        """Return the name of the one before; raise `NothingBefore` if it is gone."""
        link = self._folder / _BEFORE
        if not link.is_symlink() or not link.exists():
            raise NothingBefore("There is no earlier dialplan to go back to.")
        return os.readlink(link)

    def go_back(self) -> None:
        """Have Asterisk read the one before, and keep this one as the one before that."""
        before, now = self.before(), self.in_force()
        self._point(_IN_FORCE, before)
        self._point(_BEFORE, now)

    def give_up(self) -> None:
        """Have Asterisk read the one before, and forget this one: nobody shall go back to it."""
        self._point(_IN_FORCE, self.before())
        (self._folder / _BEFORE).unlink()

    def _point(self, name: str, target: str) -> None:
        made = self._folder / f"{name}.link"
        made.unlink(missing_ok=True)
        made.symlink_to(target)
        made.replace(self._folder / name)
