from collections.abc import Mapping
from datetime import timedelta

import pytest

from callcenter.domain.accounts import AccountId
from callcenter.domain.calls import CallId, Language, Place
from callcenter.ivr.last_calls import LastCalls
from callcenter.ivr.session import Session
from callcenter.ivr.told import Told
from tests import make
from tests.fakes.clock import FakeClock
from tests.fakes.phone import FakePhone
from tests.fakes.store import FakeCallBook
from tests.unit.ivr.hotline_of import Hotline, talk_on


class CountingBook(FakeCallBook):
    """Counts how often a place was kept."""

    kept = 0

    async def keep_place(self, call: CallId, place: Place) -> None:
        self.kept += 1
        await super().keep_place(call, place)


async def session_at(
    dialogue: str = "", draft: Mapping[str, str] | None = None
) -> tuple[Session, CountingBook]:
    """Return the session of a call that comes from another daemon, and its book."""
    reception, book = Hotline().reception(), CountingBook()
    await book.open(make.call())
    place = Place(account=AccountId("10000001"), dialogue=dialogue, draft=draft or {})
    talk = talk_on(FakePhone(), book)
    last_calls = LastCalls(book, FakeClock(), within=timedelta(minutes=10))
    return Session(talk, reception.services, book, place, last_calls), book


def place_in(book: FakeCallBook) -> Place:
    return book.places[make.call().id]


async def test_a_way_leads_back_through_the_menus_with_all_that_was_told() -> None:
    session, book = await session_at("trade/buy", {"security": "SH600000"})

    assert session.next_step(among=["trade", "quotes"]) == "trade"
    await session.enter("trade")
    assert session.next_step(among=["buy", "sell"]) == "buy"
    await session.enter("buy")

    assert session.draft == {"security": "SH600000"}
    assert book.kept == 0


async def test_a_way_is_gone_once_only() -> None:
    session, _ = await session_at("trade")
    session.next_step(among=["trade"])
    await session.enter("trade")

    await session.leave()

    assert session.next_step(among=["trade"]) is None


async def test_another_way_forgets_what_was_told_on_the_old_one() -> None:
    session, book = await session_at("trade/buy", {"security": "SH600000"})

    assert session.next_step(among=["quotes"]) is None
    await session.enter("quotes")

    assert session.draft == {}
    assert place_in(book).dialogue == "quotes"


async def test_leaving_an_entry_forgets_what_was_told_there() -> None:
    session, book = await session_at()
    await session.enter("trade")
    await session.enter("buy")
    await session.remember(security="SH600000")

    await session.leave()

    assert place_in(book).dialogue == "trade"
    assert place_in(book).draft == {}


async def test_what_was_told_is_added_to_and_dropped_by_name_or_altogether() -> None:
    session, _ = await session_at()
    await session.remember(security="SH600000")
    await session.remember(price="10.05", quantity="100")

    await session.forget("price")
    assert session.draft == {"security": "SH600000", "quantity": "100"}

    await session.forget()
    assert session.draft == {}


async def test_a_place_that_did_not_change_is_not_kept_again() -> None:
    session, book = await session_at()

    await session.speak(Language.EN)
    await session.speak(Language.EN)
    await session.forget()

    assert book.kept == 1


async def test_nobody_is_logged_in_before_the_customer_was_recalled() -> None:
    session, _ = await session_at()

    assert not session.logged_in
    with pytest.raises(RuntimeError, match="nobody is logged in"):
        _ = session.customer

    await session.recall_customer()
    assert session.customer == make.customer()


def test_what_was_not_told_cannot_be_asked_for() -> None:
    with pytest.raises(RuntimeError, match="not told yet"):
        _ = Told().price
