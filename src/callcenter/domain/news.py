"""Voice news (声讯): programmes, and the items that are played in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from callcenter.domain.calls import Language

ProgrammeName = NewType("ProgrammeName", str)
ItemId = NewType("ItemId", int)


class ProgrammeKind(StrEnum):
    MARKET = "market"  # 大盘
    SECURITY = "security"  # 个股
    NOTICES = "notices"  # 公告
    MAILBOX = "mailbox"  # 名家信箱
    GUIDE = "guide"  # 业务指南


class ItemState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """Something that callers choose: a kind has one, and experts have a mailbox each."""

    name: ProgrammeName
    kind: ProgrammeKind
    title: str
    title_en: str
    number: str | None = None  # of a mailbox, as callers key it
    password: str | None = None  # of a mailbox, kept as `domain.kept_secret` says


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """
    One item in one language: words, or a sound.

    The same `key` in the same programme is the same item in another language.
    """

    programme: ProgrammeName
    key: str
    language: Language
    title: str
    text: str | None = None
    sound: str | None = None  # its name in the folder of news sounds
    security: str | None = None  # of a programme about securities: "SH600000"
    position: int = 0  # the lowest first
    valid_from: datetime | None = None
    valid_to: datetime | None = None

    def __post_init__(self) -> None:
        if (self.text is None) == (self.sound is None):
            raise ValueError(f"{self.key} must have either words or a sound")
        if self.valid_from and self.valid_to and self.valid_from >= self.valid_to:
            raise ValueError(f"{self.key} ends before it begins")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptItem:
    """An item as it is kept, by its number."""

    id: ItemId
    item: Item
    state: ItemState
    changed_at: datetime
    changed_by: str

    @property
    def name(self) -> str:
        """Return what people call it, in whatever language: `notices/hours`."""
        return f"{self.item.programme}/{self.item.key}"


@dataclass(frozen=True, slots=True)
class Story:
    """An item in every language that there is of it."""

    told: Mapping[Language, KeptItem]

    def in_language(self, language: Language) -> KeptItem:
        """Return it in this language, or in the other one."""
        return self.told.get(language) or self.told[language.other()]

    @property
    def key(self) -> str:
        return next(iter(self.told.values())).item.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """How much of an item somebody heard."""

    item: ItemId
    heard_s: float
    whole: bool  # to its end


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayCount:
    """What was heard of one item so far."""

    item: ItemId
    programme: ProgrammeName
    key: str
    language: Language
    title: str
    plays: int
    whole: int
    heard_s: float
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMember:
    """Who may record on the staff line. The PIN is kept as `domain.kept_secret` says."""

    number: str
    name: str
    pin: str
