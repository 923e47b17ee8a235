"""The parts that read, prove and switch menus."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from callcenter.app.menu_file import MenuFile
from callcenter.app.menu_text import read_text
from callcenter.app.parts import load_calendar, load_catalogue
from callcenter.domain.calls import UNIFIED_DID
from callcenter.ivr.catalogue import Catalogue
from callcenter.ivr.dialogues import DIALOGUES
from callcenter.ivr.menus.checking import House, Proof, prove
from callcenter.ivr.menus.faults import BadMenu
from callcenter.ivr.menus.hours import IsTradingDay
from callcenter.ivr.menus.live import Live
from callcenter.ivr.menus.plan import Plan
from callcenter.ivr.menus.voices import HasVoice
from callcenter.settings import Settings

SHIPPED: Final = Path(__file__).parents[1] / "ivr/menu.yaml"


def load_menu() -> Plan:
    """Return the menu that ships."""
    return read_text(read_file(SHIPPED)).file().plan()


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
        self,
        settings: Settings,
        catalogue: Catalogue,
        is_trading_day: IsTradingDay,
        has_voice: HasVoice | None = None,
    ) -> None:
        self._is_trading_day = is_trading_day
        self.house = House(
            catalogue=catalogue,
            dialogues=DIALOGUES,
            numbers={UNIFIED_DID: None, **settings.branches},
            tries=settings.tries,
            has_voice=has_voice,
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
        return self.read(read_file(SHIPPED))


def menu_reader(settings: Settings, has_voice: HasVoice | None = None) -> MenuReader:
    return MenuReader(settings, load_catalogue(), load_calendar().is_session, has_voice)


def read_file(file: Path) -> str:
    return file.read_text(encoding="utf-8")
