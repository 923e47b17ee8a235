"""When entries of a menu are there, and for whom."""

from datetime import date, datetime

import pytest

from callcenter.domain.accounts import BranchCode
from callcenter.domain.calls import Did
from callcenter.domain.clock import BEIJING
from callcenter.ivr.prompts import Prompt
from tests import make
from tests.fakes.clock import FakeClock
from tests.unit.ivr.hotline_of import Hotline, menu_reader, words

MENU = """
lines:
  - {branch: 003, greeting: [greeting-branch, {zh: 新年好。, en: Happy new year.}], menu: main}
  - {greeting: greeting, menu: main}
menus:
  main:
    - {key: 1, name: quotes, words: menu-quotes, dialogue: quotes, MORE}
    - {key: 7, name: language, words: menu-language, dialogue: language}
holidays: [2026-11-24]
"""
TRADING = "hours: {days: trading, times: [09:15-11:30, 13:00-24:00]}"


async def heard_at(at: str, more: str) -> list[str]:
    """Return what a caller hears who presses key 1 at a minute."""
    clock = FakeClock(datetime.fromisoformat(at).replace(tzinfo=BEIJING))
    hotline = Hotline(ships=menu_reader().read(MENU.replace("MORE", more)), clock=clock)
    return (await hotline.dial("1")).phone.said


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        pytest.param("2026-11-23T09:14", False, id="monday-before"),
        pytest.param("2026-11-23T09:15", True, id="from-the-first-minute"),
        pytest.param("2026-11-23T11:30", False, id="not-in-the-last"),
        pytest.param("2026-11-23T23:59", True, id="until-midnight"),
        pytest.param("2026-11-22T10:00", False, id="sunday"),
        pytest.param("2026-10-07T10:00", False, id="national-day"),
        pytest.param("2026-11-24T10:00", False, id="holiday-of-the-file"),
        pytest.param("2099-11-24T10:00", False, id="where-the-calendar-ends"),
    ],
)
async def test_an_entry_is_open_in_its_hours(at: str, is_open: bool) -> None:
    said = await heard_at(at, TRADING)

    question = words(Prompt.ASK_QUOTE_CODE) if is_open else words(Prompt.MENU_CLOSED)
    assert said[1].startswith("行情查询请按一，")
    assert said[2] == question
    assert is_open or said[3] == said[1]


async def test_an_entry_may_be_for_holidays() -> None:
    assert words(Prompt.ASK_QUOTE_CODE) in await heard_at(
        "2026-11-24T10:00", "hours: {days: holidays}"
    )
    assert words(Prompt.MENU_CLOSED) in await heard_at(
        "2026-11-23T10:00", "hours: {days: holidays}"
    )


async def test_an_entry_that_is_closed_for_a_day_says_why() -> None:
    more = "closed: [2026-11-23], outside: {zh: 今天盘点。, en: We count today.}"

    assert "今天盘点。" in await heard_at("2026-11-23T10:00", more)
    assert words(Prompt.ASK_QUOTE_CODE) in await heard_at("2026-11-25T10:00", more)


async def test_a_hidden_entry_is_neither_said_nor_taken() -> None:
    said = await heard_at("2026-11-22T10:00", f"{TRADING}, outside: hidden")

    assert said[1] == "英语服务请按七，重听请按井号。"
    assert said[2] == words(Prompt.WRONG_KEY)


@pytest.mark.parametrize(
    ("did", "branch", "only", "has_it"),
    [
        pytest.param("6003", "003", "{branch: 003}", True, id="its-branch"),
        pytest.param("6004", "004", "{branch: 003}", False, id="another-branch"),
        pytest.param("6004", "004", "{branch: any}", True, id="any-branch"),
        pytest.param("4008", None, "{branch: any}", False, id="no-branch"),
        pytest.param("4008", None, "{did: [4008, 6001]}", True, id="its-number"),
        pytest.param("6003", "003", "{did: 4008}", False, id="another-number"),
        pytest.param("4008", None, "{language: en}", False, id="another-language"),
    ],
)
async def test_an_entry_is_there_for_whom_it_is_meant(
    did: str, branch: str | None, only: str, has_it: bool
) -> None:
    hotline = Hotline(ships=menu_reader().read(MENU.replace("MORE", f"only: {only}")))
    dialled = make.call(did=Did(did), branch=branch and BranchCode(branch))

    call = await hotline.dial("1", call=dialled)

    assert (Prompt.MENU_QUOTES in call.prompts) == has_it
    assert (Prompt.ASK_QUOTE_CODE in call.prompts) == has_it


async def test_an_entry_of_one_language_comes_and_goes_with_it() -> None:
    menu = menu_reader().read(MENU.replace("MORE", "only: {language: en}"))

    call = await Hotline(ships=menu).dial("7", "1")

    assert Prompt.ASK_QUOTE_CODE in call.prompts


async def test_a_branch_has_a_greeting_of_its_own() -> None:
    hotline = Hotline(ships=menu_reader().read(MENU.replace("MORE", "login: false")))
    dialled = make.call(did=Did("6003"), branch=BranchCode("003"))

    call = await hotline.dial(call=dialled)

    assert call.phone.said[0] == "您好，欢迎致电证券第三营业部。新年好。"


async def test_a_daemon_that_dies_takes_nobody_out_of_what_has_closed_meanwhile() -> None:
    clock = FakeClock(datetime(2026, 11, 23, 11, 29, tzinfo=BEIJING))
    hotline = Hotline(ships=menu_reader().read(MENU.replace("MORE", TRADING)), clock=clock)
    await hotline.dial_and_die("1")
    clock.at = datetime(2026, 11, 23, 11, 31, tzinfo=BEIJING)

    call = await hotline.dial("600000#")

    assert Prompt.QUOTE in call.prompts


def test_days_are_days_of_beijing() -> None:
    menu = menu_reader().read(MENU.replace("MORE", "closed: [2026-11-23]"))
    entry = menu.plan.menus["main"].entries[0]

    assert entry.opening.closed == {date(2026, 11, 23)}
    assert not menu.is_open(entry, datetime.fromisoformat("2026-11-22T16:00+00:00"))
    assert menu.is_open(entry, datetime.fromisoformat("2026-11-22T15:59+00:00"))
