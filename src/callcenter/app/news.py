"""The parts of voice news: for the calls, for the commands, and the demo's own items."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from callcenter.app.address import database_address
from callcenter.app.news_file import BadNews, read_folder
from callcenter.app.speech import sounds_folder
from callcenter.customers.staff import Staff
from callcenter.domain.clock import Clock, SystemClock
from callcenter.domain.errors import StoreUnavailable
from callcenter.domain.news import ItemState
from callcenter.domain.secret import Secret
from callcenter.ivr.news_words import spoken
from callcenter.news.ports import NewsBook
from callcenter.news.service import News
from callcenter.settings import Settings
from callcenter.storage.database import Database
from callcenter.storage.logins import PostgresLoginLog
from callcenter.storage.news import PostgresNewsBook, PostgresStaffBook
from callcenter.telephony.speech.news_sounds import NewsSoundFolder
from callcenter.telephony.speech.sounds import SoundShelf

log = structlog.get_logger()

__all__ = ["BadNews", "Imported", "NewsParts", "import_folder", "open_news", "seed_news"]

_DEMO: Final = Path(__file__).parents[1] / "news/demo"
_DEMO_STAFF: Final = ("101", "Demo", Secret("246810"))


class NewsParts:
    """Voice news for the calls (`service`), and the people who record it (`staff`)."""

    def __init__(self, settings: Settings, clock: Clock, database: Database) -> None:
        self.book: NewsBook = PostgresNewsBook(database)
        self.sounds = NewsSoundFolder(sounds_folder(settings))
        self.service = News(self.book, self.sounds, clock)
        self.staff = Staff(
            PostgresStaffBook(database),
            PostgresLoginLog(database),
            clock,
            most_failures=settings.failed_logins_per_account,
            within=settings.failed_logins_within,
        )

    async def speak_ahead(self, shelf: SoundShelf, *, every_s: float) -> None:
        """Have the words of all that is published ready to play, until cancelled."""
        while True:
            try:
                kept = await self.book.items()
                on_air = [one.item for one in kept if one.state is ItemState.PUBLISHED]
                await shelf.warm([spoken(item.text, item.language) for item in on_air if item.text])
            except StoreUnavailable as error:
                log.warning("news.not_spoken_ahead", reason=str(error))
            await asyncio.sleep(every_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import has changed."""

    items: int  # in the folder
    new: int  # or with other content
    published: int


@asynccontextmanager
async def open_news(settings: Settings) -> AsyncIterator[NewsParts]:
    """Connect for as long as a command takes."""
    database = Database(database_address(settings), pool_size=1)
    try:
        yield NewsParts(settings, SystemClock(), database)
    finally:
        await database.close()


async def import_folder(parts: NewsParts, folder: Path, *, by: str, publish: bool) -> Imported:
    """
    Take over the items of a folder, all of them or none; the same again changes nothing.

    Raise `BadNews`, naming each fault.
    """
    programmes, items = await read_folder(folder, parts.sounds)
    try:
        new = await parts.service.take_over(programmes, items, by=by)
    except LookupError as error:
        raise BadNews(str(error)) from error
    published = await parts.service.publish_items(items, by=by) if publish else 0
    return Imported(items=len(items), new=len(new), published=published)


async def seed_news(settings: Settings) -> None:
    """Fill the demo's programmes, and let staff number 101 record. Never in production."""
    if settings.environment != "demo":
        raise RuntimeError("the demo's staff has a printed PIN: not in production")
    async with open_news(settings) as parts:
        known = {(one.item.programme, one.item.key) for one in await parts.book.items()}
        if not known:
            await import_folder(parts, _DEMO, by="demo", publish=True)
        number, name, pin = _DEMO_STAFF
        if number not in {member.number for member in await parts.staff.all()}:
            await parts.staff.put(number, name, pin, by="demo")
