"""What both the daemon and the command line are made of, built from the settings."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from callcenter.app.address import database_address
from callcenter.domain.clock import Clock
from callcenter.gateways.paper.clerk import Clerk, FillMode
from callcenter.gateways.paper.counter import PaperCounter
from callcenter.gateways.paper.sessions import ClockMode
from callcenter.ivr.catalogue import Catalogue
from callcenter.places import ASTERISK_SCRIPTS, Places
from callcenter.settings import Settings
from callcenter.trading.calendar import HolidayCalendar
from callcenter.trading.ports import MarketFeed
from callcenter.trading.rulebook.book import RuleBook

# The same reader in C takes an eighth of the time; a PyYAML that was built by hand may lack it.
YAML: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WORDS: Final = Path(__file__).parents[1] / "ivr/words"
_TRADING: Final = Path(__file__).parents[1] / "trading"


def load_catalogue() -> Catalogue:
    """Return every sentence of the hotline; raise ValueError if one of them is wrong."""
    entries: dict[str, Any] = {}
    for file in sorted(_WORDS.glob("*.yaml")):
        words = _plain(file)
        if twice := entries.keys() & words.keys():
            raise ValueError(f"{file.name}: already elsewhere: {', '.join(sorted(twice))}")
        entries |= words
    return Catalogue.of(entries)


def load_rule_book(choices: Mapping[str, str]) -> RuleBook:
    """Return the rules of trading; raise ValueError, naming each fault, if a row is wrong."""
    files = {
        file.name: _plain(file) for file in sorted((_TRADING / "rulebook/data").glob("*.yaml"))
    }
    return RuleBook.of(files, load_calendar(), choices)


def load_calendar() -> HolidayCalendar:
    """Return the trading days of the exchanges; raise ValueError if the file is wrong."""
    return HolidayCalendar.of(_plain(_TRADING / "calendar.yaml"))


def _plain(file: Path) -> Any:
    return yaml.load(file.read_text(encoding="utf-8"), YAML)  # noqa: S506 - a safe loader


def paper_counter(settings: Settings, clock: Clock) -> PaperCounter:
    return PaperCounter(
        database_address(settings),
        clock,
        delay_s=settings.paper_delay_s,
        answer_within_s=settings.counter_answer_within_s,
        mode=ClockMode(settings.paper_clock),
        is_trading_day=load_calendar().is_session,
    )


def paper_clerk(settings: Settings, counter: PaperCounter, feed: MarketFeed | None = None) -> Clerk:
    """Return who fills and settles in the counter's books; without a feed by its own quotes."""
    return Clerk(
        counter.database,
        counter.hours,
        fills=FillMode(settings.paper_fills),
        feed=feed,
        every_s=settings.paper_match_every_s,
    )


def espeak_command(settings: Settings) -> tuple[str, ...]:
    """Return the command that speaks: the one that is set, else what the PBX came with."""
    if settings.espeak_command:
        return settings.espeak_command
    wrapper = ASTERISK_SCRIPTS / "espeak"
    root = Places(settings.state_dir).pbx_root_file
    if not wrapper.exists() or not root.exists():
        return ("espeak-ng",)
    os.environ.setdefault("CALLCENTER_PBX_ROOT", root.read_text())
    return (str(wrapper),)
