"""What menus need of a store. `callcenter.storage` provides it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from callcenter.domain.audit import AuditEntry
from callcenter.domain.menus import Activation, MenuVersion


class MenuBook(Protocol):
    """Every menu that was ever kept, and every activation. All methods raise `StoreUnavailable`."""

    async def keep(self, text: str, *, at: datetime, by: str, why: str) -> MenuVersion:
        """Keep a menu. The same text is kept once, and by whoever was first."""
        ...

    async def version(self, number: int) -> MenuVersion | None:
        """Return a menu that was kept."""
        ...

    async def activations(self) -> Sequence[Activation]:
        """Return all activations, the oldest first."""
        ...

    async def newest(self) -> int:
        """Return the number of the newest activation, 0 if there is none."""
        ...

    async def activate(
        self, version: int | None, *, undoes: int | None, after: int, entry: AuditEntry
    ) -> Activation | None:
        """
        Write an activation down with its audit entry, which says when, who and why.

        None, and nothing is written, if `after` is not the newest activation any more.
        """
        ...
