"""The parts that read, prove and switch menus."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from callcenter.app.menu_file import MenuFile
from callcenter.app.menu_text import read_text
from callcenter.app.parts import database_address, load_calendar, load_catalogue
from callcenter.domain.calls import UNIFIED_DID
from callcenter.domain.clock import Clock, SystemClock
from callcenter.domain.menus import in_force
from callcenter.ivr.catalogue import Catalogue
from callcenter.ivr.dialogues import DIALOGUES
from callcenter.ivr.menus.activating import Activating
from callcenter.ivr.menus.checking import House, Proof, prove
from callcenter.ivr.menus.faults import BadMenu
from callcenter.ivr.menus.hours import IsTradingDay
from callcenter.ivr.menus.live import Live
from callcenter.ivr.menus.plan import Plan
from callcenter.ivr.menus.ports import MenuBook
from callcenter.settings import Settings
from callcenter.storage.database import Database
from callcenter.storage.menus import PostgresMenuBook

SHIPPED: Final = Path(__file__).parents[1] / "ivr/menu.yaml"


def load_menu() -> Plan:
    """Return the menu that ships."""
    return read_text(_read(SHIPPED)).file().plan()


def menu_schema() -> dict[str, object]:
    """Return the shape of a menu as JSON Schema, for editors."""
    schema = MenuFile.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proved:
    """A menu that was read, and what was found."""

    plan: Plan
    proof: Proof


class MenuReader:
    """Reads and proves menus: the one way to a menu, for a command as for the daemon."""

    def __init__(
        self, settings: Settings, catalogue: Catalogue, is_trading_day: IsTradingDay
    ) -> None:
        self._is_trading_day = is_trading_day
        self.house = House(
            catalogue=catalogue,
            dialogues=DIALOGUES,
            numbers={UNIFIED_DID: None, **settings.branches},
            tries=settings.tries,
        )

    def prove(self, text: str) -> Proved:
        """Return the menu with all that is wrong; raise `BadMenu` if it cannot even be read."""
        written = read_text(text)
        plan = written.file().plan()
        return Proved(plan=plan, proof=prove(plan, self.house).placed(written.placed))

    def read(self, text: str, version: int | None = None) -> Live:
        """Return the menu for calls; raise `BadMenu` unless everything is proved."""
        proved = self.prove(text)
        if proved.proof.errors:
            raise BadMenu(proved.proof.errors)
        return Live(
            plan=proved.plan,
            catalogue=self.house.catalogue.and_(proved.plan.words),
            is_trading_day=self._is_trading_day,
            version=version,
        )

    def shipped(self) -> Live:
        """Return the menu that ships; raise `BadMenu` if it does not suit these settings."""
        return self.read(_read(SHIPPED))


def menu_reader(settings: Settings) -> MenuReader:
    return MenuReader(settings, load_catalogue(), load_calendar().is_session)


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
            return _read(SHIPPED)
        if named == "active":
            standing = in_force(await self.book.activations())
            version = standing[-1].version if standing else None
            return await self.text_of("shipped" if version is None else str(version))
        if not named.isdecimal():
            return _read(Path(named))
        return (await self.activating.kept(int(named))).text


@asynccontextmanager
async def open_menus(settings: Settings) -> AsyncIterator[MenuOffice]:
    """Connect for as long as a command takes."""
    database = Database(database_address(settings), pool_size=1)
    try:
        yield MenuOffice(menu_reader(settings), PostgresMenuBook(database), SystemClock())
    finally:
        await database.close()


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8")
