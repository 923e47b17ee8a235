"""The composition root: the parts fit together, without a database, a PBX or a voice."""

import asyncio
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from callcenter import app
from callcenter.app import Daemon, database_address, load_catalogue
from callcenter.app.orders import OrderCounter
from callcenter.app.parts import paper_counter
from callcenter.domain.calls import Language
from callcenter.domain.clock import BEIJING
from callcenter.ivr.prompts import Prompt
from callcenter.places import Places
from callcenter.settings import Settings
from tests.fakes.clock import FakeClock
from tests.unit.ivr.hotline_of import menu_reader


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An installation whose directories are made, and nothing started."""
    settings = Settings(state_dir=tmp_path)
    Places(settings.state_dir).make()
    return settings


@pytest.mark.parametrize("name", app.__all__)
def test_whatever_it_hands_out_is_there(name: str) -> None:
    assert getattr(app, name).__name__ == name


def test_what_it_does_not_hand_out_is_not() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Demon'"):
        getattr(app, "Demon")  # noqa: B009 - mypy would say so, too


def test_every_prompt_has_its_words() -> None:
    catalogue = load_catalogue()

    assert catalogue.prompts >= {prompt.value for prompt in Prompt}


def test_every_menu_can_be_said_ahead() -> None:
    reader = menu_reader()

    menus = list(reader.shipped().spoken(reader.house.numbers))

    assert {menu.language for menu in menus} == set(Language)
    assert all(menu.words for menu in menus)


async def test_a_daemon_is_built_before_anything_answers(settings: Settings) -> None:
    daemon = Daemon(settings)

    assert not daemon._ami.connected
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_until_asterisk_and_the_orders_are_there_it_is_not_ready(
    settings: Settings,
) -> None:
    daemon = Daemon(settings)

    with pytest.raises(RuntimeError, match="no link to Asterisk"):
        await daemon._pbx_is_linked()
    with pytest.raises(RuntimeError, match="orders are being reconciled"):
        await daemon._orders_are_reconciled()


def test_without_an_address_the_database_is_the_embedded_one(settings: Settings) -> None:
    assert str(settings.state_dir) in database_address(settings)


def test_the_databases_address_comes_from_its_file(tmp_path: Path) -> None:
    address = tmp_path / "database-url"
    address.write_text("postgresql://user:password@host/database\n")

    settings = Settings(state_dir=tmp_path, database_url_file=address)

    assert database_address(settings) == "postgresql://user:password@host/database"


@pytest.mark.parametrize(("days_before", "warns"), [(60, False), (59, True), (-1, True)])
async def test_the_end_of_the_calendar_is_announced(
    settings: Settings, days_before: int, warns: bool
) -> None:
    daemon = Daemon(settings)
    until = daemon._trading.rules.calendar.knows_until
    at = datetime.combine(until, time(12), BEIJING) - timedelta(days=days_before)
    daemon._clock = FakeClock(at)

    with capture_logs() as logged:
        daemon._look_at_the_calendar()

    assert [entry["event"] for entry in logged] == ["calendar.ends_soon"] * warns
    assert all(entry["days_left"] == days_before for entry in logged)


def test_each_fix_session_has_its_own_place_in_the_counters_events(tmp_path: Path) -> None:
    def name(sender: str) -> str:
        settings = Settings(
            gateway="fix",
            fix_host="127.0.0.1",
            fix_sender=sender,
            fix_target="BROKER",
            state_dir=tmp_path,
        )
        return OrderCounter(settings, FakeClock(), paper_counter(settings, FakeClock())).name

    assert name("HOTLINE1") != name("HOTLINE2")
    assert name("HOTLINE1") == name("HOTLINE1")


async def test_banks_and_registrars_keep_the_holidays_of_the_exchange(tmp_path: Path) -> None:
    Places(tmp_path).make()
    daemon = Daemon(Settings(state_dir=tmp_path, paper_clock="calendar"))
    national_day = date(2026, 10, 7)  # a Wednesday

    assert not daemon._counter.hours.is_trading_day(national_day)
    assert not daemon._transfers.bank._hours.is_trading_day(national_day)
    assert not daemon._applications.desk._hours.is_trading_day(national_day)
