"""Voice news: what is played to callers, and what people do with it."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from callcenter.domain.accounts import AccountId
from callcenter.domain.audit import Action, AuditEntry
from callcenter.domain.calls import CallerNumber, CallId, Did, Language
from callcenter.domain.clock import Clock
from callcenter.domain.errors import Refused
from callcenter.domain.kept_secret import NOBODYS, matches
from callcenter.domain.news import (
    Item,
    ItemId,
    ItemState,
    KeptItem,
    Play,
    Programme,
    ProgrammeKind,
    ProgrammeName,
    Story,
)
from callcenter.domain.orders import Station
from callcenter.domain.refusals import Refusal
from callcenter.domain.secret import Secret
from callcenter.news.ports import NewsBook, NewsSounds

_NOBODY: Final = Station(call=CallId(""), caller=CallerNumber(""), did=Did(""), branch=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What a recording is about."""

    programme: ProgrammeName
    language: Language
    title: str
    security: str | None = None


class News:
    """Every method raises `StoreUnavailable` if the record does not answer."""

    def __init__(self, book: NewsBook, sounds: NewsSounds, clock: Clock) -> None:
        self._book = book
        self._sounds = sounds
        self._clock = clock

    async def current(self, kind: ProgrammeKind, *, security: str | None = None) -> Sequence[Story]:
        """Return what a caller may hear of a kind now, in order."""
        return _stories(await self._book.current(kind, self._clock.now(), security=security))

    async def mailbox(self, number: str) -> Programme:
        """Return an expert's mailbox; raise `Refused` if nobody has this number."""
        found = await self._book.mailbox(number)
        if found is None:
            raise Refused(Refusal.NO_SUCH_MAILBOX)
        return found

    async def opens(self, mailbox: Programme, password: Secret) -> bool:
        return await asyncio.to_thread(matches, password, mailbox.password or NOBODYS)

    async def in_mailbox(self, mailbox: Programme) -> Sequence[Story]:
        """Return what a caller may hear in a mailbox now, in order."""
        found = await self._book.current(ProgrammeKind.MAILBOX, self._clock.now())
        return _stories([kept for kept in found if kept.item.programme == mailbox.name])

    def sound(self, item: Item) -> str | None:
        """Return where the sound of an item is; None if it has words."""
        return None if item.sound is None else self._sounds.path(item.sound)

    async def played(self, play: Play, station: Station, account: AccountId | None) -> None:
        await self._book.add_play(play, station, account, self._clock.now())

    async def programmes(self, kind: ProgrammeKind) -> Sequence[Programme]:
        return [one for one in await self._book.programmes() if one.kind is kind]

    async def take_over(
        self, programmes: Sequence[Programme], items: Sequence[Item], *, by: str
    ) -> Sequence[KeptItem]:
        """Write down what was written elsewhere, all or nothing; return what is new, as drafts."""
        return await self._book.take_over(programmes, items, by=by, at=self._clock.now())

    async def named(self, names: Collection[str]) -> Sequence[ItemId]:
        """
        Return the items of these names: a number, or `notices/hours` for all its languages.

        Raise `LookupError` for a name that no item has.
        """
        found: list[ItemId] = []
        kept = await self._book.items()
        for name in names:
            ids = [one.id for one in kept if name in (str(one.id), one.name)]
            if not ids:
                raise LookupError(f"there is no item {name}")
            found += ids
        return found

    async def publish_items(self, items: Collection[Item], *, by: str) -> int:
        """Have these played from now on, as they were taken over; return how many were not yet."""
        named = {(one.programme, one.key, one.language) for one in items}
        kept = await self._book.items()
        ids = [
            one.id for one in kept if (one.item.programme, one.item.key, one.item.language) in named
        ]
        return await self.publish(ids, by=by)

    async def publish(self, ids: Collection[ItemId], *, by: str, station: Station = _NOBODY) -> int:
        """Have items played from now on; return how many were not yet."""
        return await self._move(ids, ItemState.PUBLISHED, Action.NEWS_PUBLISHED, by, station)

    async def withdraw(
        self, ids: Collection[ItemId], *, by: str, station: Station = _NOBODY
    ) -> int:
        """Have items played no more; return how many were."""
        return await self._move(ids, ItemState.WITHDRAWN, Action.NEWS_WITHDRAWN, by, station)

    async def record(self, recording: str, about: Recording, *, by: str, station: Station) -> None:
        """
        Publish what somebody of the staff has recorded. Raise `NotASound` if it is silence.

        The name of the file is the key of the item, so twice the same file is one item.
        """
        item = Item(
            programme=about.programme,
            key=PurePath(recording).stem,
            language=about.language,
            title=about.title,
            sound=await self._sounds.take(recording),
            security=about.security,
        )
        new = await self.take_over([], [item], by=by)
        await self.publish([kept.id for kept in new], by=by, station=station)

    async def _move(
        self, ids: Collection[ItemId], state: ItemState, action: Action, by: str, station: Station
    ) -> int:
        wanted = [
            kept for kept in await self._book.items() if kept.id in ids and kept.state is not state
        ]
        entries = [self._entry(kept, state, action, by, station) for kept in wanted]
        await self._book.move([kept.id for kept in wanted], state, entries)
        return len(wanted)

    def _entry(
        self, kept: KeptItem, state: ItemState, action: Action, by: str, station: Station
    ) -> AuditEntry:
        item = kept.item
        return AuditEntry(
            at=self._clock.now(),
            station=station,
            account=None,
            action=action,
            outcome=state.value,
            details={
                "item": str(kept.id),
                "programme": item.programme,
                "key": item.key,
                "language": item.language.value,
                "by": by,
            },
        )


def _stories(items: Sequence[KeptItem]) -> list[Story]:
    told: dict[tuple[str, str], dict[Language, KeptItem]] = {}
    for kept in items:
        told.setdefault((kept.item.programme, kept.item.key), {})[kept.item.language] = kept
    return [Story(one) for one in told.values()]
