"""How operations staff put a menu into force, and take it back."""

from collections.abc import Callable
from typing import Final

from callcenter.domain.audit import Action, AuditEntry
from callcenter.domain.calls import CallerNumber, CallId, Did
from callcenter.domain.clock import Clock
from callcenter.domain.menus import Activation, MenuVersion, in_force
from callcenter.domain.orders import Station
from callcenter.ivr.menus.ports import MenuBook

ReadMenu = Callable[[str], object]
SHIPPED: Final = "shipped"
_NOBODY: Final = Station(call=CallId(""), caller=CallerNumber(""), did=Did(""), branch=None)


class CannotActivate(Exception):
    """Nothing was activated, for a reason that is not in the menu."""


class Activating:
    """
    Activations and rollbacks. `read` proves a menu, and raises `BadMenu` of one with a fault.

    What passes here is proved once more by every daemon, which may be of another version.
    """

    def __init__(self, book: MenuBook, clock: Clock, read: ReadMenu) -> None:
        self._book = book
        self._clock = clock
        self._read = read

    async def activate(self, text: str, *, by: str, why: str) -> Activation:
        """Put a menu into force for new calls. Raise `BadMenu` or `CannotActivate`."""
        self._read(text)
        after = await self._book.newest()
        kept = await self._book.keep(text, at=self._clock.now(), by=by, why=why)
        return await self._write(kept, None, after, by, why)

    async def roll_back(self, *, by: str, why: str) -> Activation:
        """Put the menu before into force again. Raise `BadMenu` or `CannotActivate`."""
        activations = await self._book.activations()
        standing = in_force(activations)
        if not standing:
            raise CannotActivate("The menu that ships is in force, and nothing is before it.")
        before = standing[-2].version if len(standing) > 1 else None
        kept = None if before is None else await self.kept(before)
        if kept is not None:
            self._read(kept.text)
        return await self._write(kept, standing[-1].number, activations[-1].number, by, why)

    async def kept(self, number: int) -> MenuVersion:
        """Return a version; raise `CannotActivate` if there is none such."""
        kept = await self._book.version(number)
        if kept is None:
            raise CannotActivate(f"There is no version {number}.")
        return kept

    async def _write(
        self, kept: MenuVersion | None, undoes: int | None, after: int, by: str, why: str
    ) -> Activation:
        version = {} if kept is None else {"version": str(kept.number), "digest": kept.digest}
        entry = AuditEntry(
            at=self._clock.now(),
            station=_NOBODY,
            account=None,
            action=Action.MENU_ACTIVATED if undoes is None else Action.MENU_ROLLED_BACK,
            outcome="activated",
            details={"by": by, "why": why, "version": SHIPPED, **version},
        )
        written = await self._book.activate(
            None if kept is None else kept.number, undoes=undoes, after=after, entry=entry
        )
        if written is None:
            raise CannotActivate("Somebody has activated a menu just now. Look, and try again.")
        return written
