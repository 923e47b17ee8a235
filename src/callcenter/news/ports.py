"""What voice news needs of the world. `storage` and `telephony` provide it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from callcenter.domain.audit import AuditEntry
from callcenter.domain.news import (
    Item,
    ItemId,
    ItemState,
    KeptItem,
    Play,
    PlayCount,
    Programme,
    ProgrammeKind,
)
from callcenter.domain.orders import Station


class NewsBook(Protocol):
    """The record of voice news. Every method raises `StoreUnavailable` if it cannot answer."""

    async def programmes(self) -> Sequence[Programme]:
        """Return all programmes, by kind and number."""
        ...

    async def mailbox(self, number: str) -> Programme | None: ...

    async def current(
        self, kind: ProgrammeKind, now: datetime, *, security: str | None = None
    ) -> Sequence[KeptItem]:
        """Return what is published and valid at that time, in the order in which it is played."""
        ...

    async def items(self) -> Sequence[KeptItem]:
        """Return all items, whatever their state, the newest first."""
        ...

    async def take_over(
        self, programmes: Sequence[Programme], items: Sequence[Item], *, by: str, at: datetime
    ) -> Sequence[KeptItem]:
        """
        Write programmes and items down, all of them or none; return the items that are new here.

        What is here already as it comes stays untouched. An item that comes with other content
        is a draft again. Raise `LookupError` for an item of a programme that nobody knows.
        """
        ...

    async def move(
        self, ids: Collection[ItemId], state: ItemState, entries: Sequence[AuditEntry]
    ) -> None:
        """Bring the items into a state, with their audit rows in the same transaction."""
        ...

    async def add_play(
        self, play: Play, station: Station, account: str | None, at: datetime
    ) -> None:
        """Write down who heard how much."""
        ...

    async def plays(self) -> Sequence[PlayCount]:
        """Return how often each item was played, the most often played first."""
        ...


class NewsSounds(Protocol):
    """The folder of sounds of the news. Daemons and Asterisk share it."""

    async def take(self, file: str) -> str:
        """
        Make a recording fit for a telephone, keep it, and return its name.

        The same sound has the same name. Raise `NotASound` for what is none.
        """
        ...

    def path(self, name: str) -> str:
        """Return where a sound is, without its ending."""
        ...
