"""Reads a folder of news: `news.yaml`, and the sounds that it names beside it."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from callcenter.domain.calls import Language
from callcenter.domain.clock import BEIJING
from callcenter.domain.errors import NotASound
from callcenter.domain.kept_secret import keep
from callcenter.domain.news import Item, Programme, ProgrammeKind, ProgrammeName
from callcenter.domain.secret import Secret
from callcenter.news.ports import NewsSounds

_FILE: Final = "news.yaml"


class BadNews(ValueError):
    """A folder of news is not as it should be; nothing was taken over."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class _Mailbox(_Strict):
    number: str
    title: str
    title_en: str
    password: str | None = None

    def programme(self) -> Programme:
        return Programme(
            name=ProgrammeName(f"mailbox-{self.number}"),
            kind=ProgrammeKind.MAILBOX,
            title=self.title,
            title_en=self.title_en,
            number=self.number,
            password=None if self.password is None else keep(Secret(self.password)),
        )


class _Item(_Strict):
    programme: str
    key: str
    title: str
    language: Language = Language.ZH
    text: str | None = None
    sound: str | None = None
    security: str | None = None
    order: int = 0
    valid_from: datetime | None = None
    valid_to: datetime | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "_Item":
        if (self.text is None) == (self.sound is None):
            raise ValueError("needs either a text or a sound")
        if (self.security is None) == (self.programme == "securities"):
            raise ValueError("a security is named in the programme `securities`, and nowhere else")
        return self

    async def item(self, folder: Path, sounds: NewsSounds) -> Item:
        return Item(
            programme=ProgrammeName(self.programme),
            key=self.key,
            language=self.language,
            title=self.title,
            text=self.text,
            sound=await sounds.take(str(folder / self.sound)) if self.sound else None,
            security=self.security,
            position=self.order,
            valid_from=_in_beijing(self.valid_from),
            valid_to=_in_beijing(self.valid_to),
        )


class _File(_Strict):
    mailboxes: list[_Mailbox] = []
    items: list[_Item] = []


async def read_folder(
    folder: Path, sounds: NewsSounds
) -> tuple[Sequence[Programme], Sequence[Item]]:
    """Return what a folder holds. Raise `BadNews`, naming each fault."""
    file = _read(folder / _FILE)
    faults: list[str] = []
    items: list[Item] = []
    for number, written in enumerate(file.items, start=1):
        try:
            items.append(await written.item(folder, sounds))
        except (NotASound, ValueError) as error:
            faults.append(f"item {number}: {error}")
    if faults:
        raise BadNews("; ".join(faults))
    return [mailbox.programme() for mailbox in file.mailboxes], items


def _read(file: Path) -> _File:
    try:
        written: Any = yaml.safe_load(file.read_text(encoding="utf-8"))
        return _File.model_validate(written)
    except ValidationError as error:
        raise BadNews("; ".join(map(_fault, error.errors()))) from error
    except (OSError, yaml.YAMLError) as error:
        raise BadNews(f"{file}: {error}") from error


def _fault(fault: Any) -> str:
    where = ".".join(str(part) for part in fault["loc"])
    return f"{where}: {fault['msg']}"


def _in_beijing(moment: datetime | None) -> datetime | None:
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=BEIJING)
