"""Which menu a call gets, when somebody activates another one meanwhile."""

import pytest
from structlog.testing import capture_logs

from callcenter.app.menus import SHIPPED
from callcenter.domain.audit import Action
from callcenter.domain.calls import Language
from callcenter.ivr.menus.activating import Activating, CannotActivate
from callcenter.ivr.menus.faults import BadMenu
from callcenter.ivr.menus.live import Live
from callcenter.ivr.menus.switching import Menus
from callcenter.ivr.prompts import Prompt
from tests import make
from tests.fakes.clock import FakeClock
from tests.fakes.menus import FakeMenuBook
from tests.unit.ivr.hotline_of import LOGIN, Hotline, menu_reader, shipped_menu

BACK_TO_FRONT = """
lines: [{greeting: {zh: 新年好。, en: Happy new year.}, menu: main}]
menus:
  main:
    - {key: 1, name: quotes, words: menu-quotes, dialogue: quotes}
    - {key: 2, name: trade, words: menu-trade, menu: trade, login: true}
  trade:
    - {key: 1, name: sell, words: menu-sell, dialogue: sell}
    - {key: 2, name: buy, words: menu-buy, dialogue: buy}
"""
QUOTES_ONLY = """
lines: [{greeting: greeting, menu: main, language: en}]
menus: {main: [{key: 5, name: quotes, words: menu-quotes, dialogue: quotes}]}
"""
BAD = QUOTES_ONLY.replace("dialogue: quotes", "dialogue: qoutes")


def activating(book: FakeMenuBook) -> Activating:
    return Activating(book, FakeClock(), menu_reader().read)


def menus(book: FakeMenuBook, prepared: list[Live] | None = None) -> Menus:
    async def prepare(live: Live) -> None:
        if prepared is not None:
            prepared.append(live)

    return Menus(shipped_menu(), book, menu_reader().read, prepare=prepare)


async def activate(book: FakeMenuBook, text: str, why: str = "spring") -> None:
    await activating(book).activate(text, by="Wang", why=why)


async def test_without_an_activation_calls_get_the_menu_that_ships() -> None:
    daemon = menus(FakeMenuBook())

    await daemon.look()

    assert daemon.current is shipped_menu()


async def test_new_calls_get_what_was_activated_last() -> None:
    hotline = Hotline()
    await activate(hotline.menus, QUOTES_ONLY)
    await activate(hotline.menus, BACK_TO_FRONT)

    call = await hotline.dial("1", "600000#")

    assert call.phone.said[0] == "新年好。"
    assert call.phone.said[1] == "行情查询请按一，委托交易请按二，重听请按井号。"
    assert Prompt.QUOTE in call.prompts
    assert call.place.menu == 2


async def test_its_words_are_ready_before_the_first_call_gets_it() -> None:
    book, prepared = FakeMenuBook(), list[Live]()
    daemon = menus(book, prepared)
    await activate(book, QUOTES_ONLY)

    await daemon.look()
    await daemon.look()

    assert prepared == [daemon.current]
    assert daemon.current.version == 1


async def test_a_call_in_progress_keeps_its_menu_in_another_daemon() -> None:
    hotline = Hotline()
    await activate(hotline.menus, BACK_TO_FRONT)
    first = await hotline.dial_and_die("2", *LOGIN)
    await activate(hotline.menus, QUOTES_ONLY)

    call = await hotline.dial("2", "600000#", "10*05#", "100#", "1")

    assert first.end is None
    assert call.phone.said[0] == "卖出请按一，买入请按二，返回上级请按星号。"
    assert len(hotline.booked) == 1
    assert call.place.menu == 1


async def test_a_call_that_died_in_its_greeting_keeps_its_menu_too() -> None:
    hotline = Hotline()
    await activate(hotline.menus, BACK_TO_FRONT)
    await hotline.dial_and_die(at=1)
    await activate(hotline.menus, QUOTES_ONLY)

    call = await hotline.dial("2")

    assert Prompt.MENU_TRADE in call.prompts


async def test_a_call_from_before_the_first_activation_keeps_what_ships() -> None:
    hotline = Hotline()
    await hotline.dial_and_die("1", *LOGIN)
    await activate(hotline.menus, QUOTES_ONLY)

    call = await hotline.dial()

    assert call.phone.said[0].startswith("买入请按一，")


async def test_a_line_may_begin_in_english() -> None:
    hotline = Hotline()
    await activate(hotline.menus, QUOTES_ONLY)

    call = await hotline.dial("5")

    assert call.phone.said[1].startswith("For quotes press five.")
    assert call.place.language is Language.EN


async def test_a_bad_menu_is_not_even_kept() -> None:
    book = FakeMenuBook()

    with pytest.raises(BadMenu, match="there is no dialogue qoutes; did you mean quotes"):
        await activate(book, BAD)

    assert book.versions == []
    assert book.written == []


async def test_a_daemon_refuses_a_bad_menu_and_keeps_the_one_before() -> None:
    book = FakeMenuBook()
    daemon = menus(book)
    await activate(book, QUOTES_ONLY)
    await daemon.look()
    await Activating(book, FakeClock(), lambda text: None).activate(BAD, by="Li", why="in haste")

    with capture_logs() as logged:
        await daemon.look()
        await daemon.look()

    assert daemon.current.version == 1
    assert [(entry["event"], entry["version"]) for entry in logged] == [("menu.refused", 2)]


async def test_a_daemon_that_starts_passes_over_a_bad_menu() -> None:
    book = FakeMenuBook()
    await activate(book, QUOTES_ONLY)
    await Activating(book, FakeClock(), lambda text: None).activate(BAD, by="Li", why="in haste")

    daemon = menus(book)
    await daemon.look()

    assert daemon.current.version == 1


async def test_a_proof_that_breaks_takes_no_daemon_along() -> None:
    def broken(text: str, version: int) -> Live:
        raise ZeroDivisionError

    book = FakeMenuBook()
    await activate(book, QUOTES_ONLY)
    daemon = Menus(shipped_menu(), book, broken)

    with capture_logs() as logged:
        await daemon.look()

    assert daemon.current is shipped_menu()
    assert [entry["event"] for entry in logged] == ["menu.not_proved", "menu.refused"]


async def test_words_that_cannot_be_made_ahead_keep_no_menu_back() -> None:
    async def full_disk(live: Live) -> None:
        raise OSError("no space left")

    book = FakeMenuBook()
    await activate(book, QUOTES_ONLY)
    daemon = Menus(shipped_menu(), book, menu_reader().read, prepare=full_disk)

    await daemon.look()

    assert daemon.current.version == 1


async def test_while_the_store_is_gone_the_menu_stays() -> None:
    book = FakeMenuBook()
    daemon = menus(book)
    await activate(book, QUOTES_ONLY)
    await daemon.look()
    book.is_gone = True

    assert (await daemon.had(1)).version == 1
    assert await daemon.had(7) is daemon.current


async def test_a_rollback_goes_back_one_activation_at_a_time() -> None:
    book = FakeMenuBook()
    for text in (QUOTES_ONLY, BACK_TO_FRONT, QUOTES_ONLY):
        await activate(book, text)

    back = [await activating(book).roll_back(by="Li", why="complaints") for _ in range(3)]

    assert [(one.version, one.undoes) for one in back] == [(2, 3), (1, 2), (None, 1)]
    with pytest.raises(CannotActivate, match="menu that ships is in force"):
        await activating(book).roll_back(by="Li", why="complaints")


async def test_what_was_rolled_back_can_be_activated_again() -> None:
    book = FakeMenuBook()
    await activate(book, QUOTES_ONLY)
    await activating(book).roll_back(by="Li", why="complaints")
    await activate(book, QUOTES_ONLY, why="after all")

    daemon = menus(book)
    await daemon.look()

    assert daemon.current.version == 1


async def test_a_rollback_to_a_menu_that_is_bad_by_now_is_refused() -> None:
    book = FakeMenuBook()
    await Activating(book, FakeClock(), lambda text: None).activate(BAD, by="Li", why="long ago")
    await activate(book, QUOTES_ONLY)

    with pytest.raises(BadMenu):
        await activating(book).roll_back(by="Li", why="complaints")

    assert len(book.written) == 2


async def test_the_audit_trail_has_who_and_why_and_what() -> None:
    book = FakeMenuBook()
    await activate(book, QUOTES_ONLY)
    await activating(book).roll_back(by="Li", why="complaints")

    activated, rolled_back = book.trail
    assert (activated.action, rolled_back.action) == (
        Action.MENU_ACTIVATED,
        Action.MENU_ROLLED_BACK,
    )
    assert activated.details == {
        "by": "Wang",
        "why": "spring",
        "version": "1",
        "digest": book.versions[0].digest,
    }
    assert rolled_back.details == {"by": "Li", "why": "complaints", "version": "shipped"}


async def test_a_version_can_be_tried_by_a_call_without_being_activated() -> None:
    hotline = Hotline()
    kept = await hotline.menus.keep(QUOTES_ONLY, at=make.NOON, by="Wang", why="to try")

    call = await hotline.dial("5", call=make.call(tries_menu=kept.number))
    other = await hotline.dial(call=make.call(id="pbx-other"))

    assert Prompt.ASK_QUOTE_CODE in call.prompts
    assert Prompt.MENU_TRADE in other.prompts


def test_the_shipped_menu_is_proved() -> None:
    proved = menu_reader().prove(SHIPPED.read_text(encoding="utf-8"))

    assert proved.proof.faults == ()
    assert proved.proof.most_failures <= 15
