"""
The composition root: the one place that knows every part and puts them together.

A name is imported when it is first asked for: who wants a list of calls waits for no daemon.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from callcenter.app.address import database_address, embedded_postgres, load_settings
    from callcenter.app.daemon import Daemon, serve
    from callcenter.app.listing import open_listing, read_listing
    from callcenter.app.menu_office import MenuOffice, open_menus
    from callcenter.app.menus import Proved, load_menu, menu_schema
    from callcenter.app.news import BadNews, NewsParts, import_folder, open_news
    from callcenter.app.parts import load_catalogue, load_rule_book
    from callcenter.app.pbx import NoPbx, pbx_link
    from callcenter.app.practice import open_paper
    from callcenter.app.preparing import prepare_database
    from callcenter.app.reports import Reports, open_reports
    from callcenter.app.trail import note_dialplan
    from callcenter.settings import Settings
    from callcenter.storage.queries import AuditRecord, CallRecord, Transcript
    from callcenter.storage.verify import AuditReport
    from callcenter.telephony.agent_queue import AgentQueue
    from callcenter.trading.rulebook.book import RuleBook
    from callcenter.trading.rulebook.tables import RuleBookError

__all__ = [
    "AgentQueue",
    "AuditRecord",
    "AuditReport",
    "BadNews",
    "CallRecord",
    "Daemon",
    "MenuOffice",
    "NewsParts",
    "NoPbx",
    "Proved",
    "Reports",
    "RuleBook",
    "RuleBookError",
    "Settings",
    "Transcript",
    "database_address",
    "embedded_postgres",
    "import_folder",
    "load_catalogue",
    "load_menu",
    "load_rule_book",
    "load_settings",
    "menu_schema",
    "note_dialplan",
    "open_listing",
    "open_menus",
    "open_news",
    "open_paper",
    "open_reports",
    "pbx_link",
    "prepare_database",
    "read_listing",
    "serve",
]

_NAMES: Final = {
    "callcenter.app.address": (
        "database_address",
        "embedded_postgres",
        "load_settings",
    ),
    "callcenter.app.daemon": (
        "Daemon",
        "serve",
    ),
    "callcenter.app.listing": (
        "open_listing",
        "read_listing",
    ),
    "callcenter.app.menu_office": (
        "MenuOffice",
        "open_menus",
    ),
    "callcenter.app.menus": (
        "Proved",
        "load_menu",
        "menu_schema",
    ),
    "callcenter.app.news": (
        "BadNews",
        "NewsParts",
        "import_folder",
        "open_news",
    ),
    "callcenter.app.parts": (
        "load_catalogue",
        "load_rule_book",
    ),
    "callcenter.app.pbx": (
        "NoPbx",
        "pbx_link",
    ),
    "callcenter.app.practice": ("open_paper",),
    "callcenter.app.preparing": ("prepare_database",),
    "callcenter.app.reports": (
        "Reports",
        "open_reports",
    ),
    "callcenter.app.trail": ("note_dialplan",),
    "callcenter.settings": ("Settings",),
    "callcenter.storage.queries": (
        "AuditRecord",
        "CallRecord",
        "Transcript",
    ),
    "callcenter.storage.verify": ("AuditReport",),
    "callcenter.telephony.agent_queue": ("AgentQueue",),
    "callcenter.trading.rulebook.book": ("RuleBook",),
    "callcenter.trading.rulebook.tables": ("RuleBookError",),
}
_WHERE: Final = {name: module for module, names in _NAMES.items() for name in names}

if not TYPE_CHECKING:  # which would take any name for one of ours

    def __getattr__(name: str) -> Any:
        if name not in _WHERE:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_WHERE[name]), name)
