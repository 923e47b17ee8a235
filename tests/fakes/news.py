"""Voice news in memory: its record, its sounds, and the staff who make it."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from callcenter.customers.staff import StaffBook
from callcenter.domain.audit import AuditEntry
from callcenter.domain.errors import NotASound
from callcenter.domain.news import (
    Item,
    ItemId,
    ItemState,
    KeptItem,
    Play,
    PlayCount,
    Programme,
    ProgrammeKind,
    ProgrammeName,
    StaffMember,
)
from callcenter.domain.orders import Station
from callcenter.news.ports import NewsBook, NewsSounds
from tests.fakes.store import Gone

SHIPPED: Final = tuple(
    Programme(name=ProgrammeName(name), kind=kind, title=title, title_en=title_en)
    for name, kind, title, title_en in (
        ("guide", ProgrammeKind.GUIDE, "业务指南", "Guide"),
        ("market", ProgrammeKind.MARKET, "大盘", "The market"),
        ("notices", ProgrammeKind.NOTICES, "公告", "Notices"),
        ("securities", ProgrammeKind.SECURITY, "个股", "Securities"),
    )
)


class FakeNewsBook(Gone, NewsBook):
    """Remembers programmes, items (`kept`), who heard what (`played`), and the audit `trail`."""

    def __init__(self) -> None:
        self.known = {programme.name: programme for programme in SHIPPED}
        self.kept: dict[ItemId, KeptItem] = {}
        self.played: list[tuple[Play, Station, str | None, datetime]] = []
        self.trail: list[AuditEntry] = []

    async def programmes(self) -> Sequence[Programme]:
        self._answer()
        return sorted(self.known.values(), key=lambda one: (one.kind, one.number or "", one.name))

    async def mailbox(self, number: str) -> Programme | None:
        self._answer()
        return next((one for one in self.known.values() if one.number == number), None)

    async def current(
        self, kind: ProgrammeKind, now: datetime, *, security: str | None = None
    ) -> Sequence[KeptItem]:
        self._answer()
        found = [kept for kept in self.kept.values() if self._is_on_air(kept, kind, now)]
        if security is not None:
            found = [kept for kept in found if kept.item.security == security]
        return sorted(found, key=self._place)

    async def items(self) -> Sequence[KeptItem]:
        self._answer()
        return list(self.kept.values())[::-1]

    async def take_over(
        self, programmes: Sequence[Programme], items: Sequence[Item], *, by: str, at: datetime
    ) -> Sequence[KeptItem]:
        self._answer()
        known = self.known | {programme.name: programme for programme in programmes}
        if nobodys := sorted({item.programme for item in items} - known.keys()):
            raise LookupError(f"there is no programme {', '.join(nobodys)}")
        self.known = known
        new = [self._put(item, by, at) for item in items]
        return [kept for kept in new if kept is not None]

    async def move(
        self, ids: Collection[ItemId], state: ItemState, entries: Sequence[AuditEntry]
    ) -> None:
        self._answer()
        for id_ in ids:
            entry = entries[0]
            self.kept[id_] = replace(
                self.kept[id_], state=state, changed_at=entry.at, changed_by=entry.details["by"]
            )
        self.trail += entries

    async def add_play(
        self, play: Play, station: Station, account: str | None, at: datetime
    ) -> None:
        self._answer()
        self.played.append((play, station, account, at))

    async def plays(self) -> Sequence[PlayCount]:
        self._answer()
        items = dict.fromkeys(play.item for play, *_ in self.played)
        return sorted(map(self._count, items), key=lambda count: (-count.plays, count.item))

    def _put(self, item: Item, by: str, at: datetime) -> KeptItem | None:
        here = next((kept for kept in self.kept.values() if _is_same(kept.item, item)), None)
        if here is not None and here.item == item:
            return None
        id_ = ItemId(len(self.kept) + 1) if here is None else here.id
        state = ItemState.DRAFT
        self.kept[id_] = KeptItem(id=id_, item=item, state=state, changed_at=at, changed_by=by)
        return self.kept[id_]

    def _is_on_air(self, kept: KeptItem, kind: ProgrammeKind, now: datetime) -> bool:
        item = kept.item
        return (
            self.known[item.programme].kind is kind
            and kept.state is ItemState.PUBLISHED
            and (item.valid_from is None or item.valid_from <= now)
            and (item.valid_to is None or item.valid_to > now)
        )

    def _place(self, kept: KeptItem) -> tuple[str, int, int]:
        return self.known[kept.item.programme].number or "", kept.item.position, kept.id

    def _count(self, item: ItemId) -> PlayCount:
        heard = [(play, at) for play, _, _, at in self.played if play.item == item]
        about = self.kept[item].item
        return PlayCount(
            item=item,
            programme=about.programme,
            key=about.key,
            language=about.language,
            title=about.title,
            plays=len(heard),
            whole=sum(play.whole for play, _ in heard),
            heard_s=sum(play.heard_s for play, _ in heard),
            last_at=max(at for _, at in heard),
        )


def _is_same(one: Item, other: Item) -> bool:
    return (one.programme, one.key, one.language) == (other.programme, other.key, other.language)


class FakeNewsSounds(NewsSounds):
    """Takes every file but the `silent` ones, and remembers them (`taken`)."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.silent: set[str] = set()

    async def take(self, file: str) -> str:
        if file in self.silent:
            raise NotASound(file)
        self.taken.append(file)
        return f"sound-of-{file.replace('/', '-')}"

    def path(self, name: str) -> str:
        return f"/sounds/news/{name}"


class FakeStaffBook(Gone, StaffBook):
    """Remembers who may record (`members`), and the audit `trail`."""

    def __init__(self) -> None:
        self.members: dict[str, StaffMember] = {}
        self.trail: list[AuditEntry] = []

    async def find(self, number: str) -> StaffMember | None:
        self._answer()
        return self.members.get(number)

    async def all(self) -> Sequence[StaffMember]:
        self._answer()
        return [self.members[number] for number in sorted(self.members)]

    async def put(self, member: StaffMember, entry: AuditEntry) -> None:
        self._answer()
        self.members[member.number] = member
        self.trail.append(entry)

    async def remove(self, number: str, entry: AuditEntry) -> bool:
        self._answer()
        if self.members.pop(number, None) is None:
            return False
        self.trail.append(entry)
        return True
