"""Where operations staff work with menus: read, prove, keep and activate them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from callcenter.app.address import database_address
from callcenter.app.menus import SHIPPED, MenuReader, menu_reader, read_file
from callcenter.app.recordings import named
from callcenter.app.speech import good_voices, own_recordings
from callcenter.domain.clock import Clock, SystemClock
from callcenter.domain.menus import in_force
from callcenter.ivr.menus.activating import Activating
from callcenter.ivr.menus.ports import MenuBook
from callcenter.ivr.menus.voices import HasVoice
from callcenter.ivr.phone import Utterance
from callcenter.settings import Settings
from callcenter.storage.database import Database
from callcenter.storage.menus import PostgresMenuBook
from callcenter.telephony.speech.phrases import Phrase, cut


class MenuOffice:
    """What operations staff do with menus: read them by whatever name, prove and activate them."""

    def __init__(self, reader: MenuReader, book: MenuBook, clock: Clock) -> None:
        self.reader = reader
        self.book = book
        self.clock = clock
        self.activating = Activating(book, clock, reader.read)

    async def text_of(self, named: str) -> str:
        """
        Return the menu that is meant: a file, `shipped`, `active` or the number of a version.

        Raise `CannotActivate` if there is none such, `OSError` if a file cannot be read.
        """
        if named == "shipped":
            return read_file(SHIPPED)
        if named == "active":
            standing = in_force(await self.book.activations())
            version = standing[-1].version if standing else None
            return await self.text_of("shipped" if version is None else str(version))
        if not named.isdecimal():
            return read_file(Path(named))
        return (await self.activating.kept(int(named))).text


@asynccontextmanager
async def open_menus(settings: Settings) -> AsyncIterator[MenuOffice]:
    """Connect for as long as a command takes."""
    database = Database(database_address(settings), pool_size=1)
    try:
        yield MenuOffice(
            menu_reader(settings, voice_of(settings)), PostgresMenuBook(database), SystemClock()
        )
    finally:
        await database.close()


def voice_of(settings: Settings) -> HasVoice:
    """Return what tells whether a recording or a good voice has all of some words."""
    reader = menu_reader(settings)
    own = own_recordings(settings, named(reader.house.catalogue, reader))
    own.look()
    stock = good_voices(settings, own)

    def has_voice(utterance: Utterance) -> bool:
        return not any(isinstance(one, Phrase) for one in stock.cover(list(cut(utterance))))

    return has_voice
