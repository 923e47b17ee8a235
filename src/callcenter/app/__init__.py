"""The composition root: the one place that knows every part and puts them together."""

from callcenter.app.daemon import Daemon, serve
from callcenter.app.listing import open_listing, read_listing
from callcenter.app.menu_office import MenuOffice, open_menus
from callcenter.app.menus import Proved, load_menu, menu_schema
from callcenter.app.news import BadNews, NewsParts, import_folder, open_news
from callcenter.app.parts import (
    database_address,
    embedded_postgres,
    load_catalogue,
    load_rule_book,
    load_settings,
)
from callcenter.app.pbx_link import NoPbx, pbx_link
from callcenter.app.practice import open_paper
from callcenter.app.preparing import prepare_database
from callcenter.app.reports import Reports, open_reports
from callcenter.app.trail import note_dialplan
from callcenter.settings import Settings
from callcenter.storage.queries import AuditRecord, CallRecord, Transcript
from callcenter.storage.verify import Report as AuditReport
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
